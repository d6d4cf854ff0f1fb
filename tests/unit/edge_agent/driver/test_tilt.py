import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.model import Tilt
from edge_agent.driver.decode import Decoded
from edge_agent.driver.tilt import NOT_AT_REST, Vector, tilt_of
from wire.quality import GOOD, Reason, bad, uncertain

G = 9.80665
TILT = Tilt(x="x", y="y", z="z")
UP: Vector = (0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("acceleration", "baseline", "degrees"),
    [
        ((0.0, 0.0, G), UP, 0.0),
        ((0.0, 0.0, -G), UP, 180.0),
        ((G, 0.0, 0.0), UP, 90.0),
        ((0.0, G * math.sin(0.2), G * math.cos(0.2)), UP, math.degrees(0.2)),
        ((0.0, G, 0.0), (0.0, 16_384.0, 0.0), 0.0),
        ((G, 0.0, 0.0), (1.0, 1.0, 0.0), 45.0),
    ],
)
def test_the_angle_is_against_the_baseline_however_it_is_mounted(
    acceleration: Vector, baseline: Vector, degrees: float
) -> None:
    decoded = tilt_of(acceleration, baseline, TILT)
    assert decoded.value == pytest.approx(degrees, abs=0.001)
    assert decoded.quality == GOOD


@pytest.mark.parametrize(
    ("share", "is_good"), [(1.09, True), (0.91, True), (1.11, False), (0.5, False)]
)
def test_off_one_g_is_uncertain(share: float, *, is_good: bool) -> None:
    decoded = tilt_of((0.0, 0.0, share * G), UP, TILT)
    assert decoded.value == 0.0
    assert decoded.quality == (GOOD if is_good else uncertain(NOT_AT_REST))


@pytest.mark.parametrize("baseline", [None, (0.0, 0.0, 0.0)])
def test_without_a_baseline_there_is_no_tilt(baseline: Vector | None) -> None:
    assert tilt_of((0.0, 0.0, G), baseline, TILT) == Decoded(None, bad(Reason.CONFIGURATION))


def test_without_an_acceleration_the_sensor_is_broken() -> None:
    assert tilt_of((0.0, 0.0, 0.0), UP, TILT) == Decoded(None, bad(Reason.SENSOR_FAULT))


_axis = st.floats(-160, 160, allow_nan=False)


@given(st.tuples(_axis, _axis, _axis), st.tuples(_axis, _axis, _axis))
def test_every_angle_is_one(one: Vector, other: Vector) -> None:
    value = tilt_of(one, other, TILT).value
    assert value is None or (isinstance(value, float) and 0 <= value <= 180)
