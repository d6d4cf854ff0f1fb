import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.encoding import Field, NumberType
from device_profiles.framing import Layout
from device_profiles.model import Gate, Point, ValueKind
from edge_agent.driver.frame import Frame
from edge_agent.driver.frame_points import FramePoints
from edge_agent.exchange import Sample
from tests.shipped import PROFILES
from tests.stream_layouts import PRINTER, R60
from wire.quality import GOOD, Limit, Quality, Reason, bad

TITLE = Words(en="Point", zh="测点")
PRESENT = Gate(point="presence", equals=True, otherwise="no_target")


def point(name: str, code: str, *gates: Gate, ceiling: str | None = None) -> Point:
    return Point(
        id=name,
        value=ValueKind.NUMBER,
        title=TITLE,
        unit="m",
        field=Field(frames=(code,), type=NumberType.U8),
        valid_when=gates,
        ceiling=ceiling,
    )


PRESENCE = Point(
    id="presence",
    value=ValueKind.STATE,
    title=TITLE,
    field=Field(frames=("80 01", "80 81"), type=NumberType.U8, enum={"0": False, "1": True}),
)
FIRE = Point(
    id="fire",
    value=ValueKind.STATE,
    title=TITLE,
    field=Field(
        frames=("event",),
        longer=True,
        type=NumberType.TEXT,
        pattern="(火警|复位)",
        contains={"火警": True, "复位": False},
    ),
)
PLACE = Point(
    id="place",
    value=ValueKind.TEXT,
    title=TITLE,
    field=Field(frames=("event",), longer=True, type=NumberType.TEXT, pattern="at (.*)"),
)


def make(*points: Point) -> FramePoints:
    return FramePoints(replace(PROFILES["micradar_r60afd1"], points=points))


def said(points: FramePoints, code: str, data: bytes, layout: Layout = R60) -> dict[str, object]:
    samples: list[Sample] = points.read(Frame(code, data, layout), 7)
    assert all(sample.mono_us == 7 for sample in samples)
    return {
        sample.point: sample.value if sample.quality == GOOD else sample.quality
        for sample in samples
    }


def test_points_of_a_frame_in_the_order_of_the_profile() -> None:
    points = make(point("a", "80 03"), PRESENCE, point("b", "80 03"))
    assert points.points_of(["80 03", "80 81", "80 01", "99 99"]) == ("a", "b", "presence")
    assert said(points, "80 03", b"\x05") == {"a": 5.0, "b": 5.0}
    assert said(points, "99 99", b"\x05") == {}


def test_a_gate_whose_point_is_not_known_is_shut() -> None:
    points = make(PRESENCE, point("rate", "85 02", PRESENT))
    assert said(points, "85 02", b"\x40") == {"rate": bad(Reason.NEVER_READ)}
    assert said(points, "80 01", b"\x01") == {"presence": True}
    assert said(points, "85 02", b"\x40") == {"rate": 64.0}


def test_a_gate_that_shuts_makes_its_points_bad_at_once_and_once() -> None:
    points = make(PRESENCE, point("rate", "85 02", PRESENT))
    said(points, "80 01", b"\x01")
    said(points, "85 02", b"\x40")
    assert said(points, "80 81", b"\x00") == {"presence": False, "rate": bad("no_target")}
    assert said(points, "80 81", b"\x00") == {"presence": False}
    assert said(points, "85 02", b"\x40") == {"rate": bad("no_target")}
    assert said(points, "80 01", b"\x01") == {"presence": True}  # its next frame tells
    assert said(points, "85 02", b"\x41") == {"rate": 65.0}


def test_what_can_not_be_read_of_a_gates_point_shuts_it() -> None:
    points = make(PRESENCE, point("rate", "85 02", PRESENT))
    said(points, "80 01", b"\x01")
    said(points, "85 02", b"\x40")
    assert said(points, "80 01", b"\x07") == {
        "presence": bad(Reason.OUT_OF_RANGE),
        "rate": bad("no_target"),
    }


def test_silence_makes_all_gates_unknown() -> None:
    points = make(PRESENCE, point("rate", "85 02", PRESENT))
    said(points, "80 01", b"\x01")
    points.forget()
    assert said(points, "85 02", b"\x40") == {"rate": bad(Reason.NEVER_READ)}


@pytest.mark.parametrize(
    ("height", "told"),
    [(b"\x09", 9.0), (b"\x08", bad(Reason.OUT_OF_RANGE, Limit.HIGH))],
)
def test_a_ceiling_may_come_in_another_frame(height: bytes, told: float | Quality) -> None:
    points = make(point("height", "06 82"), point("level", "01 01", ceiling="height"))
    said(points, "06 82", height)
    assert said(points, "01 01", b"\x09") == {"level": told}


def test_a_ceiling_that_sinks_pins_what_is_above_it() -> None:
    points = make(point("height", "06 82"), point("level", "01 01", ceiling="height"))
    said(points, "06 82", b"\x09")
    said(points, "01 01", b"\x08")
    assert said(points, "06 82", b"\x05") == {
        "height": 5.0,
        "level": bad(Reason.OUT_OF_RANGE, Limit.HIGH),
    }


def test_a_record_says_nothing_of_the_points_that_it_does_not_name() -> None:
    points = make(FIRE, PLACE)
    fire = "\x1b6火警 at hall\n\n".encode("gbk")
    assert said(points, "event", fire, PRINTER) == {"fire": True, "place": "hall"}
    assert said(points, "event", "\x1b6屏蔽\n\n".encode("gbk"), PRINTER) == {}
    assert said(points, "event", "\x1b6复位\n\n".encode("gbk"), PRINTER) == {"fire": False}


def test_older_firmware_may_tell_less() -> None:
    area = point("area", "0E 06")
    assert area.field is not None
    area = replace(area, field=replace(area.field, length=2, at=1, or_absent=True))
    points = make(point("height", "0E 06"), area)
    assert said(points, "0E 06", b"\x05") == {"height": 5.0}
    told = said(points, "0E 06", b"\x05\x07")
    assert told == {"height": bad(Reason.CONFIGURATION), "area": 7.0}


def test_a_frame_of_another_length_is_a_wrong_device() -> None:
    points = make(PRESENCE)
    assert said(points, "80 01", b"\x00\x01") == {"presence": bad(Reason.CONFIGURATION)}
