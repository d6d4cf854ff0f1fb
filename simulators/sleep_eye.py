"""What a radar beside a bed makes of a person: place, rates, bed, sleep, struggle, absence."""

from collections.abc import Callable, Mapping
from typing import Final

from simulators.held import Held
from simulators.person import Body
from simulators.radar_eye import WALL_M, Motion, RadarEye, distance_m, motion_of
from simulators.sleep_book import MINUTE_US, SleepBook

SECOND_US: Final = 1_000_000
ABSENT_US: Final = 40 * SECOND_US
OUT_OF_BED_US: Final = 30 * SECOND_US
STRUGGLE_US: Final = (10 * SECOND_US, 5 * SECOND_US, 2 * SECOND_US)
REACH_M: Final = 2.75
HUNG_M: Final = 1.0
CM_PER_M: Final = 100
BREATH_MOST, BREATH_HIGH = 35, 25
HEART_LEAST, HEART_MOST = 60, 120
SHORT_NIGHT_US, LONG_NIGHT_US = 240 * MINUTE_US, 720 * MINUTE_US
NORMAL, HIGH, LOW, NO_BREATH = 1, 2, 3, 4
TOO_SHORT, TOO_LONG, GONE_LONG, NOT_ABNORMAL = 0, 1, 2, 3
FINE, NOT_FINE = 1, 2

Sense = Callable[[str, float], None]


def breath_state(breath: float, low: int) -> int:
    """Return what the device calls a breath rate."""
    if breath == 0:
        return NO_BREATH
    if breath < low:
        return LOW
    return HIGH if breath > BREATH_HIGH else NORMAL


class SleepEye:
    """Senses conditions by name; `book` holds what is written of the night."""

    def __init__(self, sense: Sense, settings: Mapping[str, int]) -> None:
        """Start in an empty room."""
        self.book = SleepBook()
        self._sense = sense
        self._settings = settings
        self._breath = 0
        self._eye = RadarEye()
        self._in_bed, self._struggle, self._gone = Held(), Held(), Held()
        self._out, self._night_over = Held(), Held()

    def look(self, body: Body | None, now: int) -> bool:
        """Sense everything at `now`, and tell whether a night has just ended."""
        sense = self._sense
        sense("presence", self._eye.presence(body, now, absent_us=ABSENT_US))
        sense("motion", motion_of(body))
        sense("movement", 0 if body is None else round(body.movement))
        if body is not None:
            self._find(body)
        self._measure(body)
        lying = body is not None and body.in_bed
        in_bed = self._in_bed.at(now, so=lying, off_us=OUT_OF_BED_US)
        sense("bed", in_bed)
        sense("sleep", self.book.note(body, now, in_bed=in_bed))
        self._watch_over(body, now, in_bed=in_bed)
        return self._end_night(now, in_bed=in_bed)

    def _find(self, body: Body) -> None:
        away_m = distance_m(body)
        self._sense("in_range", away_m <= REACH_M)
        self._sense("distance", round(away_m * CM_PER_M))
        self._sense("x", round(body.x_m * CM_PER_M))
        self._sense("y", round((body.y_m + WALL_M) * CM_PER_M))
        self._sense("z", round((body.height_m - HUNG_M) * CM_PER_M))

    def _measure(self, body: Body | None) -> None:
        """Find the rates of who is still; who moves keeps the last ones."""
        if body is None:
            self._breath = 0
            self._sense("heart", 0)
        elif motion_of(body) is Motion.STATIC:
            self._breath = min(BREATH_MOST, round(body.breath))
            self._sense("heart", min(HEART_MOST, max(HEART_LEAST, round(body.heart))))
        self._sense("breath", self._breath)
        self._sense("breath_state", breath_state(self._breath, self._settings["breath_low"]))

    def _watch_over(self, body: Body | None, now: int, *, in_bed: bool) -> None:
        needs_us = STRUGGLE_US[self._settings["struggle_sensitivity"]]
        struggling = body is not None and body.struggling
        found = self._struggle.at(now, so=struggling, on_us=needs_us, off_us=needs_us)
        self._sense("struggle", NOT_FINE if found else FINE)
        timeout_us = self._settings["no_person_min"] * MINUTE_US
        gone = self._gone.at(now, so=body is None, on_us=timeout_us)
        self._sense("no_person", NOT_FINE if gone else FINE)
        slept = self.book.night.total_us > 0
        if self._out.at(now, so=slept and not in_bed, on_us=timeout_us):
            self._sense("abnormal", GONE_LONG)
        elif in_bed:
            self._sense("abnormal", NOT_ABNORMAL)

    def _end_night(self, now: int, *, in_bed: bool) -> bool:
        """Close the night when the bed has been empty for the cut-off time."""
        slept_us = self.book.night.total_us
        cutoff_us = self._settings["cutoff_min"] * MINUTE_US
        if not self._night_over.at(now, so=slept_us > 0 and not in_bed, on_us=cutoff_us):
            return False
        if slept_us < SHORT_NIGHT_US:
            self._sense("abnormal", TOO_SHORT)
        elif slept_us > LONG_NIGHT_US:
            self._sense("abnormal", TOO_LONG)
        self.book.close_night()
        return True
