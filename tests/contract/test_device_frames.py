"""Frames as the makers print them: ours are the same bytes, theirs mean the same to us."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import pytest
from msgspec.structs import replace

from device_profiles.encoding import Table as ProfileTable
from device_profiles.model import Profile
from device_profiles.transport import Modbus, Stream
from edge_agent.bus.modbus import Verdict, encode, match
from edge_agent.driver.decode import Decoded
from edge_agent.driver.frame import Frame, FrameReader, Refused, encode_frame
from edge_agent.driver.interpret import Interpreter
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Failure, Fault, Read, Reply, Sample, Table, Write
from tests.shipped import PROFILES
from wire.quality import GOOD, Reason, Status
from wire.reading import Value


class Printed(TypedDict):
    device: str
    name: str
    dir: str
    hex: str
    decode: dict[str, float | bool | str]
    provenance: str


FRAMES: list[Printed] = json.loads(Path(__file__).with_name("device_frames.json").read_text())
SMOKE = PROFILES["calectro_ug3"]
RADAR = PROFILES["micradar_r60afd1"]
assert isinstance(RADAR.transport, Stream)
LAYOUTS = RADAR.transport.layouts
NAMES = {  # the sources' words: our points, and the words of their values
    "height_total": "height_samples",
    "h0_0.5": "height_to_050",
    "h0.5_1": "height_to_100",
    "h1_1.5": "height_to_150",
    "h1.5_2": "height_to_200",
    "init_done": "initialised",
    "uptime_s": "uptime",
}
MODBUS = {  # names of the vectors: our profiles
    "bcd_ruler": "bcd_ruler",
    "dfrobot_sen0676": "dfrobot_sen0676",
    "honeywell_xcd": "honeywell_sensepoint_xcd",
    "novabo_sqr2": "di2_modbus_sqr2",
    "witmotion_485": "witmotion_485",
    "u16_ruler": "u16_ruler",
}
SCALES = {  # the sources' words: our points, and the unit of theirs in ours
    "level_cm": ("level", 0.01),
    "level_mm": ("level", 0.001),
    "roll": ("roll", 1.0),
    "pitch": ("pitch", 1.0),
    "yaw": ("yaw", 1.0),
}
BITS = {  # the sources' words: our points, and their bits
    "alarm": {"cover_open": 0b1},
    "active_alarm": {"alarm_1_active": 0b01, "alarm_2_active": 0b10},
    "latched_alarm": {"alarm_1_latched": 0b01, "alarm_2_latched": 0b10},
    "active_fault": {"fault_active": 0b111_1111_1111_1100_0000},
}
KNOWN_BEFORE: dict[
    str, dict[int, tuple[int, ...]]
] = {  # by address, what was read before the frame that is looked at
    "dfrobot_sen0676": {5: (250,)},
    "honeywell_xcd": {0: (0x2501, *(0,) * 12)},
}
SENT_BY_DRIVER = {"fall query", "still query", "presence query", "fall switch query"}


def frames(device: str, way: str) -> list[object]:
    chosen = [one for one in FRAMES if (one["device"], one["dir"]) == (device, way)]
    return [pytest.param(one, id=one["name"]) for one in chosen]


def raw(printed: Printed) -> bytes:
    return bytes.fromhex(printed["hex"])


def meaning(point: str, value: float | bool | str) -> Value:
    """What the source says, as our point says it."""
    if point == "motion":
        return ("none", "static", "active")[int(value)]
    if point.startswith("height_to_"):
        return float(value) / 100
    if point in {"height_samples", "uptime", "body_movement"}:
        return float(value)
    return bool(value)


def expected(printed: Printed) -> dict[str, Value]:
    named = {NAMES.get(name, name): value for name, value in printed["decode"].items()}
    return {point: meaning(point, value) for point, value in named.items()}


def values(samples: list[Sample]) -> dict[str, Value | None]:
    return {sample.point: sample.value for sample in samples if sample.quality == GOOD}


def is_subset(part: dict[str, Value], whole: dict[str, Value | None]) -> bool:
    """True is not 1.0 here."""
    return all((type(whole[key]), whole[key]) == (type(part[key]), part[key]) for key in part)


@pytest.mark.parametrize("printed", frames("calectro_ug3", "rx"))
def test_replies_of_the_smoke_detector(printed: Printed) -> None:
    driver = ModbusDriver(SMOKE, unit=1)
    request = driver.due(0)
    assert request is not None
    found = match(raw(printed), request)
    assert found.verdict is Verdict.REPLY
    samples = driver.received(Reply(found.words, 0, 5), 5)
    assert is_subset(expected(printed), values(samples))
    points = {"mounted", "service", "smoke", "relay", "relay_alone"}
    assert {sample.point for sample in samples} == points


def test_the_regular_read_is_the_printed_one() -> None:
    (printed,) = (one for one in FRAMES if one["name"] == "read DI0..3")
    request = ModbusDriver(SMOKE, unit=1).due(0)
    assert request is not None
    assert encode(request) == raw(printed)


def test_the_reset_is_the_printed_one() -> None:
    (printed,) = (one for one in FRAMES if one["name"] == "reset alarm")
    (write,) = next(action for action in SMOKE.actions if action.id == "reset").writes
    assert encode(Write(1, write.address, write.value)) == raw(printed)


def test_a_device_that_refuses_an_address_is_alive_and_its_points_are_bad() -> None:
    (printed,) = (one for one in FRAMES if one["device"] == "modbus_generic")
    found = match(raw(printed), Read(1, Table.HOLDING_REGISTERS, 0, 1))
    assert (found.verdict, found.code) == (Verdict.EXCEPTION, printed["decode"]["exception"])
    driver = ModbusDriver(SMOKE, unit=1)
    samples, asked = list[Sample](), 0
    for cycle in range(2):  # in the first one each address is asked by itself
        while driver.due(cycle * 1_000_000) is not None:
            asked += 1
            samples += driver.failed(Failure(Fault.EXCEPTION, 5, found.code), 5)
    assert asked == 1 + 4 + 1 + 1
    reasons = {sample.quality.reason for sample in samples if sample.point != "relay_alone"}
    assert reasons == {Reason.DEVICE_EXCEPTION}
    derived = [sample.quality.reason for sample in samples if sample.point == "relay_alone"]
    assert derived[-1] == Reason.DEVICE_EXCEPTION
    assert not driver.is_offline


def profile_of(device: str) -> Profile:
    return PROFILES[MODBUS[device]]


def plans(profile: Profile) -> list[PlannedRead]:
    """As it is polled, and as it would be without its blocks (some makers print both)."""
    assert isinstance(profile.transport, Modbus)
    loose = replace(profile.transport, blocks=(), identity=None)
    if any(point.valid_when for point in profile.points):  # these belong in one reply
        loose = profile.transport
    return [*plan_reads(profile.points, profile.transport), *plan_reads(profile.points, loose)]


def reads(profile: Profile) -> list[tuple[PlannedRead, Read]]:
    assert isinstance(profile.transport, Modbus)
    unit = profile.transport.default_unit
    return [
        (one, Read(unit, Table(one.table.value), one.address, one.count)) for one in plans(profile)
    ]


def modbus_frames(way: str) -> list[object]:
    chosen = [one for one in FRAMES if one["device"] in MODBUS and one["dir"] == way]
    return [pytest.param(one, id=f"{one['device']} {one['name']}") for one in chosen]


def understood(printed: Printed) -> list[Mapping[str, Decoded]]:
    """What the frame means as an answer to each read of its device that it fits."""
    profile = profile_of(printed["device"])
    found = []
    for read, request in reads(profile):
        heard = match(raw(printed), request)
        if heard.verdict is Verdict.REPLY:
            interpreter = Interpreter(profile, (0.0, 0.0, 1.0))
            known = KNOWN_BEFORE.get(printed["device"], {})
            for before in plans(profile):
                if before.address in known and before.table is ProfileTable.HOLDING_REGISTERS:
                    interpreter.interpret(before, known[before.address])
            found.append(interpreter.interpret(read, heard.words))
    return found


def says(printed: Printed, found: Mapping[str, Decoded]) -> bool:
    """Whether our points say what the source says, all of it."""
    for name, value in printed["decode"].items():
        if name in SCALES:
            point, scale = SCALES[name]
            decoded = found.get(point)
            wanted = pytest.approx(float(value) * scale, abs=0.005 if scale == 1 else 1e-9)
            if decoded is None or decoded != Decoded(decoded.value) or decoded.value != wanted:
                return False
        elif any(
            found.get(point) != Decoded(bool(int(value) & bits))
            for point, bits in BITS[name].items()
        ):
            return False
    return True


@pytest.mark.parametrize("printed", modbus_frames("rx"))
def test_replies_of_modbus_devices(printed: Printed) -> None:
    found = understood(printed)
    assert any(says(printed, one) for one in found), found


@pytest.mark.parametrize("printed", modbus_frames("tx"))
def test_requests_to_modbus_devices(printed: Printed) -> None:
    profile = profile_of(printed["device"])
    sent = {encode(request) for _, request in reads(profile)}
    if printed["name"] == "set install 250 cm":
        sent = {encode(Write(1, 5, 250))}
    elif printed["name"] == "unlock":
        writes = next(action for action in profile.actions if action.id == "restart").writes
        sent = {encode(Write(0x50, write.address, write.value)) for write in writes}
    assert raw(printed) in sent


def test_every_shipped_device_has_its_frames() -> None:
    named = {MODBUS.get(one["device"], one["device"]) for one in FRAMES}
    assert named >= PROFILES.keys()


@pytest.mark.parametrize("printed", frames("micradar_r60afd1", "rx"))
def test_reports_of_the_radar(printed: Printed) -> None:
    driver = StreamDriver(RADAR)
    samples = driver.received(raw(printed), 0)
    if printed["decode"].get("error") == "checksum":
        assert samples == []
        assert driver.refused[Refused.CHECKSUM] == 1
        return
    assert is_subset(expected(printed), values(samples))
    assert all(sample.quality.status is Status.GOOD for sample in samples)
    assert not any(driver.refused.values())


@pytest.mark.parametrize("printed", frames("micradar_r60afd1", "tx"))
def test_what_is_sent_to_the_radar(printed: Printed) -> None:
    (frame,) = FrameReader(LAYOUTS).feed(raw(printed))
    assert isinstance(frame, Frame)
    assert encode_frame(frame.layout, frame.code, frame.data) == raw(printed)


def test_the_driver_asks_with_the_printed_queries() -> None:
    driver = StreamDriver(RADAR)
    driver.received(b"", 0)
    sent = {driver.due(now_us) for now_us in range(0, 1_000_000, 50_000)}
    assert sent >= {raw(one) for one in FRAMES if one["name"] in SENT_BY_DRIVER}


def test_the_restart_is_the_printed_one() -> None:
    (printed,) = (one for one in FRAMES if one["name"] == "reset")
    (send,) = next(action for action in RADAR.actions if action.id == "restart").sends
    assert encode_frame(LAYOUTS[0], send.frame, bytes.fromhex(send.data)) == raw(printed)
