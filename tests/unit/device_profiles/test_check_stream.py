import pytest
from msgspec.structs import replace

from alarm_rules.rule import AbsenceRule, AlarmClass, Mark, Severity, Source
from device_profiles.check_stream import check_stream
from device_profiles.encoding import ScaleFrom
from device_profiles.model import Gate, Profile
from device_profiles.transport import Stream
from tests.shipped import PROFILES
from tests.stream_profile import stream_profile

PROFILE = stream_profile()
STREAMS = [one for one in PROFILES.values() if isinstance(one.transport, Stream)]


def problems(profile: Profile) -> list[str]:
    assert isinstance(profile.transport, Stream)
    return [str(problem) for problem in check_stream(profile.transport, profile)]


def told(**changes: object) -> list[str]:
    return problems(replace(PROFILE, transport=replace(PROFILE.transport, **changes)))


@pytest.mark.parametrize("profile", [PROFILE, *STREAMS], ids=lambda profile: profile.id)
def test_these_are_sound(profile: Profile) -> None:
    assert problems(profile) == []


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        (
            {"resync": ("83 99",)},
            "resync[0]: '83 99' is asked, but no point reads its answer '83 99'",
        ),
        (
            {"settings": ("80 81", "83 98")},
            "settings[1]: '83 98' is asked, but no point reads its answer '83 98'",
        ),
        (
            {"answers": {"80 81": "05 07"}},
            "resync[0]: '80 81' is asked, but no point reads its answer '05 07'",
        ),
        (
            {"command": None},
            "resync[0]: can not be sent: transport.command names no binary layout",
        ),
        (
            {"query_data": " ".join(["00"] * 65)},
            "resync[0]: carries 65 bytes of data, frames of 'frame' at most 64",
        ),
        (
            {"resync": ("80 81 01",)},
            "resync[0]: '80 81 01' is no code of layout 'frame': it takes 2 bytes such as '0A 0A'",
        ),
        ({"ignored": ("80 01",)}, "ignored[0]: '80 01' carries a point: take it out"),
        (
            {"ignored": ("05",)},
            "ignored[0]: no layout has '05': write 2 bytes such as '0A 0A' or 'gas' or 'event'",
        ),
        (
            {"regular": ("80 01", "80 03")},
            "regular[1]: '80 03' is read nowhere: name it in a point's field.frames, or in ignored",
        ),
        ({"restart_frames": ("05 01",)}, "restart_frames[0]: '05 01' is read nowhere"),
        ({"answers": {"06 02": "06 03"}}, "answers.06 02: '06 03' is read nowhere"),
        (
            {"heartbeat_frame": "80 01"},
            "heartbeat_point: and heartbeat_frame belong together: name both, or neither",
        ),
        (
            {"heartbeat_frame": "01 01", "heartbeat_point": "presence"},
            "heartbeat_frame: '01 01' is read nowhere",
        ),
        (
            {"heartbeat_frame": "80 01", "heartbeat_point": "height"},
            "heartbeat_point: 'height' is a number, should be a state",
        ),
        ({"uptime_point": "up"}, "uptime_point: 'up' is not a point"),
        (
            {"liveness": None},
            "liveness: is missing: write it, or a caveat that says what the silence of this device",
        ),
        ({"liveness": 0}, "liveness: must be longer than nothing"),
        ({"reply_timeout": 0}, "reply_timeout: must be longer than nothing"),
        ({"stale_after": 1}, "stale_after: is shorter than resync_period"),
    ],
)
def test_a_contradiction_is_named(changes: dict[str, object], first: str) -> None:
    found = told(**changes)
    assert any(one.startswith(f"transport.{first}") for one in found), found


def test_silence_that_proves_nothing_is_said() -> None:
    evidence = replace(PROFILE.evidence, caveats=("Its silence proves nothing.",))
    transport = replace(PROFILE.transport, liveness=None)
    assert problems(replace(PROFILE, evidence=evidence, transport=transport)) == []


def test_a_device_that_may_be_silent_is_not_missed() -> None:
    absence = AbsenceRule(
        id="offline",
        alarm_class=AlarmClass.SENSOR_HEALTH,
        severity=Severity.HIGH,
        title=PROFILE.title,
        guidance=PROFILE.title,
        source=Source("for tests only", Mark.ENGINEERING),
        duration=60_000_000,
    )
    transport = replace(PROFILE.transport, liveness=None)
    found = problems(replace(PROFILE, rules=(absence,), transport=transport))
    assert (
        "rules[0].kind: absence needs transport.liveness: without it silence is no fault" in found
    )


def with_presence(**changes: object) -> Profile:
    first, *others = PROFILE.points
    return replace(PROFILE, points=(replace(first, **changes), *others))


def test_a_gate_is_another_point_that_some_frame_brings() -> None:
    gate = Gate(point="height", equals=2.0, otherwise="device_fault")
    assert problems(with_presence(valid_when=(gate,))) == []
    for name, why in (
        ("presence", "'presence' is not another point that is read"),
        ("hight", "'hight' is not a point of this profile; did you mean 'height'?"),
    ):
        assert problems(with_presence(valid_when=(replace(gate, point=name),))) == [
            f"points[0].valid_when[0].point: {why}"
        ]


def test_a_scale_comes_in_the_same_frame() -> None:
    field = replace(PROFILE.points[0].field, scale_from=ScaleFrom(decimals="height"))  # type: ignore[type-var]  # it has one
    assert problems(with_presence(field=field)) == [
        "points[0].field.scale_from.decimals: 'height' is not read in one frame with this"
    ]


def test_a_gate_waits_for_a_value_that_comes() -> None:
    first, height, *others = PROFILE.points
    beside = replace(height, field=first.field)
    gate = Gate(point="presence", equals=1.0, otherwise="device_fault")
    points = (first, replace(beside, valid_when=(gate,)), *others)
    assert problems(replace(PROFILE, points=points)) == [
        "points[1].valid_when[0].equals: 1.0 is never a value of a state"
    ]
