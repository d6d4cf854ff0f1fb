"""The answer of `edge-agent decode`: verdict, points, exit code, in text and in JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.load import SHIPPED
from edge_agent.show.answer import Answer
from edge_agent.show.decode import decode
from runtime.language import Language

IDS = sorted(path.stem for path in SHIPPED.rglob("*.toml"))
SMOKE = "01 02 01 0D 60 4D"
FALL = "53 59 83 01 00 01 01 32 54 43"


def asked(
    profile: str,
    text: str,
    request: str | None = None,
    language: Language = Language.EN,
    *,
    as_json: bool = True,
) -> Answer:
    return decode(profile, text, request=request, json=as_json, language=language)


def document(profile: str, text: str, request: str | None = None) -> dict[str, Any]:
    answer = asked(profile, text, request)
    found: dict[str, Any] = json.loads(answer.text)
    assert answer.code == (0 if found["frame"] == "ok" else 1)
    return found


def test_a_point_has_just_these_keys() -> None:
    found = document("calectro_ug3", SMOKE)
    assert found["frame"] == "ok"
    assert {
        "name": "smoke",
        "raw": 1,
        "value": True,
        "unit": None,
        "label": None,
        "quality": "good",
    } in found["points"]


def test_a_bad_point_has_no_value_and_its_quality_as_on_the_wire() -> None:
    (level,) = document("dfrobot_sen0676", "01 03 02 80 00 D9 84", "01 03 00 03 00 01 74 0A")[
        "points"
    ]
    assert (level["raw"], level["value"]) == (-32768, None)
    assert level["quality"] == "bad/out_of_range/low"


def test_a_label_is_the_word_in_the_language() -> None:
    motion = "53 59 80 02 00 01 01 30 54 43"
    english = json.loads(asked("micradar_r60afd1", motion).text)["points"]
    chinese = json.loads(asked("micradar_r60afd1", motion, language=Language.ZH).text)["points"]
    assert [one["label"] for one in (*english, *chinese)] == ["static", "静止"]
    assert [one["value"] for one in (*english, *chinese)] == ["static", "static"]


def test_several_frames_in_a_row_are_all_told_in_order() -> None:
    active = "53 59 80 02 00 01 02 31 54 43"
    found = document("micradar_r60afd1", f"{FALL} {active}")
    assert [one["name"] for one in found["points"]] == ["fall", "motion"]


def test_one_that_is_refused_among_good_ones_decides_and_hides_nothing() -> None:
    found = document("micradar_r60afd1", f"{FALL} 53 59 83 01 00 01 01 33 54 43")
    assert found["frame"] == "checksum"
    assert [one["name"] for one in found["points"]] == ["fall"]


def test_noise_beside_a_good_frame_is_passed_over() -> None:
    assert document("micradar_r60afd1", f"00 FF {FALL} 00")["frame"] == "ok"
    assert document("micradar_r60afd1", "00 FF 00")["frame"] == "garbage"


def test_an_exception_is_refused_and_named() -> None:
    found = document("bcd_ruler", "01 83 02 C0 F1")
    assert (found["frame"], found["points"]) == ("exception", [])
    assert found["exception"] == {"code": 2, "name": "illegal_data_address"}


def test_what_was_assumed_is_said() -> None:
    found = document("dfrobot_sen0676", "01 03 02 01 5E 38 2C")
    assert found["assumed"] == {
        "table": "holding_registers",
        "address": 3,
        "count": 1,
        "fitting": 3,
    }
    assert found["notes"]
    assert "assumed" not in document(
        "dfrobot_sen0676", "01 03 02 01 5E 38 2C", "01 03 00 03 00 01 74 0A"
    )


def test_modbus_tcp_is_recognised() -> None:
    found = document(
        "dfrobot_sen0676",
        "00 07 00 00 00 05 01 03 02 01 5E",
        "00 07 00 00 00 06 01 03 00 03 00 01",
    )
    assert [one["value"] for one in found["points"]] == [0.35]
    late = document(
        "dfrobot_sen0676",
        "00 06 00 00 00 05 01 03 02 01 5E",
        "00 07 00 00 00 06 01 03 00 03 00 01",
    )
    assert late["frame"] == "wrong_transaction"


@pytest.mark.parametrize(("profile", "text"), [("bcd_ruler", ""), ("hlk_ld2410", " ")])
def test_nothing_at_all_is_refused(profile: str, text: str) -> None:
    assert document(profile, text)["frame"] == "empty"


@pytest.mark.parametrize(
    ("profile", "text", "request_", "why"),
    [
        ("calectro_ug", SMOKE, None, "did you mean calectro_ug3"),
        ("zzzz", SMOKE, None, "device-profiles list"),
        ("calectro_ug3", "01 0G", None, "HEX: "),
        ("calectro_ug3", "00" * 20_000, None, "at most 16384"),
        ("calectro_ug3", SMOKE, "01 02 00 00 00 04 79 C8", "--request: crc"),
        ("calectro_ug3", SMOKE, SMOKE, "it is a reply"),
        ("calectro_ug3", SMOKE, "01 02 00 00 00 04 79 C9" * 2, "more than one frame"),
        ("calectro_ug3", SMOKE, "x", "--request: "),
        ("micradar_r60afd1", FALL, "53 59", "--request: cut_short"),
        ("no/such/file.toml", SMOKE, None, "can not be read"),
    ],
)
def test_usage_is_2_and_says_what_would_be_right(
    profile: str, text: str, request_: str | None, why: str
) -> None:
    answer = asked(profile, text, request_)
    assert (answer.code, answer.text) == (2, "")
    assert any(why in one for one in answer.complaints)


def test_the_request_of_a_stream_is_only_looked_at() -> None:
    query = "53 59 83 81 00 01 0F C0 54 43"
    assert asked("micradar_r60afd1", FALL, query).code == 0


def test_a_file_is_as_good_as_an_id(tmp_path: Path) -> None:
    (shipped,) = SHIPPED.rglob("calectro_ug3.toml")
    mine = tmp_path / "mine.toml"
    mine.write_text(shipped.read_text())
    assert asked(str(mine), SMOKE) == asked("calectro_ug3", SMOKE)


def test_text_for_people() -> None:
    answer = asked("calectro_ug3", SMOKE, as_json=False)
    assert answer.code == 0
    assert answer.text.startswith("frame: ok\n")
    assert "smoke" in answer.text


@pytest.mark.parametrize("profile", IDS)
@settings(max_examples=10, deadline=None)
@given(data=st.binary(max_size=120), language=st.sampled_from(Language), as_json=st.booleans())
def test_any_bytes_are_answered(
    profile: str, data: bytes, language: Language, *, as_json: bool
) -> None:
    answer = asked(profile, data.hex(), language=language, as_json=as_json)
    assert answer.code in (0, 1)
    assert answer.text


@pytest.mark.parametrize(
    ("profile", "pattern"),
    [
        ("honeywell_xcl", "01 02 FF"),
        ("honeywell_xcl", "01 03"),
        ("honeywell_xcl", "00"),
        ("micradar_r60abd1", "53 59"),
        ("seeed_mr60bha2", "01"),
        ("gst9000_printer", "1B 36"),
    ],
)
def test_as_much_as_is_looked_at_is_answered(profile: str, pattern: str) -> None:
    data = bytes.fromhex(pattern) * 16_384
    assert asked(profile, data[:16_384].hex()).code == 1
