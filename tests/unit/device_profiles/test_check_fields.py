import pytest
from msgspec.structs import replace

from device_profiles.check_fields import check_fields
from device_profiles.encoding import NumberType
from device_profiles.framing import BinaryFrame
from device_profiles.model import Profile
from device_profiles.transport import Stream
from tests.stream_profile import BINARY, LINE, stream_profile

PROFILE = stream_profile()
T = NumberType
PRESENCE, HEIGHT, LEL, EVENT = range(4)
FIXED = replace(BINARY, length_at=None, fixed_length=2)


def told(profile: Profile) -> list[str]:
    assert isinstance(profile.transport, Stream)
    return [str(problem) for problem in check_fields(profile.transport, profile)]


def with_field(index: int, **changes: object) -> Profile:
    points = list(PROFILE.points)
    field = points[index].field
    assert field is not None
    points[index] = replace(points[index], field=replace(field, **changes))
    return replace(PROFILE, points=tuple(points))


def framed(layout: BinaryFrame) -> Profile:
    assert isinstance(PROFILE.transport, Stream)
    layouts = (layout, *PROFILE.transport.layouts[1:])
    return replace(PROFILE, transport=replace(PROFILE.transport, layouts=layouts))


def test_every_kind_of_field_is_sound() -> None:
    assert told(PROFILE) == []


@pytest.mark.parametrize(
    ("profile", "first"),
    [
        (
            with_field(HEIGHT, frames=("06 82 01",)),
            (
                "points[1].field.frames[0]: no layout has '06 82 01': "
                "write 2 bytes such as '0A 0A' or 'gas' or 'event'"
            ),
        ),
        (with_field(LEL, frames=("gass",)), "points[2].field.frames[0]: no layout has 'gass'"),
        (
            with_field(HEIGHT, type=T.BCD_MIXED),
            "points[1].field.type: bcd_mixed is known in registers only",
        ),
        (
            with_field(HEIGHT, type=T.DECIMAL),
            "points[1].field.type: decimal is for ASCII, but 'frame' is binary",
        ),
        (with_field(HEIGHT, width=2), "points[1].field.width: is for ASCII; a u16 has as many"),
        (
            with_field(HEIGHT, at=1),
            "points[1].field.at: u16 from there does not fit into the length of 2",
        ),
        (
            with_field(HEIGHT, length=65),
            "points[1].field.length: is 65; frames of 'frame' have at most 64 bytes of data",
        ),
        (
            framed(FIXED),
            "points[0].field.length: is 1, but all frames of 'frame' have 2 bytes of data",
        ),
        (
            with_field(HEIGHT, frames=("80 01",)),
            "points[1].field.length: of '80 01' is 1 in points[0]",
        ),
        (
            with_field(HEIGHT, pattern="(a)"),
            "points[1].field.pattern: is searched in a record of text; elsewhere write at",
        ),
        (
            with_field(LEL, type=T.U8),
            "points[2].field.type: u8 does not stand in a line: decimal, hex or string does",
        ),
        (with_field(LEL, width=0), "points[2].field.width: is missing: how many columns"),
        (
            with_field(LEL, length=7),
            "points[2].field.length: is 7: the data is the whole line, 44 bytes",
        ),
        (
            with_field(LEL, at=36),
            "points[2].field.at: 7 columns from there are past the end of the line",
        ),
        (
            with_field(EVENT, type=T.STRING),
            "points[3].field.type: string does not stand in a record of text: text does",
        ),
        (with_field(EVENT, pattern=None), "points[3].field.pattern: is missing: it says which"),
        (
            with_field(EVENT, pattern="(a+)+"),
            "points[3].field.pattern: repeats what itself repeats",
        ),
        (with_field(EVENT, pattern="a"), "points[3].field.pattern: has 0 groups: put () around"),
        (with_field(EVENT, at=3), "points[3].field.at: and width do nothing in a record of text"),
        (with_field(EVENT, longer=False), "points[3].field.longer: must be true: a record of text"),
    ],
)
def test_a_contradiction_is_named(profile: Profile, first: str) -> None:
    found = told(profile)
    assert any(one.startswith(first) for one in found), found


def test_newer_firmware_may_send_more() -> None:
    shorter = with_field(PRESENCE, longer=True)
    points = list(shorter.points)
    more = replace(points[HEIGHT].field, frames=("80 01",))  # type: ignore[type-var]  # a field
    points[HEIGHT] = replace(points[HEIGHT], field=more)
    assert told(replace(shorter, points=tuple(points))) == []


def test_a_code_that_two_layouts_have_may_fit_either() -> None:
    assert isinstance(PROFILE.transport, Stream)
    layouts = (replace(BINARY, name="short", max_length=1), *PROFILE.transport.layouts, LINE)
    transport = replace(PROFILE.transport, layouts=layouts[:4])
    assert told(replace(PROFILE, transport=transport)) == []
