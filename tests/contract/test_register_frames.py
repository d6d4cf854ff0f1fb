"""Register reads of the level transmitter and of two gas detectors: bytes asked, values told."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import pytest

from device_profiles.transport import Modbus
from edge_agent.bus.modbus import Verdict, encode, match
from edge_agent.driver.decode import Decoded
from edge_agent.driver.interpret import Interpreter
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.exchange import Read, Table
from tests.shipped import PROFILES
from wire.quality import Reason, bad
from wire.reading import Value


class Printed(TypedDict):
    device: str
    name: str
    dir: str
    hex: str
    decode: dict[str, Value | None]


DEVICES = {"qdy30a", "honeywell_xrl", "honeywell_xcl"}
FRAMES: list[Printed] = json.loads(Path(__file__).with_name("device_frames.json").read_text())
NAMES = {  # the sources' words: our points, and the unit of theirs in ours
    "level_cm": ("level", 0.01),
    "lel": ("lel", 0.01),
    "heartbeat": ("heartbeat", 1.0),
    "trouble": ("trouble_code", 1.0),
    "a1": ("alarm", 1.0),
    "a2": ("alarm_high", 1.0),
}
ALONE = "level -0.5 cm"  # of one register, whose scale stands in others
RIGHT = (0x2601, 0x2601, *(0,) * 11)


def frames(way: str) -> list[object]:
    chosen = [
        one
        for one in FRAMES
        if (one["device"] in DEVICES, one["dir"], one["name"] != ALONE) == (True, way, True)
    ]
    return [pytest.param(one, id=f"{one['device']} {one['name']}") for one in chosen]


def reads(device: str) -> list[tuple[PlannedRead, Read]]:
    profile = PROFILES[device]
    assert isinstance(profile.transport, Modbus)
    planned = plan_reads(profile.points, profile.transport)
    return [(one, Read(1, Table(one.table.value), one.address, one.count)) for one in planned]


def understood(device: str, frame: bytes) -> Mapping[str, Decoded]:
    """As the answer to the first read that it fits, from a device that said who it is."""
    interpreter = Interpreter(PROFILES[device])
    planned = reads(device)
    if device != "qdy30a":
        interpreter.interpret(planned[0][0], RIGHT)
    for read, request in planned:
        found = match(frame, request)
        if found.verdict is Verdict.REPLY:
            return interpreter.interpret(read, found.words)
    raise AssertionError("it fits no read of this device")


@pytest.mark.parametrize("printed", frames("tx"))
def test_the_reads_are_the_documented_ones(printed: Printed) -> None:
    sent = {encode(request) for _, request in reads(printed["device"])}
    assert bytes.fromhex(printed["hex"]) in sent


@pytest.mark.parametrize("printed", frames("rx"))
def test_what_a_reply_means(printed: Printed) -> None:
    found = understood(printed["device"], bytes.fromhex(printed["hex"]))
    for name, wanted in printed["decode"].items():
        point, scale = NAMES.get(name, (name, 1.0))
        value = found[point].value
        if isinstance(wanted, int | float) and not isinstance(wanted, bool):
            assert value == pytest.approx(wanted * scale)
        else:
            assert value == wanted


def level(value: int, *, unit: int = 17, decimals: int = 1) -> Decoded:
    interpreter = Interpreter(PROFILES["qdy30a"])
    ((read, _),) = reads("qdy30a")
    words = (1, 3, unit, decimals, value & 0xFFFF, 0, 5000)
    return interpreter.interpret(read, words)["level"]


@pytest.mark.parametrize(
    ("unit", "decimals", "raw", "metres"),
    [
        (17, 1, 1234, 1.234),
        (17, 0, 27, 0.27),
        (17, 1, -5, -0.005),
        (18, 3, 1234, 1.234),
        (19, 2, 981, 1.000342),
        (20, 3, 98, 0.999322),
        (21, 2, 142, 0.998359),
    ],
)
def test_a_level_in_each_unit_of_the_transmitter(
    unit: int, decimals: int, raw: int, metres: float
) -> None:
    """Of a column of water, by the density that the caveats state."""
    assert level(raw, unit=unit, decimals=decimals).value == pytest.approx(metres, abs=1e-6)


@pytest.mark.parametrize(("unit", "decimals"), [(9, 1), (0, 1), (17, 0xFFFF)])
def test_a_unit_that_is_not_known_is_never_guessed(unit: int, decimals: int) -> None:
    assert level(1234, unit=unit, decimals=decimals) == Decoded(None, bad(Reason.CONFIGURATION))


@pytest.mark.parametrize("device", ["honeywell_xrl", "honeywell_xcl"])
def test_another_model_at_this_address_says_nothing(device: str) -> None:
    interpreter = Interpreter(PROFILES[device])
    (read, _), *_ = reads(device)
    xcd = (0x2501, 0x2501, *(0,) * 11)
    found = interpreter.interpret(read, xcd)
    assert set(found.values()) == {Decoded(None, bad(Reason.CONFIGURATION))}
