"""What one device says: test mode, report filter, and what its health needs to remember."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from edge_agent.exchange import Failure, Sample
from edge_agent.health import DeviceState
from edge_agent.poll.report_filter import ReportFilter, ReportPolicy
from wire.quality import GOOD, Quality, Status

_BADNESS = {Status.GOOD: 0, Status.UNCERTAIN: 1, Status.BAD: 2}


class Voice:
    """Stands between a driver and the buffer, for one device."""

    def __init__(self, policy: ReportPolicy, *, is_test: bool) -> None:
        """Start with nothing reported."""
        self.is_test = is_test
        self.last_reply_us: int | None = None
        self.last_fault = ""
        self.quality: Quality | None = None
        self._filter = ReportFilter(policy)
        self.tap: Callable[[Sequence[Sample]], None] | None = None
        """Hears all that is understood of an answer, reported or not."""

    def retune(self, policy: ReportPolicy) -> None:
        """Report by another policy: the rules in force are others."""
        self._filter.retune(policy)

    def heard(self, samples: Sequence[Sample], at_us: int) -> list[Sample]:
        """Return what of an answer is to be reported."""
        self.last_reply_us = at_us
        self.last_fault = ""
        if self.tap is not None:
            self.tap(samples)
        return self._admit(samples)

    def told(self, samples: Sequence[Sample]) -> list[Sample]:
        """Return what is to be reported of what the driver concluded without an answer."""
        return self._admit(samples)

    def missed(self, samples: Sequence[Sample], failure: Failure) -> list[Sample]:
        """Return what of a failure is to be reported."""
        self.last_fault = f"{failure.fault}: {failure.detail}" if failure.detail else failure.fault
        return self._admit(samples)

    def state(self, *, is_dead: bool) -> DeviceState:
        if is_dead:
            return DeviceState.DEAD
        if self.last_fault:
            return DeviceState.MISSING
        return DeviceState.NEVER_HEARD if self.last_reply_us is None else DeviceState.ANSWERING

    def _admit(self, samples: Sequence[Sample]) -> list[Sample]:
        if samples:
            worst = _worst(samples)
            self.quality = replace(worst, test=True) if self.is_test else worst
        marked = [_marked(sample) for sample in samples] if self.is_test else samples
        return self._filter.admit(marked)


def _worst(samples: Sequence[Sample]) -> Quality:
    worst, rank = samples[0].quality, -1
    for sample in samples:
        quality = sample.quality
        if quality is GOOD and rank >= 0:  # nearly always
            continue
        badness = _BADNESS[quality.status]
        if badness > rank:
            worst, rank = quality, badness
    return worst


def _marked(sample: Sample) -> Sample:
    return Sample(sample.point, sample.value, sample.mono_us, replace(sample.quality, test=True))
