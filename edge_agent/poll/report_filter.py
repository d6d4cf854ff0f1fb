"""What of a device's samples is reported: changes at once, the rest to say that it still holds."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeGuard

import msgspec

from edge_agent.exchange import Sample
from wire.reading import Value

URGENT_INTERVAL_US = 10_000_000
BULK_INTERVAL_US = 60_000_000


class Cause(StrEnum):
    """Why a sample is reported; UNCHANGED and TOO_SOON are why it is not."""

    FIRST = "first"
    CROSSED = "crossed"
    CHANGED = "changed"
    QUALITY = "quality"
    KEEP_ALIVE = "keep_alive"
    ALWAYS = "always"
    UNCHANGED = "unchanged"
    TOO_SOON = "too_soon"


_KEPT_BACK = frozenset({Cause.UNCHANGED, Cause.TOO_SOON})


class PointPolicy(msgspec.Struct, frozen=True):
    """When a point is reported.

    A change counts when it is more than `deadband` (in the point's unit) and more than `relative`
    (a share of the value last reported), and then not sooner than `min_interval_us` after that
    report. Crossing one of `set_points` (ascending), or coming to lie on one, counts at once and
    always. `always`: every sample as it is, because a rule counts samples.
    """

    max_interval_us: int = BULK_INTERVAL_US
    min_interval_us: int = 0
    deadband: float = 0.0
    relative: float = 0.0
    set_points: tuple[float, ...] = ()
    always: bool = False


class ReportPolicy(msgspec.Struct, frozen=True):
    """Policies by point; `otherwise_us`: of a point without one. `always`: of the whole device."""

    points: Mapping[str, PointPolicy] = msgspec.field(default_factory=dict)
    otherwise_us: int = BULK_INTERVAL_US
    always: bool = False

    def of(self, point: str) -> PointPolicy:
        return self.points.get(point) or PointPolicy(self.otherwise_us)


class _Reported:
    """What was last reported of a point, and from when to when that needs no saying again.

    No Struct: its fields are set with each report, which costs those five times as much.
    """

    __slots__ = (
        "from_us",
        "is_counted",
        "is_quick",
        "last_us",
        "mono_us",
        "policy",
        "quality",
        "until_us",
        "value",
    )

    def __init__(self, policy: PointPolicy, sample: Sample) -> None:
        self.value, self.quality, self.mono_us = sample.value, sample.quality, sample.mono_us
        self.from_us = 0
        self.last_us = -1
        self.retune(policy)

    def retune(self, policy: PointPolicy) -> None:
        """By this policy nothing was reported yet."""
        self.policy, self.until_us = policy, self.from_us
        self.is_quick, self.is_counted = self.is_simple, policy.always

    @property
    def is_simple(self) -> bool:
        """Whatever differs is reported: no set point, no deadband, no least interval."""
        one = self.policy
        bounds = one.deadband or one.relative or one.min_interval_us
        return not (bounds or one.set_points or one.always)

    def note(self, sample: Sample) -> Sample:
        self.value, self.quality = sample.value, sample.quality
        self.mono_us = at_us = sample.mono_us
        if not self.from_us <= at_us < self.until_us:
            interval_us = self.policy.max_interval_us
            self.from_us = at_us - at_us % interval_us
            self.until_us = self.from_us + interval_us
        if at_us > self.last_us:
            self.last_us = at_us
            return sample
        self.last_us += 1
        return sample.at(self.last_us)

    def cause(self, sample: Sample, *, always: bool) -> Cause:
        if sample.quality != self.quality:
            return Cause.QUALITY
        if _crosses(self.policy.set_points, sample.value, self.value):
            return Cause.CROSSED
        if always or self.policy.always:
            return Cause.ALWAYS
        if not self.from_us <= sample.mono_us < self.until_us:
            return Cause.KEEP_ALIVE
        if _is_same(self.policy, sample.value, self.value):
            return Cause.UNCHANGED
        is_soon = sample.mono_us - self.mono_us < self.policy.min_interval_us
        return Cause.TOO_SOON if is_soon else Cause.CHANGED


class ReportFilter:
    """Remembers what was last reported of each point of one device.

    Keep-alives fall into slots of the clock rather than so long after the last report: the points
    of a cycle, and the devices of a gateway, then speak together and share a batch. A point goes
    unreported for at most its interval and one poll period.
    """

    def __init__(self, policy: ReportPolicy) -> None:
        self._policy = policy
        self._always = policy.always
        self._reported: dict[str, _Reported] = {}

    def retune(self, policy: ReportPolicy) -> None:
        """Report by another policy from now on; what it changes is reported anew at once."""
        self._policy = policy
        self._always = policy.always
        for point, last in self._reported.items():
            wanted = policy.of(point)
            if wanted != last.policy:
                last.retune(wanted)

    def admit(self, samples: Iterable[Sample]) -> list[Sample]:
        """Return the samples to report, in order, with strictly increasing times per point."""
        admitted = []
        always, reported = self._always, self._reported
        for sample in samples:
            last = reported.get(sample.point)
            if last is None:
                last = reported[sample.point] = self._first(sample)
            elif sample.value == last.value:
                # most of all samples: the very value, and no need to say so yet
                if (
                    last.from_us <= sample.mono_us < last.until_us
                    and sample.quality is last.quality
                    and type(sample.value) is type(last.value)
                    and not (always or last.is_counted)
                ):
                    continue
                if last.cause(sample, always=always) in _KEPT_BACK:
                    continue
            elif not last.is_quick and last.cause(sample, always=always) in _KEPT_BACK:
                continue
            admitted.append(last.note(sample))
        return admitted

    def judge(self, sample: Sample) -> Cause:
        """Say why the sample is to be reported, or why not."""
        last = self._reported.get(sample.point)
        return Cause.FIRST if last is None else last.cause(sample, always=self._always)

    def _first(self, sample: Sample) -> _Reported:
        return _Reported(self._policy.of(sample.point), sample)


def _is_number(value: Value | None) -> TypeGuard[float]:
    return type(value) is float or type(value) is int


def _is_same(policy: PointPolicy, new: Value | None, old: Value | None) -> bool:
    """Tell whether the value still is as good as what was reported; True is not 1.0."""
    if _is_number(new) and _is_number(old):
        return abs(new - old) <= max(policy.deadband, policy.relative * abs(old))
    return type(new) is type(old) and new == old


def _crosses(set_points: tuple[float, ...], new: Value | None, old: Value | None) -> bool:
    """Tell whether the values lie on different sides of a set point: below, at, above."""
    if not set_points or not _is_number(new) or not _is_number(old):
        return False
    return _place(set_points, new) != _place(set_points, old)


def _place(set_points: tuple[float, ...], value: float) -> tuple[int, int]:
    return bisect_left(set_points, value), bisect_right(set_points, value)
