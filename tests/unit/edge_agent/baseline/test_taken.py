"""What a baseline is of: the points that need one, the device that it was taken of."""

from pathlib import Path

import pytest

from edge_agent.baseline.taken import (
    TILT,
    configured,
    has_changed,
    identity_points,
    is_of,
)
from tests.baseline_site import site, taken_cover
from tests.shipped import PROFILES


@pytest.mark.parametrize(
    ("profile", "points", "identity"),
    [
        ("witmotion_485", ("tilt",), ("firmware",)),
        ("dfrobot_a02yyuw", ("distance",), ()),
        ("calectro_ug3", (), ()),
    ],
)
def test_the_points_that_a_site_takes_one_of(
    profile: str, points: tuple[str, ...], identity: tuple[str, ...]
) -> None:
    assert PROFILES[profile].baseline_points == points
    assert identity_points(PROFILES[profile]) == identity


def test_it_is_of_what_stands_in_the_configuration(tmp_path: Path) -> None:
    cover = site(tmp_path).devices[0]
    assert is_of(taken_cover(), cover)
    assert not is_of(taken_cover(unit=81), cover)
    assert configured(cover, cover.profile.point("tilt")) == {TILT: None}


def test_another_firmware_is_another_device() -> None:
    assert has_changed(taken_cover(), {"firmware": 2590.0, "roll": 1.0}) == ""
    assert has_changed(taken_cover(), {}) == ""
    assert "firmware was 2590.0 and is 2591.0" in has_changed(taken_cover(), {"firmware": 2591.0})
