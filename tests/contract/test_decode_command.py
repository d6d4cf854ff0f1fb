"""`edge-agent decode` says of every collected frame what its source says, whoever sent it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, TypedDict

import pytest

from edge_agent.__main__ import main
from edge_agent.show.decode import decode_with
from runtime.language import Language
from tests.shipped import PROFILES


class Printed(TypedDict):
    device: str
    name: str
    dir: str
    hex: str
    decode: dict[str, Any]


FRAMES: list[Printed] = json.loads(Path(__file__).with_name("device_frames.json").read_text())
ALIASES = {  # names of the vectors: our profiles
    "honeywell_xcd": "honeywell_sensepoint_xcd",
    "novabo_sqr2": "di2_modbus_sqr2",
    "modbus_generic": "calectro_ug3",
}
NOT_OURS = {"modbus_generic"}
REQUESTS = {  # what was asked for the reply, where several reads of the device have its length
    "roll 2.5 pitch -12": "50 03 00 3D 00 03 99 86",
    "level 350 mm": "01 03 00 03 00 01 74 0A",
    "level -0.5 cm": "01 03 00 04 00 01 C5 CB",
}
WORDS: dict[str, tuple[str, float]] = {  # the sources' words: our points, their unit in ours
    "level_cm": ("level", 0.01),
    "level_mm": ("level", 0.001),
    "distance_mm": ("distance", 0.001),
    "x_mm": ("x_1", 0.001),
    "y_mm": ("y_1", 0.001),
    "speed_cm_s": ("speed_1", 0.01),
    "gate_mm": ("gate_1", 0.001),
    "moving_cm": ("moving_distance", 0.01),
    "static_cm": ("still_distance", 0.01),
    "static_energy": ("still_energy", 1.0),
    "detect_cm": ("detection_distance", 0.01),
    "install_height_m": ("installed_height", 1.0),
    "threshold_m": ("fall_threshold", 1.0),
    "lel": ("lel", 0.01),
    "temp_c": ("temperature", 1.0),
    "height_total": ("height_samples", 1.0),
    "h0_0.5": ("height_to_050", 0.01),
    "h0.5_1": ("height_to_100", 0.01),
    "h1_1.5": ("height_to_150", 0.01),
    "h1.5_2": ("height_to_200", 0.01),
    "init_done": ("initialised", 1.0),
    "uptime_s": ("uptime", 1.0),
    "ok": ("setting_taken", 1.0),
    "valid": ("distance_valid", 1.0),
    "type": ("detector", 1.0),
    "trouble": ("trouble_code", 1.0),
    "a1": ("alarm", 1.0),
    "a2": ("alarm_high", 1.0),
}
ENUMS = {  # numbers of the sources: our words
    "motion": {0: "none", 1: "static", 2: "active"},
    "target": {2: "still"},
    "bed": {1: "in"},
    "no_person": {2: "abnormal"},
    "struggle": {2: "abnormal"},
}
BITS = {  # numbers of the sources: our points, and their bits
    "active_alarm": {"alarm_1_active": 0b01, "alarm_2_active": 0b10},
    "latched_alarm": {"alarm_1_latched": 0b01, "alarm_2_latched": 0b10},
    "active_fault": {"fault_active": 0b111_1111_1111_1100_0000},
}


def each(way: str | None = None) -> list[object]:
    chosen = [one for one in FRAMES if way in (None, one["dir"])]
    return [pytest.param(one, id=f"{one['device']} {one['name']}") for one in chosen]


def profile_of(printed: Printed) -> str:
    return ALIASES.get(printed["device"], printed["device"])


def said(
    printed: Printed, text: str | None = None, request: str | None = None
) -> tuple[int, dict[str, Any]]:
    profile, text = PROFILES[profile_of(printed)], printed["hex"] if text is None else text
    answer = decode_with(profile, text, request=request, json=True, language=Language.EN)
    found: dict[str, Any] = json.loads(answer.text)
    return answer.code, found


def wanted_of(name: str, value: Any) -> dict[str, Any]:
    """What the source says, by our points."""
    if name in BITS:
        return {point: bool(int(value) & bits) for point, bits in BITS[name].items()}
    if name in ENUMS:
        return {name: ENUMS[name][value]}
    if name == "alarm" and value in (0, 1):
        return {"cover_open": bool(value)}  # of the two-input module
    if isinstance(value, list):
        return {f"breath_{name}_{at}": one for at, one in enumerate(value, start=1)}
    if name in {"interference", "no_object"}:
        return {"distance": None}
    point, scale = WORDS.get(name, (name, 1.0))
    return {point: value * scale if isinstance(value, int | float) else value}


def agrees(found: object, wanted: object) -> bool:
    if isinstance(found, bool) or isinstance(wanted, str | None):
        return found == wanted
    return bool(found == pytest.approx(wanted, abs=0.005 if wanted in (2.5, -12.0) else 1e-9))


@pytest.mark.parametrize("printed", each("rx"))
def test_what_a_device_sends(printed: Printed) -> None:
    request = REQUESTS.get(printed["name"])
    code, found = said(printed, request=request)
    stated = dict(printed["decode"])
    if isinstance(stated.get("error"), str) or "exception" in stated:
        assert (code, found["points"]) == (1, [])
        assert found["frame"] == stated.get("error", "exception")
        assert stated.get("exception") in (None, found.get("exception", {}).get("code"))
        return
    assert (code, found["frame"]) == (0, "ok")
    if printed["device"] in NOT_OURS:
        return
    points = {one["name"]: one for one in found["points"]}
    for name, value in stated.items():
        for point, wanted in wanted_of(name, value).items():
            assert agrees(points[point]["value"], wanted), points[point]


@pytest.mark.parametrize("printed", each("tx"))
def test_what_is_sent_to_a_device(printed: Printed) -> None:
    code, found = said(printed)
    assert (code, found["frame"]) == (0, "ok")
    assert found["says"]


@pytest.mark.parametrize("printed", each("rx"))
def test_without_a_request_the_value_is_still_among_what_it_may_mean(printed: Printed) -> None:
    if printed["name"] not in REQUESTS:
        return
    _, found = said(printed)
    points = {one["name"]: one["value"] for one in found["points"]}
    assert found["assumed"]
    for name, value in printed["decode"].items():
        for point, wanted in wanted_of(name, value).items():
            assert agrees(points[point], wanted)


@pytest.mark.parametrize("printed", each())
def test_spaces_and_case_do_not_matter(printed: Printed) -> None:
    plain = said(printed)
    assert said(printed, text=printed["hex"].replace(" ", "").lower()) == plain
    assert said(printed, text=printed["hex"].replace(" ", "\n")) == plain


@pytest.mark.parametrize("printed", each())
def test_one_byte_less_or_another_last_byte_is_never_believed_whole(printed: Printed) -> None:
    """A cut frame is refused; a changed last byte too (it is checksum, tail or end of line)."""
    data = bytes.fromhex(printed["hex"])
    for damaged in (data[:-1], data[:-1] + bytes([data[-1] ^ 0x55])):
        code, found = said(printed, text=damaged.hex())
        assert (code, found["frame"] != "ok") == (1, True)


@pytest.mark.parametrize("device", sorted(PROFILES))
def test_the_command_itself_for_each_profile(
    device: str, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = next(one for one in FRAMES if (profile_of(one), one["dir"]) == (device, "rx"))
    code = main(["decode", device, *printed["hex"].split(), "--json", "--lang", "en"])
    assert (code, json.loads(capsys.readouterr().out)) == said(printed)


def test_every_profile_has_frames_and_every_frame_a_profile() -> None:
    told = Counter(profile_of(one) for one in FRAMES if one["device"] not in NOT_OURS)
    assert told.keys() == PROFILES.keys()
