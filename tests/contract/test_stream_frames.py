"""Frames of the devices that talk by themselves: each means to us what its source says."""

import json
from pathlib import Path
from typing import TypedDict

import pytest

from device_profiles.framing import Layout
from device_profiles.transport import Stream
from edge_agent.driver.frame import Frame, FrameReader, encode_frame
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Sample
from tests.shipped import PROFILES
from wire.quality import GOOD, bad
from wire.reading import Value


class Printed(TypedDict):
    device: str
    name: str
    dir: str
    hex: str
    decode: dict[str, Value | list[float]]


ELSEWHERE = "micradar_r60afd1"  # tests/contract/test_device_frames.py
DEVICES = {name for name, one in PROFILES.items() if isinstance(one.transport, Stream)} - {
    ELSEWHERE
}
FRAMES: list[Printed] = json.loads(Path(__file__).with_name("device_frames.json").read_text())
SCALES = {  # the sources' words: our points, and the unit of theirs in ours
    "distance_mm": ("distance", 0.001),
    "x_mm": ("x_1", 0.001),
    "y_mm": ("y_1", 0.001),
    "speed_cm_s": ("speed_1", 0.01),
    "gate_mm": ("gate_1", 0.001),
    "moving_cm": ("moving_distance", 0.01),
    "moving_energy": ("moving_energy", 1.0),
    "static_cm": ("still_distance", 0.01),
    "static_energy": ("still_energy", 1.0),
    "detect_cm": ("detection_distance", 0.01),
    "install_height_m": ("installed_height", 1.0),
    "threshold_m": ("fall_threshold", 1.0),
    "sensitivity": ("sensitivity", 1.0),
    "breath_rate": ("breath_rate", 1.0),
    "heart_rate": ("heart_rate", 1.0),
    "loop": ("loop", 1.0),
    "part": ("part", 1.0),
    "lel": ("lel", 0.01),
    "temp_c": ("temperature", 1.0),
    "error": ("error", 1.0),
}
TEXTS = {  # likewise; what is no state is a text
    "fall": "fall",
    "presence": "presence",
    "in_range": "in_range",
    "ok": "setting_taken",
    "valid": "distance_valid",
    "event": "event",
    "place": "place",
    "type": "detector",
    "breath_state": "breath_state",
}
ENUMS: dict[str, tuple[str, dict[object, str]]] = {
    "target": ("target", {2: "still"}),
    "bed": ("bed", {1: "in"}),
    "no_person": ("no_person", {2: "abnormal"}),
    "struggle": ("struggle", {2: "abnormal"}),
}
FAULTS = {"interference", "no_object"}  # of the distance


def frames(way: str) -> list[object]:
    chosen = [one for one in FRAMES if one["device"] in DEVICES and one["dir"] == way]
    return [pytest.param(one, id=f"{one['device']} {one['name']}") for one in chosen]


def said(name: str, value: Value | list[float]) -> dict[str, object]:
    """What the source says, by our points."""
    if isinstance(value, list):
        return {f"breath_{name}_{at}": one for at, one in enumerate(value, start=1)}
    if name in SCALES:
        point, scale = SCALES[name]
        return {point: pytest.approx(float(value) * scale, abs=1e-9)}
    if name in ENUMS:
        point, words = ENUMS[name]
        return {point: words[value]}
    return {TEXTS[name]: value if isinstance(value, str) else bool(value)}


def heard(printed: Printed) -> dict[str, Sample]:
    driver = StreamDriver(PROFILES[printed["device"]])
    samples = driver.received(bytes.fromhex(printed["hex"]), 0)
    assert not any(driver.refused.values())
    return {sample.point: sample for sample in samples}


@pytest.mark.parametrize("printed", frames("rx"))
def test_what_a_frame_means(printed: Printed) -> None:
    found = heard(printed)
    for name, value in printed["decode"].items():
        if name in FAULTS:
            assert found["distance"].quality == bad(name)
            continue
        for point, wanted in said(name, value).items():
            assert (found[point].value, found[point].quality) == (wanted, GOOD)


@pytest.mark.parametrize("printed", frames("tx"))
def test_what_is_sent_is_cut_and_sealed_alike(printed: Printed) -> None:
    transport = PROFILES[printed["device"]].transport
    assert isinstance(transport, Stream)
    (frame,) = FrameReader(transport.layouts).feed(bytes.fromhex(printed["hex"]))
    assert isinstance(frame, Frame)
    assert frame.layout == transport.command_layout
    assert encode_frame(frame.layout, frame.code, frame.data) == bytes.fromhex(printed["hex"])


def test_every_stream_device_has_its_frames() -> None:
    assert {one["device"] for one in FRAMES if one["dir"] == "rx"} >= DEVICES


def test_no_lock_is_no_heart_that_stands_still() -> None:
    """The radar of breath and heart says 0.0 when it sees nobody: never an alarm, never a clear."""
    driver = StreamDriver(PROFILES["seeed_mr60bha2"])
    layout = driver_layout("seeed_mr60bha2")
    for code, point in (("0A 14", "breath_rate"), ("0A 15", "heart_rate")):
        samples = driver.received(encode_frame(layout, code, bytes(4)), 0)
        found = next(sample for sample in samples if sample.point == point)
        assert (found.value, found.quality) == (None, bad("no_lock"))


def test_a_distance_counts_by_its_flag_and_is_centimetres() -> None:
    driver = StreamDriver(PROFILES["seeed_mr60bha2"])
    captured = bytes.fromhex("01 00 12 00 08 0A 16 F8 01 00 00 00 71 3D 95 42 65")
    found = {sample.point: sample for sample in driver.received(captured, 0)}
    assert found["distance"].value == pytest.approx(0.7462)


def test_a_first_sample_in_the_blind_zone_is_pinned_and_no_echo_is_not() -> None:
    layout = driver_layout("dfrobot_a02yyuw")
    driver = StreamDriver(PROFILES["dfrobot_a02yyuw"])
    near, none = (
        driver.received(encode_frame(layout, "distance", millimetres.to_bytes(2)), 0)[0]
        for millimetres in (30, 0)
    )
    assert str(near.quality) == "bad/out_of_range/low"
    assert str(none.quality) == "bad/no_echo"


def driver_layout(profile: str) -> Layout:
    transport = PROFILES[profile].transport
    assert isinstance(transport, Stream)
    return transport.layouts[0]
