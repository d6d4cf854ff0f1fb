"""What a sleep radar writes down of a night: stages, turns, rates, times out of bed, a score."""

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from simulators.person import Body, Doing
from simulators.radar_eye import ACTIVE_FROM

MINUTE_US: Final = 60_000_000
CYCLE_US: Final = 90 * MINUTE_US
DEEP_FROM_US, DEEP_TO_US = 20 * MINUTE_US, 50 * MINUTE_US
BIG_FROM: Final = 50.0
LONGEST_LOOK_US: Final = MINUTE_US
GOOD_FROM, FAIR_FROM = 75, 50
POINTS_FOR_LEAVING: Final = 5
BYTE: Final = 255


class Stage(IntEnum):
    """How somebody sleeps."""

    DEEP = 0
    LIGHT = 1
    AWAKE = 2
    NONE = 3


class Rating(IntEnum):
    """What a night was."""

    NONE = 0
    GOOD = 1
    FAIR = 2
    POOR = 3


@dataclass(slots=True)
class Tally:
    """Times and counts of a stretch of time (µs)."""

    stages: Counter[Stage] = field(default_factory=Counter)
    big_us: int = 0
    small_us: int = 0
    rate_us: int = 0
    breath_us: float = 0.0
    heart_us: float = 0.0
    out_us: int = 0
    turns: int = 0
    leavings: int = 0

    @property
    def total_us(self) -> int:
        return sum(self.stages.values())

    @property
    def breath(self) -> int:
        return round(self.breath_us / self.rate_us) if self.rate_us else 0

    @property
    def heart(self) -> int:
        return round(self.heart_us / self.rate_us) if self.rate_us else 0

    def share(self, part_us: int) -> int:
        """Return a part of the time as a percentage."""
        return round(100 * part_us / self.total_us) if self.total_us else 0

    def minutes(self, stage: Stage) -> int:
        return self.stages[stage] // MINUTE_US


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a finished night."""

    score: int = 0
    rating: Rating = Rating.NONE
    data: bytes = bytes(12)


class SleepBook:
    """Written at every look, for the last ten minutes and for the night as a whole."""

    def __init__(self) -> None:
        """Open an empty book."""
        self.window = Tally()
        self.night = Tally()
        self.last = Told()
        self._last_us: int | None = None
        self._asleep_since: int | None = None
        self._was_turning = False
        self._was_in_bed = False

    def note(self, body: Body | None, now: int, *, in_bed: bool) -> Stage:
        """Write down what is seen at `now`, and return how the person sleeps."""
        passed = 0 if self._last_us is None else min(now - self._last_us, LONGEST_LOOK_US)
        self._last_us = now
        stage = self._stage(body, now, in_bed=in_bed)
        turning = stage is not Stage.NONE and body is not None and body.movement >= ACTIVE_FROM
        left = self._was_in_bed and not in_bed
        for tally in (self.window, self.night):
            tally.turns += turning and not self._was_turning
            tally.leavings += left
            tally.out_us += 0 if in_bed or not tally.total_us else passed
            if stage is not Stage.NONE:
                _add(tally, stage, body, passed)
        self._was_turning, self._was_in_bed = turning, in_bed
        return stage

    def close_window(self) -> None:
        """Begin the next ten minutes."""
        self.window = Tally()

    def close_night(self) -> None:
        """Write down what is told of the night in `last`, and begin the next one."""
        score = _score(self.night)
        self.last = Told(score, _rating(score), _night_data(self.night, score))
        self.night = Tally()

    def window_data(self, *, present: bool, stage: int) -> bytes:
        """Return the eight bytes of the ten minutes' report; the device counts no apnoeas."""
        window = self.window
        moved = window.share(window.big_us), window.share(window.small_us)
        return _bytes(present, stage, window.breath, window.heart, window.turns, *moved, 0)

    def _stage(self, body: Body | None, now: int, *, in_bed: bool) -> Stage:
        if body is None or not in_bed:
            self._asleep_since = None
            return Stage.NONE
        if body.doing is not Doing.ASLEEP:
            self._asleep_since = None
            return Stage.AWAKE
        if self._asleep_since is None:
            self._asleep_since = now
        in_cycle = (now - self._asleep_since) % CYCLE_US
        return Stage.DEEP if DEEP_FROM_US <= in_cycle < DEEP_TO_US else Stage.LIGHT


def _add(tally: Tally, stage: Stage, body: Body | None, passed: int) -> None:
    tally.stages[stage] += passed
    if body is None:
        return
    if body.movement >= BIG_FROM:
        tally.big_us += passed
    elif body.movement >= ACTIVE_FROM:
        tally.small_us += passed
    tally.rate_us += passed
    tally.breath_us += body.breath * passed
    tally.heart_us += body.heart * passed


def _score(night: Tally) -> int:
    """0 to 100, less for lying awake and for leaving the bed."""
    awake = night.share(night.stages[Stage.AWAKE])
    return max(0, 100 - awake - POINTS_FOR_LEAVING * night.leavings)


def _rating(score: int) -> Rating:
    if score >= GOOD_FROM:
        return Rating.GOOD
    return Rating.FAIR if score >= FAIR_FROM else Rating.POOR


def _night_data(night: Tally, score: int) -> bytes:
    """Return the twelve bytes of the night's report; the device counts no apnoeas."""
    total = min(night.total_us // MINUTE_US, 0xFFFF).to_bytes(2, "big")
    shares = (night.share(night.stages[one]) for one in (Stage.AWAKE, Stage.LIGHT, Stage.DEEP))
    out = (night.out_us // MINUTE_US, night.leavings, night.turns, night.breath, night.heart, 0)
    return bytes((score,)) + total + _bytes(*shares, *out)


def _bytes(*numbers: int) -> bytes:
    return bytes(min(BYTE, number) for number in numbers)
