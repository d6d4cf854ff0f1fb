"""What of a device's samples is reported: changes at once, the rest to say that it still holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from edge_agent.exchange import Sample
from wire.quality import Quality
from wire.reading import Value

URGENT_INTERVAL_US = 10_000_000
BULK_INTERVAL_US = 60_000_000


class Cause(StrEnum):
    """Why a sample is reported; UNCHANGED is why it is not."""

    FIRST = "first"
    CHANGED = "changed"
    QUALITY = "quality"
    KEEP_ALIVE = "keep_alive"
    ALWAYS = "always"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ReportPolicy:
    """How long a point may go unreported; `always` reports every sample as it is."""

    max_interval_us: Mapping[str, int] = field(default_factory=dict)
    otherwise_us: int = BULK_INTERVAL_US
    always: bool = False

    def interval_us(self, point: str) -> int:
        return self.max_interval_us.get(point, self.otherwise_us)


@dataclass(frozen=True, slots=True)
class _Reported:
    value: Value | None
    quality: Quality
    slot: int


class ReportFilter:
    """Remembers what was last reported of each point of one device.

    Keep-alives fall into slots of the clock rather than so long after the last report: the points
    of a cycle, and the devices of a gateway, then speak together and share a batch. A point goes
    unreported for at most its interval and one poll period.
    """

    def __init__(self, policy: ReportPolicy) -> None:
        self._policy = policy
        self._reported: dict[str, _Reported] = {}
        self._last_us: dict[str, int] = {}

    def admit(self, samples: Iterable[Sample]) -> list[Sample]:
        """Return the samples to report, in order, with strictly increasing times per point."""
        return [self._note(each) for each in samples if self.judge(each) is not Cause.UNCHANGED]

    def judge(self, sample: Sample) -> Cause:
        """Say why the sample is to be reported, or that it tells nothing new."""
        last = self._reported.get(sample.point)
        if last is None:
            return Cause.FIRST
        if sample.quality != last.quality:
            return Cause.QUALITY
        if not _is_same(sample.value, last.value):
            return Cause.CHANGED
        if self._slot(sample) != last.slot:
            return Cause.KEEP_ALIVE
        return Cause.ALWAYS if self._policy.always else Cause.UNCHANGED

    def _slot(self, sample: Sample) -> int:
        return sample.mono_us // self._policy.interval_us(sample.point)

    def _note(self, sample: Sample) -> Sample:
        self._reported[sample.point] = _Reported(sample.value, sample.quality, self._slot(sample))
        at_us = max(sample.mono_us, self._last_us.get(sample.point, sample.mono_us - 1) + 1)
        self._last_us[sample.point] = at_us
        return sample if at_us == sample.mono_us else replace(sample, mono_us=at_us)


def _is_same(new: Value | None, old: Value | None) -> bool:
    """Tell whether the value still is what was reported; True is not 1.0."""
    return type(new) is type(old) and new == old
