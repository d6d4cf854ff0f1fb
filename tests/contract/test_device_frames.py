"""Frames as the makers print them: ours are the same bytes, theirs mean the same to us."""

import json
from pathlib import Path
from typing import TypedDict

import pytest

from device_profiles.load import catalog
from edge_agent.bus.modbus import Verdict, encode, match
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.driver.radar import RadarDriver
from edge_agent.driver.radar_frame import Frame, FrameReader, Refused, encode_frame
from edge_agent.exchange import Failure, Fault, Read, Reply, Sample, Table, Write
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
PROFILES = catalog()
SMOKE = PROFILES["calectro_ug3"]
RADAR = PROFILES["micradar_r60afd1"]
NAMES = {  # the sources' words: our points, and the words of their values
    "height_total": "height_samples",
    "h0_0.5": "height_to_050",
    "h0.5_1": "height_to_100",
    "h1_1.5": "height_to_150",
    "h1.5_2": "height_to_200",
    "init_done": "initialised",
    "uptime_s": "uptime",
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
    assert {sample.point for sample in samples} == {"mounted", "service", "smoke", "relay"}


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
    driver.due(0)
    samples = driver.failed(Failure(Fault.EXCEPTION, 5, found.code), 5)
    assert {sample.quality.reason for sample in samples} == {Reason.DEVICE_EXCEPTION}
    assert not driver.is_offline


@pytest.mark.parametrize("printed", frames("micradar_r60afd1", "rx"))
def test_reports_of_the_radar(printed: Printed) -> None:
    driver = RadarDriver(RADAR)
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
    (frame,) = FrameReader(64).feed(raw(printed))
    assert isinstance(frame, Frame)
    assert encode_frame(frame) == raw(printed)


def test_the_driver_asks_with_the_printed_queries() -> None:
    driver = RadarDriver(RADAR)
    driver.received(b"", 0)
    sent = {driver.due(now_us) for now_us in range(0, 1_000_000, 50_000)}
    assert sent >= {raw(one) for one in FRAMES if one["name"] in SENT_BY_DRIVER}


def test_the_restart_is_the_printed_one() -> None:
    (printed,) = (one for one in FRAMES if one["name"] == "reset")
    (send,) = next(action for action in RADAR.actions if action.id == "restart").sends
    assert encode_frame(Frame(send.frame, bytes.fromhex(send.data))) == raw(printed)
