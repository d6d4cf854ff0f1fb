"""What a reply means as a whole: who answers, gates, ceilings, tilt."""

import struct

import msgspec
import pytest

from device_profiles.encoding import Table
from device_profiles.model import Point, Profile
from device_profiles.transport import Modbus
from edge_agent.driver.decode import Decoded
from edge_agent.driver.interpret import Interpreter, Who
from edge_agent.driver.reader import decode_read
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.driver.tilt import NOT_AT_REST
from tests.shipped import PROFILES
from wire.quality import Limit, Quality, Reason, bad, uncertain

XCD = PROFILES["honeywell_sensepoint_xcd"]
SEN = PROFILES["dfrobot_sen0676"]
WIT = PROFILES["witmotion_485"]
SATURATED = bad(Reason.OUT_OF_RANGE, Limit.HIGH)
G = 2048
"""Raw value of 1 g: 32768 / 16."""


def plan(profile: Profile) -> tuple[PlannedRead, ...]:
    assert isinstance(profile.transport, Modbus)
    return plan_reads(profile.points, profile.transport)


def gas(
    reading: float = 12.5, bits: int = 0, state: int = 1, unit: int = 5, type_code: int = 0x25
) -> tuple[int, ...]:
    """40001 to 40013."""
    high, low = struct.unpack(">HH", struct.pack(">f", reading))
    due = struct.unpack(">HH", struct.pack(">f", 30.0))
    return (type_code << 8 | 1, 1, high, low, 0, bits, state, 0, *due, unit, 0, 0)


def lel(**changes: float) -> Decoded:
    found = Interpreter(XCD).interpret(plan(XCD)[0], gas(**changes))  # type: ignore[arg-type]  # its keys are this file's own
    return found["lel"]


def test_a_gas_reading_is_a_share_of_the_limit() -> None:
    found = Interpreter(XCD).interpret(plan(XCD)[0], gas())
    assert found["lel"] == Decoded(0.125)
    assert found["state"] == Decoded("normal")
    assert found["unit"] == Decoded("lel")
    assert found["calibration_due"] == Decoded(30 * 86_400.0)
    assert found["alarm"] == found["fault"] == Decoded(value=False)


@pytest.mark.parametrize(
    ("changes", "quality"),
    [
        ({"state": 2, "reading": 100.0}, bad(Reason.WARM_UP)),
        ({"state": 3}, bad(Reason.INHIBITED)),
        ({"state": 12}, bad(Reason.CALIBRATION)),
        ({"state": 7}, bad(Reason.DEVICE_FAULT)),
        ({"unit": 4}, bad(Reason.CONFIGURATION)),
        ({"unit": 9}, bad(Reason.CONFIGURATION)),
        ({"bits": 0x20}, bad(Reason.DEVICE_FAULT)),
        ({"reading": 120.0}, SATURATED),
        ({"reading": 120.0, "bits": 0x20}, SATURATED),
        ({"reading": 120.0, "state": 2}, bad(Reason.WARM_UP)),
        ({"reading": -20.0}, bad(Reason.OUT_OF_RANGE, Limit.LOW)),
        ({"reading": float("nan")}, bad(Reason.SENSOR_FAULT)),
        ({"reading": float("inf")}, bad(Reason.SENSOR_FAULT)),
    ],
)
def test_a_reading_that_does_not_count_is_bad_and_says_why(
    changes: dict[str, float], quality: Quality
) -> None:
    assert lel(**changes) == Decoded(None, quality)


@pytest.mark.parametrize(
    ("bits", "alarm", "high"), [(1, True, False), (2, True, True), (0, False, False)]
)
def test_both_alarm_bits_are_one_alarm(bits: int, *, alarm: bool, high: bool) -> None:
    found = Interpreter(XCD).interpret(plan(XCD)[0], gas(bits=bits))
    assert (found["alarm"].value, found["alarm_high"].value) == (alarm, high)


def test_an_alarm_of_the_device_counts_with_a_fault_but_not_while_it_is_inhibited() -> None:
    read = plan(XCD)[0]
    assert Interpreter(XCD).interpret(read, gas(bits=0x21))["alarm"] == Decoded(value=True)
    inhibited = Interpreter(XCD).interpret(read, gas(bits=1, state=3))["alarm"]
    assert inhibited == Decoded(None, bad(Reason.INHIBITED))


def test_another_device_at_the_address_says_nothing_that_is_used() -> None:
    interpreter = Interpreter(XCD)
    first, second = plan(XCD)[0], plan(XCD)[1]
    for read, words in ((first, gas(type_code=0x26)), (second, (0,) * 8)):
        found = interpreter.interpret(read, words)
        assert list(found) == [point.id for point in read.points]
        assert set(found.values()) == {Decoded(None, bad(Reason.CONFIGURATION))}
    assert interpreter.who is Who.OTHER
    assert interpreter.interpret(first, gas())["lel"] == Decoded(0.125)


def test_nothing_is_believed_before_it_is_known_who_answers() -> None:
    interpreter = Interpreter(XCD)
    (_, second, *_) = plan(XCD)
    unknown = {Decoded(None, bad(Reason.NEVER_READ))}
    assert set(interpreter.interpret(second, (0,) * 8).values()) == unknown
    interpreter.interpret(plan(XCD)[0], gas())
    assert interpreter.interpret(second, (0, 3, 0, 0, 0, 0, 0, 0))["alarm_2_active"].value is True
    interpreter.forget()
    assert set(interpreter.interpret(second, (0,) * 8).values()) == unknown


@pytest.mark.parametrize(
    ("height_cm", "level_mm", "decoded"),
    [
        (250, 350, Decoded(0.35)),
        (250, 2_500, Decoded(2.5)),
        (250, 2_501, Decoded(None, SATURATED)),
        (250, 65_531, Decoded(-0.005)),
        (250, 65_000, Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.LOW))),
        (0, 350, Decoded(None, bad(Reason.CONFIGURATION))),
        (None, 350, Decoded(None, bad(Reason.NEVER_READ))),
    ],
)
def test_no_level_is_above_the_installed_height(
    height_cm: int | None, level_mm: int, decoded: Decoded
) -> None:
    interpreter = Interpreter(SEN)
    height, level, _ = plan(SEN)
    if height_cm is not None:
        interpreter.interpret(height, (height_cm,))
    assert interpreter.interpret(level, (level_mm,)) == {"level": decoded}


def motion(x: int = 0, y: int = 0, z: int = G) -> tuple[int, ...]:
    """0x34 to 0x3F."""
    return (x & 0xFFFF, y & 0xFFFF, z & 0xFFFF, *(0,) * 6, 455, 0xF777, 0)


@pytest.mark.parametrize(
    ("words", "decoded"),
    [
        (motion(), Decoded(0.0)),
        (motion(x=G, z=0), Decoded(90.0)),
        (motion(z=-G), Decoded(180.0)),
        (motion(z=2 * G), Decoded(0.0, uncertain(NOT_AT_REST))),
        (motion(z=0), Decoded(None, bad(Reason.SENSOR_FAULT))),
    ],
)
def test_tilt_is_computed_from_one_reply(words: tuple[int, ...], decoded: Decoded) -> None:
    found = Interpreter(WIT, (0.0, 0.0, 1.0)).interpret(plan(WIT)[0], words)
    assert found["tilt"] == decoded
    assert found["roll"].value == pytest.approx(2.5, abs=0.01)


def test_without_a_baseline_only_the_tilt_is_bad() -> None:
    found = Interpreter(WIT).interpret(plan(WIT)[0], motion())
    assert found["tilt"] == Decoded(None, bad(Reason.CONFIGURATION))
    assert found["acceleration_z"].value == pytest.approx(9.80665)


def submersible(unit: int = 17, decimals: int = 1, level: int = 1234) -> dict[str, Decoded]:
    """A gauge whose level is written in a unit and with decimals of its own choice."""
    words = {"en": "a", "zh": "一"}
    register = {"table": "holding_registers", "type": "s16"}
    scale_from = {"decimals": "decimals", "unit": "unit", "factors": {"17": 0.01, "18": 1.0}}
    points = [
        {"id": "unit", "address": 2, "value": "number"},
        {"id": "decimals", "address": 3, "value": "number"},
        {"id": "level", "address": 4, "value": "number", "scale_from": scale_from},
    ]
    own = ("id", "value")
    read = PlannedRead(
        Table.HOLDING_REGISTERS,
        2,
        3,
        tuple(
            msgspec.convert(
                {key: point[key] for key in own}
                | {"title": words, "unit": "m"}
                | {"register": register | {k: v for k, v in point.items() if k not in own}},
                Point,
            )
            for point in points
        ),
    )
    return dict(decode_read(read, (unit, decimals & 0xFFFF, level & 0xFFFF)))


@pytest.mark.parametrize(
    ("unit", "decimals", "level", "decoded"),
    [
        (17, 1, 1234, Decoded(1.234)),
        (18, 3, 1234, Decoded(1.234)),
        (17, 1, -5, Decoded(-0.005)),
        (21, 1, 1234, Decoded(None, bad(Reason.CONFIGURATION))),
        (17, 10, 1234, Decoded(None, bad(Reason.CONFIGURATION))),
        (17, -1, 1234, Decoded(None, bad(Reason.CONFIGURATION))),
    ],
)
def test_a_scale_is_taken_from_the_same_reply(
    unit: int, decimals: int, level: int, decoded: Decoded
) -> None:
    assert submersible(unit, decimals, level)["level"] == decoded
