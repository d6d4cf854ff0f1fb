import pytest

from device_profiles.model import Profile
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]


def test_a_point_is_found_by_its_id() -> None:
    assert UG3.point("smoke").title.en == "Smoke alarm"
    with pytest.raises(KeyError):
        UG3.point("nothing")


def test_what_is_not_said_is_required() -> None:
    with pytest.raises(TypeError):
        Profile()  # type: ignore[call-arg]  # that is the point


def test_only_a_tilt_takes_a_baseline() -> None:
    assert PROFILES["witmotion_485"].takes_baseline
    assert not UG3.takes_baseline
