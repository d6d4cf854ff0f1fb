"""Whether the readings that came are good for a baseline, and which one they make."""

import math
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from alarm_rules.rule import DeviationRule
from device_profiles.model import Profile, Tilt
from edge_agent.driver.tilt import Vector, degrees_between
from edge_agent.exchange import Sample
from wire.quality import Status

NEEDED = 5
SPAN_US = 2_000_000
"""So many readings in a row, over so long a time."""
_MOST_DEGREES = 1.0
_DIGITS = 6
_SHARE = 10


class Refused(StrEnum):
    """Why no baseline is taken."""

    NO_DEVICE = "no_device"
    NO_BASELINE = "no_baseline"
    WHICH_POINT = "which_point"
    NO_NAME = "no_name"
    BUSY = "busy"
    BAD = "bad"
    NOT_AT_REST = "not_at_rest"
    NOISY = "noisy"
    TOO_FEW = "too_few"
    CONTACT = "contact"
    NOT_KEPT = "not_kept"
    NOTHING_TAKEN = "nothing_taken"


class Refusal(msgspec.Struct, frozen=True):
    """`detail`: what was seen, in English."""

    reason: Refused
    detail: str = ""


class Measured(msgspec.Struct, frozen=True):
    """`spread`: how far the readings lay apart: degrees of a direction, else the point's unit."""

    value: tuple[float, ...]
    readings: int
    spread: float


class Wanted(msgspec.Struct, frozen=True):
    """`parts`: the points that make it, three with a `tilt`. `most`: the widest spread."""

    parts: tuple[str, ...]
    most: float = _MOST_DEGREES
    tilt: Tilt | None = None


class Gathering(msgspec.Struct):
    """Takes samples as they come, until `verdict` is no longer None."""

    wanted: Wanted
    verdict: Measured | Refusal | None = None
    _rows: list[tuple[int, tuple[float, ...]]] = msgspec.field(default_factory=list)

    def take(self, samples: Sequence[Sample]) -> None:
        """What one answer of the device brought; what is not wanted does not matter."""
        found = {one.point: one for one in samples if one.point in self.wanted.parts}
        if self.verdict is not None or len(found) < len(self.wanted.parts):
            return
        row = [found[part] for part in self.wanted.parts]
        self.verdict = _first(map(_bad, row))
        if self.verdict is None:
            self._add(row)

    def give_up(self, seconds: float) -> Measured | Refusal:
        """Time is over."""
        if self.verdict is None:
            detail = f"{len(self._rows)} of {NEEDED} readings came in {seconds:.0f} s"
            self.verdict = Refusal(Refused.TOO_FEW, detail)
        return self.verdict

    def _add(self, row: Sequence[Sample]) -> None:
        values = tuple(one.value for one in row if isinstance(one.value, float))
        if len(values) < len(row):
            self.verdict = Refusal(Refused.BAD, "not a number")
            return
        if self.wanted.tilt is not None and not _is_at_rest(values, self.wanted.tilt):
            detail = f"its acceleration is {math.hypot(*values):.2f} m/s2"
            self.verdict = Refusal(Refused.NOT_AT_REST, detail)
            return
        self._rows.append((row[0].mono_us, values))
        is_long = self._rows[-1][0] - self._rows[0][0] >= SPAN_US
        if len(self._rows) >= NEEDED and is_long:
            self.verdict = self._judged()

    def _judged(self) -> Measured | Refusal:
        rows = [values for _, values in self._rows]
        mean = tuple(math.fsum(column) / len(column) for column in zip(*rows, strict=True))
        spread = max(_apart(values, mean) for values in rows)
        if spread > self.wanted.most:
            detail = f"the readings lie {spread:.3g} from their mean, at most {self.wanted.most:g}"
            return Refusal(Refused.NOISY, detail)
        value = tuple(round(number, _DIGITS) for number in mean)
        return Measured(value, len(rows), round(spread, _DIGITS))


def wanted_of(profile: Profile, point: str) -> Wanted:
    """A number may tremble as much as the deadband of its rules, or a tenth of their limit."""
    tilt = profile.point(point).tilt
    if tilt is not None:
        return Wanted((tilt.x, tilt.y, tilt.z), tilt=tilt)
    rules = [
        rule for rule in profile.rules if isinstance(rule, DeviationRule) and rule.point == point
    ]
    return Wanted((point,), min(max(rule.deadband, rule.limit / _SHARE) for rule in rules))


def _first(found: "map[Refusal | None]") -> Refusal | None:
    return next((one for one in found if one is not None), None)


def _bad(sample: Sample) -> Refusal | None:
    if sample.quality.status is Status.GOOD:
        return None
    return Refusal(Refused.BAD, f"{sample.point} is {sample.quality}")


def _is_at_rest(values: tuple[float, ...], tilt: Tilt) -> bool:
    return abs(math.hypot(*values) - tilt.gravity) <= tilt.tolerance * tilt.gravity


def _apart(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    if len(one) == 1:
        return abs(one[0] - other[0])
    return degrees_between(_vector(one), _vector(other))


def _vector(values: tuple[float, ...]) -> Vector:
    x, y, z = values
    return x, y, z
