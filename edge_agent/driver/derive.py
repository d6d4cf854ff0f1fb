"""Points that follow from other points over time: how fast one rises, how long several held.

`rise` is a number to look at, to store and to set limits for. To alarm on a rise use a `rate` rule
(alarm_rules) of the point itself: that one is judged in source time, with late readings in their
place and a deadband, and needs no point more. `held` has no twin among the rules: their `on_delay`
delays one condition of one point, this counts several points together. The tilt, which follows from
one reply alone, is made where replies are read (edge_agent.driver.interpret).
"""

from collections import deque
from collections.abc import Iterable, Sequence
from enum import Enum, auto

from device_profiles.model import Condition, Held, Point, Profile, Rise
from edge_agent.driver.gate import is_same
from edge_agent.exchange import Sample
from wire.quality import GOOD, Quality, Reason, Status, bad
from wire.reading import Value

_SECOND_US = 1_000_000
_KEPT = 256
"""Samples of a window that are kept: its beginning is known to so small a share of it."""
_DIGITS = 12


class Derivation:
    """The `rise` and `held` points of one device. All times are of one monotonic clock."""

    def __init__(self, profile: Profile) -> None:
        self._derived = [one for point in profile.points if (one := _derived(point)) is not None]
        self._now_us = 0

    @property
    def is_empty(self) -> bool:
        """Whether the device has no such points."""
        return not self._derived

    def feed(self, samples: Sequence[Sample], now_us: int) -> list[Sample]:
        """What follows now from `samples`, in their order, and from all before: one of each point.

        Call it with none about once a second where samples may stay out. A clock that steps back
        stands still here.
        """
        self._now_us = max(self._now_us, now_us)
        if not self._derived:
            return []
        found = []
        for one in self._derived:
            one.take(sample for sample in samples if sample.point in one.points)
            value, quality = one.conclude(self._now_us)
            found.append(Sample(one.point, value, self._now_us, quality))
        return found


def _derived(point: Point) -> "_Rising | _Holding | None":
    if point.rise is not None:
        return _Rising(point.id, point.rise)
    return None if point.held is None else _Holding(point.id, point.held)


class _Rising:
    """See device_profiles.model.Rise."""

    def __init__(self, point: str, rise: Rise) -> None:
        self.point = point
        self.points = frozenset({rise.of})
        self._over_us = rise.over
        self._kept = deque[tuple[int, float]]()  # good ones, the oldest first
        self._last: tuple[int, float] | None = None
        self._quality = bad(Reason.NEVER_READ)

    def take(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            self._quality = sample.quality
            if sample.quality.status is Status.GOOD and isinstance(sample.value, float):
                self._add(sample.mono_us, sample.value)

    def _add(self, at_us: int, value: float) -> None:
        if self._last is not None and at_us <= self._last[0]:
            return
        if self._is_gap(at_us):
            self._kept.clear()
        self._last = (at_us, value)
        if not self._kept or at_us - self._kept[-1][0] >= self._over_us / _KEPT:
            self._kept.append(self._last)
        while self._kept and at_us - self._kept[0][0] > self._over_us:
            self._kept.popleft()

    def _is_gap(self, now_us: int) -> bool:
        return self._last is None or now_us - self._last[0] > self._over_us / 2

    def conclude(self, now_us: int) -> tuple[Value | None, Quality]:
        if self._quality.status is Status.BAD:
            return None, self._quality
        if self._last is None or not self._kept or self._is_gap(now_us):
            return None, bad(Reason.NEVER_READ)
        (first_us, first), (last_us, last) = self._kept[0], self._last
        if last_us - first_us < self._over_us / 2:
            return None, bad(Reason.NEVER_READ)
        slope = (last - first) * _SECOND_US / (last_us - first_us)
        return round(slope, _DIGITS), self._quality


class _State(Enum):
    HELD = auto()
    BROKEN = auto()
    UNKNOWN = auto()


class _Holding:
    """See device_profiles.model.Held.

    What is not known does not count, and breaks the count only when that lasts longer than the
    count itself: a radar that was silent for ten seconds does not get a fallen person up.
    """

    def __init__(self, point: str, held: Held) -> None:
        self.point = point
        self.points = frozenset(condition.point for condition in held.all)
        self._conditions = held.all
        self._known: dict[str, tuple[Value | None, Quality]] = {}
        self._state = _State.UNKNOWN
        self._until_us: int | None = None  # counted so far
        self._held_us = self._unknown_us = 0

    def take(self, samples: Iterable[Sample]) -> None:
        for sample in samples:
            self._count(sample.mono_us)
            self._known[sample.point] = (sample.value, sample.quality)
            self._enter(self._judge())

    def conclude(self, now_us: int) -> tuple[Value | None, Quality]:
        self._count(now_us)
        qualities = [self._of(condition)[1] for condition in self._conditions]
        for status in (Status.BAD, Status.UNCERTAIN):
            found = next((one for one in qualities if one.status is status), None)
            if found is not None:
                return None if status is Status.BAD else self._seconds(), found
        return self._seconds(), GOOD

    def _seconds(self) -> float:
        return self._held_us / _SECOND_US

    def _of(self, condition: Condition) -> tuple[Value | None, Quality]:
        return self._known.get(condition.point, (None, bad(Reason.NEVER_READ)))

    def _judge(self) -> _State:
        known = [(*self._of(condition), condition.equals) for condition in self._conditions]
        if any(quality.status is Status.BAD for _, quality, _ in known):
            return _State.UNKNOWN
        return (
            _State.HELD
            if all(is_same(value, wanted) for value, _, wanted in known)
            else _State.BROKEN
        )

    def _enter(self, state: _State) -> None:
        if state is _State.BROKEN or self._unknown_us > self._held_us:
            self._held_us = 0
        if state is not _State.UNKNOWN:
            self._unknown_us = 0
        self._state = state

    def _count(self, now_us: int) -> None:
        passed_us = 0 if self._until_us is None else max(0, now_us - self._until_us)
        self._until_us = now_us if self._until_us is None else self._until_us + passed_us
        if self._state is _State.HELD:
            self._held_us += passed_us
        elif self._state is _State.UNKNOWN:
            self._unknown_us += passed_us
