"""A cover swings, shakes, and gravity turns with it."""

import math

import pytest

from simulators.cover_motion import CoverMotion

S = 1_000_000


def test_thrown_open_and_laid_back() -> None:
    cover = CoverMotion(rest_g=0)
    assert cover.is_shut(0)
    cover.open(0)
    assert cover.turning(S) == 90.0
    assert cover.angle(S) == 90.0
    assert cover.angle(2 * S) == 110.0
    assert not cover.is_shut(2 * S)
    cover.close(2 * S)
    assert cover.turning(3 * S) == -90.0
    assert cover.angle(9 * S) == 0.0
    assert cover.turning(9 * S) == 0.0


@pytest.mark.parametrize(("roll", "pitch"), [(0, 0), (2.5, -12), (-30, 5), (170, 40)])
def test_a_tilt_turns_the_felt_gravity_by_its_angle(roll: float, pitch: float) -> None:
    cover = CoverMotion(roll=roll, rest_g=0)
    rest = cover.acceleration(0)
    cover.tilt(15, 0)
    turned = cover.acceleration(S)
    cosine = sum(a * b for a, b in zip(rest, turned, strict=True))
    assert math.degrees(math.acos(cosine)) == pytest.approx(15)
    seated = CoverMotion(roll=roll, pitch=pitch, rest_g=0)
    assert list(seated.attitude(0)) == pytest.approx([roll, pitch])
    assert math.hypot(*seated.acceleration(0)) == pytest.approx(1.0)


def test_a_knock_is_short_and_traffic_shakes() -> None:
    cover = CoverMotion(seed=4)
    quiet = [math.hypot(*cover.acceleration(n * S)) for n in range(200)]
    assert max(abs(one - 1) for one in quiet) < 0.02
    assert len(set(quiet)) > 150, "a real sensor is never without noise"
    cover.knock(5 * S)
    assert cover.acceleration(5 * S)[2] > 2.9
    assert cover.acceleration(5 * S + 150_000)[2] < 1.1
    cover.set_traffic(True)
    shaken = [math.hypot(*cover.acceleration(n * S)) for n in range(20, 220)]
    assert max(abs(one - 1) for one in shaken) > 0.08
    assert cover.angle(99 * S) == 0.0


def test_an_angle_that_can_not_be() -> None:
    with pytest.raises(ValueError, match="angle is 181"):
        CoverMotion().tilt(181, 0)
