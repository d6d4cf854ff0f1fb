import pytest
from msgspec.structs import replace

from device_profiles.encoding import ByteOrder, NumberType, ScaleFrom, WordOrder
from device_profiles.model import Condition, Held, Point, Rise
from device_profiles.sheet import Table
from device_profiles.sheet_points import points_section
from tests.shipped import PROFILES
from tests.stream_profile import stream_profile

XCD = PROFILES["honeywell_sensepoint_xcd"]
WIT = PROFILES["witmotion_485"]
STREAM = stream_profile()


def rows(*points: Point, lang: str = "en", of: str = "modbus") -> list[tuple[str, ...]]:
    profile = replace(XCD if of == "modbus" else STREAM, points=points)
    (table,) = points_section(profile, lang).blocks
    assert isinstance(table, Table)
    return list(table.rows)


def test_a_register_is_told_by_document_and_wire() -> None:
    ((name, title, unit, doc, function, wire, kind, meaning),) = rows(XCD.point("lel"))
    assert (name, unit, doc, function, wire) == ("lel", "ratio", "40003", "03", "2 (0x0002)")
    assert title == "Gas, share of the lower explosive limit"
    assert kind == "f32"
    assert meaning == (
        "× 0.01; -0.1 to 1; only while state = normal and unit = lel and fault = false"
    )


def test_a_field_is_told_by_its_frames() -> None:
    presence, height, lel, event = rows(*STREAM.points, of="stream", lang="zh")
    assert presence[2:] == ("状态", "80 01, 80 81", "0 / 1", "u8", "")
    assert height[3:] == ("06 82", "0 / 2", "u16", "× 0.01")
    assert lel[3:6] == ("gas", "1 / 44", "decimal (7)")
    assert event[3:] == ("event", "", "text", r"按 \x1b9(.+)\n 查找")


def test_words_bits_and_special_numbers_are_told() -> None:
    (state,) = rows(XCD.point("state"))
    assert state[-1] == "1 = normal, 2 = warm_up, 3 = inhibited, 12 = calibration"
    (alarm,) = rows(replace(XCD.point("alarm"), valid_when=()))
    assert alarm[-1] == "bit 0 or 1"
    register = XCD.point("trouble_code").register
    assert register is not None
    odd = replace(
        register,
        mask=0x0FF0,
        shift=4,
        offset=-1.5,
        scale_from=ScaleFrom(decimals="a", unit="b"),
        sentinels={"65535": "sensor_fault"},
        byte_order=ByteOrder.LITTLE,
        word_order=WordOrder.LOW_FIRST,
        maximum=9.0,
    )
    (row,) = rows(replace(XCD.point("trouble_code"), register=odd, ceiling="lel"))
    assert row[-2] == "u16 low word first low byte first"
    assert row[-1] == (
        "65535 = bad/sensor_fault; mask 0xFF0, shifted right by 4, -1.5, scaled by a, b; "
        "at most 9; at most lel"
    )
    inverted = replace(register, bits=(2,), invert=True, minimum=1.0, type=NumberType.U8)
    (row,) = rows(replace(XCD.point("alarm"), register=inverted, valid_when=()))
    assert row[-1] == "bit 2; inverted; at least 1"


@pytest.mark.parametrize(
    ("point", "told"),
    [
        (
            WIT.point("tilt"),
            (
                "derived: angle of (acceleration_x, acceleration_y, acceleration_z)"
                " against the baseline"
            ),
        ),
        (
            replace(XCD.point("lel"), register=None, valid_when=(), rise=Rise(of="lel", over=60)),
            "derived: rise of lel over 60 µs",
        ),
        (
            replace(
                XCD.point("lel"),
                register=None,
                valid_when=(),
                held=Held(
                    all=(
                        Condition(point="presence", equals=True),
                        Condition(point="motion", equals="static"),
                    )
                ),
            ),
            "derived: how long presence = true and motion = static",
        ),
    ],
)
def test_a_derived_point_says_from_what(point: Point, told: str) -> None:
    (row,) = rows(point)
    assert row[3:] == ("", "", "", "", told)


def test_many_bits_in_a_row_are_a_range() -> None:
    told = {row[0]: row[-1] for row in rows(*XCD.points)}
    assert told["fault_active"] == "bit 6 to 18"
    assert told["alarm"].startswith("bit 0 or 1;")
