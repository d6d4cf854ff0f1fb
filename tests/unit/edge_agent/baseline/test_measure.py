"""Which readings make a baseline, and why others do not."""

import math

import pytest

from device_profiles.model import Tilt
from edge_agent.baseline.measure import Gathering, Measured, Refusal, Refused, Wanted
from edge_agent.exchange import Sample
from wire.quality import Quality, Reason, bad, uncertain

S = 1_000_000
AXES = ("x", "y", "z")
COVER = Wanted(AXES, tilt=Tilt(x="x", y="y", z="z"))
GAUGE = Wanted(("distance",), most=0.02)
Row = tuple[float, ...]


def gathered(wanted: Wanted, *rows: Row, every_us: int = S) -> Measured | Refusal | None:
    gathering = Gathering(wanted)
    for number, row in enumerate(rows):
        gathering.take(
            [
                Sample(part, value, number * every_us)
                for part, value in zip(wanted.parts, row, strict=True)
            ]
        )
    return gathering.verdict


def test_five_at_rest_make_a_direction() -> None:
    rows = [(0.1, 0.0, 9.8), (0.0, 0.1, 9.8), (0.0, 0.0, 9.8), (0.0, 0.0, 9.9), (0.0, 0.0, 9.7)]
    found = gathered(COVER, *rows)
    assert isinstance(found, Measured)
    assert found.value == pytest.approx((0.02, 0.02, 9.8))
    assert found.readings == 5
    assert 0 < found.spread < 1
    assert gathered(COVER, *rows[:4]) is None


def test_many_in_a_moment_are_not_enough() -> None:
    assert gathered(GAUGE, *[(2.5,)] * 20, every_us=100_000) is None
    found = gathered(GAUGE, *[(2.5,)] * 21, every_us=100_000)
    assert found == Measured((2.5,), 21, 0.0)


@pytest.mark.parametrize("size", [0.0, 5.0, 12.0, 30.0])
def test_a_cover_that_moves_is_not_at_rest(size: float) -> None:
    found = gathered(COVER, (0.0, 0.0, 9.8), (0.0, 0.0, size))
    assert isinstance(found, Refusal)
    assert found.reason is Refused.NOT_AT_REST


def test_what_trembles_is_too_noisy() -> None:
    shaken = [(9.8 * math.sin(angle), 0.0, 9.8 * math.cos(angle)) for angle in (0, 0.1, 0, 0.1, 0)]
    found = gathered(COVER, *shaken)
    assert isinstance(found, Refusal)
    assert found.reason is Refused.NOISY
    waves = gathered(GAUGE, (2.5,), (2.56,), (2.5,), (2.56,), (2.5,))
    assert isinstance(waves, Refusal)
    assert waves.reason is Refused.NOISY


@pytest.mark.parametrize("quality", [bad(Reason.SENSOR_FAULT), uncertain(Reason.STALE)])
def test_one_bad_reading_ends_it(quality: Quality) -> None:
    gathering = Gathering(GAUGE)
    gathering.take([Sample("distance", 2.5, 0)])
    value = None if quality == bad(Reason.SENSOR_FAULT) else 2.5
    gathering.take([Sample("distance", value, S, quality)])
    gathering.take([Sample("distance", 2.5, 9 * S)])
    assert gathering.verdict == Refusal(Refused.BAD, f"distance is {quality}")


def test_what_is_no_number_is_no_baseline() -> None:
    gathering = Gathering(GAUGE)
    gathering.take([Sample("distance", "far", 0)])
    assert gathering.verdict == Refusal(Refused.BAD, "not a number")


def test_an_answer_with_a_part_missing_is_no_reading() -> None:
    gathering = Gathering(COVER)
    gathering.take([Sample("x", 0.0, 0), Sample("y", 0.0, 0), Sample("roll", 0.0, 0)])
    assert gathering.verdict is None
    found = gathering.give_up(30)
    assert found == Refusal(Refused.TOO_FEW, "0 of 5 readings came in 30 s")
