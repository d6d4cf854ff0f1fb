import pytest
from msgspec.structs import replace

from device_profiles.check_stream import check_stream
from device_profiles.load import catalog
from device_profiles.model import Profile
from device_profiles.transport import R60

RADAR = catalog()["micradar_r60afd1"]


def told(profile: Profile, **changes: object) -> list[str]:
    assert isinstance(profile.transport, R60)
    transport = replace(profile.transport, **changes)
    return [str(problem) for problem in check_stream(transport, profile)]


def test_the_shipped_one_is_sound() -> None:
    assert told(RADAR) == []


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"resync": ("83 99",)}, "transport.resync: '83 99' is asked"),
        ({"settings": ("83 98",)}, "transport.settings: '83 98' is asked"),
        ({"uptime_point": "up"}, "transport.uptime_point: 'up' is not a point"),
    ],
)
def test_a_contradiction_is_named(changes: dict[str, object], first: str) -> None:
    assert any(one.startswith(first) for one in told(RADAR, **changes))


def test_one_frame_has_one_length() -> None:
    points = list(RADAR.points)
    field = points[14].field
    assert field is not None
    points[14] = replace(points[14], field=replace(field, length=7))
    assert any("of '83 0E' is another" in one for one in told(replace(RADAR, points=tuple(points))))
