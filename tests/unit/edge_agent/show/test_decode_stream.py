"""What the frames of a stream say, whichever way they go."""

import pytest

from device_profiles.transport import Stream
from edge_agent.driver.frame import encode_frame
from edge_agent.show.decode_said import OK, Said, Sentence
from edge_agent.show.decode_stream import explain_stream
from tests.shipped import PROFILES

TARGET = "01 00 12 00 14 0A 04 F6 01 00 00 00 00 00 00 3F 9A 99 99 3F FE FF FF FF 00 00 00 00 65"
FALL = "53 59 83 01 00 01 01 32 54 43"


def explain(profile: str, data: str) -> list[Said]:
    known = PROFILES[profile]
    assert isinstance(known.transport, Stream)
    return list(explain_stream(known, known.transport, bytes.fromhex(data)))


def only(profile: str, data: str) -> Said:
    (said,) = explain(profile, data)
    return said


@pytest.mark.parametrize(
    ("profile", "data", "sentence", "rows"),
    [
        ("micradar_r60afd1", FALL, Sentence.REPORT, {"fall": True}),
        ("micradar_r60afd1", "53 59 80 81 00 01 0F BD 54 43", Sentence.QUERY, {}),
        ("micradar_r60afd1", "53 59 80 81 00 01 01 AF 54 43", Sentence.REPORT, {"presence": True}),
        ("micradar_r60afd1", "53 59 80 83 00 01 0F BF 54 43", Sentence.QUERY, {}),
        (
            "micradar_r60afd1",
            "53 59 05 01 00 01 0F C2 54 43",
            Sentence.REPORT,
            {"initialised": True},
        ),
        ("micradar_r60afd1", "53 59 05 81 00 01 0F 42 54 43", Sentence.QUERY, {}),
        ("micradar_r60afd1", "53 59 01 01 00 01 0F BE 54 43", Sentence.REPORT, {"heartbeat": True}),
        ("micradar_r60afd1", "53 59 01 02 00 01 0F BF 54 43", Sentence.ACTION, {}),
        ("micradar_r60abd1", "53 59 01 01 00 01 0F BE 54 43", Sentence.REPORT, {"heartbeat": True}),
        ("micradar_r60abd1", "53 59 01 80 00 01 0F 3D 54 43", Sentence.QUERY, {}),
        (
            "micradar_r60afd1",
            "53 59 80 8D 00 02 01 2C E8 54 43",
            Sentence.SETTING,
            {"still_distance": 3.0},
        ),
        ("micradar_r60afd1", "53 59 80 8D 00 01 0F C9 54 43", Sentence.QUERY, {}),
        (
            "micradar_r60afd1",
            "53 59 83 12 00 04 FF CE 00 64 76 54 43",
            Sentence.REPORT,
            {"position_x": -0.5, "position_y": 1.0},
        ),
        (
            "micradar_r60afd1",
            "53 59 02 A1 00 07 52 36 30 41 46 44 31 0A 54 43",
            Sentence.REPORT,
            {"model": "R60AFD1"},
        ),
        (
            "micradar_r60afd1",
            "53 59 06 01 00 06 00 01 FF FF 00 03 BB 54 43",
            Sentence.SETTING,
            {"angle_x": 1.0, "angle_y": -1.0, "angle_z": 3.0},
        ),
        (
            "seeed_mr60bha2",
            TARGET,
            Sentence.REPORT,
            {
                "targets": 1.0,
                "target_seen": True,
                "target_x": 0.5,
                "target_y": 1.2,
                "target_speed": -0.3456,
            },
        ),
        ("seeed_mr60fda2", "01 00 00 00 00 0E 06 F6", Sentence.QUERY, {}),
        (
            "seeed_mr60fda2",
            "01 00 00 00 04 0E 04 F0 66 66 26 40 99",
            Sentence.SETTING,
            {"installed_height": 2.6},
        ),
        ("seeed_mr60fda2", "01 00 00 00 01 0E 02 F3 01 FE", Sentence.REPORT, {"fall": True}),
        (
            "seeed_mr60fda2",
            "01 00 01 00 0C 0E 06 FB CD CC 0C 40 00 00 00 3F 03 00 00 00 8E",
            Sentence.REPORT,
            {"installed_height": 2.2, "fall_threshold": 0.5, "sensitivity": 3.0},
        ),
        (
            "seeed_mr60fda2",
            "01 00 01 00 10 0E 0C ED 00 00 80 3F 00 00 C0 3F 00 00 00 40 00 00 00 3F C0",
            Sentence.SETTING,
            {"area_left": 1.0, "area_right": 1.5, "area_front": 2.0, "area_back": 0.5},
        ),
        (
            "seeed_mr60fda2",
            "01 00 01 00 04 0E 0E FB 9A 99 99 3F 5A",
            Sentence.REPORT,
            {"target_height": 1.2},
        ),
        ("hlk_ld2410", "FD FC FB FA 04 00 FF 00 01 00 04 03 02 01", Sentence.ACTION, {}),
        ("hlk_ld2410", "FD FC FB FA 02 00 62 00 04 03 02 01", Sentence.QUERY, {}),
        ("hlk_ld2410", "FD FC FB FA 04 00 FE 01 00 00 04 03 02 01", Sentence.KNOWN, {}),
        ("dfrobot_a02yyuw", "FF 07 A1 A7", Sentence.REPORT, {"distance": 1.953}),
    ],
)
def test_a_frame_is_a_report_a_query_a_setting_or_an_action(
    profile: str, data: str, sentence: Sentence, rows: dict[str, object]
) -> None:
    said = only(profile, data)
    assert (said.frame, said.sentence) == (OK, sentence)
    assert {row.name: row.value for row in said.rows} == rows


def test_a_query_names_what_it_asks_for_and_an_action_itself() -> None:
    assert only("micradar_r60afd1", "53 59 83 81 00 01 0F C0 54 43").details["name"] == "fall"
    setting = "53 59 80 8D 00 01 0F C9 54 43"
    assert only("micradar_r60afd1", setting).details["name"] == "still_distance"
    assert only("micradar_r60afd1", "53 59 01 02 00 01 0F BF 54 43").details["name"] == "restart"


def test_an_answer_that_only_confirms_names_what_it_confirms() -> None:
    said = only("hlk_ld2450", "FD FC FB FA 04 00 A3 01 00 00 04 03 02 01")
    assert (said.sentence, said.details["name"]) == (Sentence.ANSWER, "restart")


def test_frames_without_points() -> None:
    layout = PROFILES["seeed_mr60bha2"].transport
    assert isinstance(layout, Stream)
    known = encode_frame(layout.layouts[0], "FF FF", b"1.6.12")
    other = encode_frame(layout.layouts[0], "77 77", b"\x01\x02")
    assert only("seeed_mr60bha2", known.hex()).sentence is Sentence.KNOWN
    assert only("seeed_mr60bha2", other.hex()).sentence is Sentence.UNKNOWN


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("53 59 83 01 00 01 01 33 54 43", "checksum"),
        ("53 59 83 01 00 01 01 32 54 44", "tail"),
        ("53 59 83 01 00 05 01 36 54 43", "cut_short"),
        ("53 59 83 01 FF FF 01 36 54 43", "too_long"),
        ("53 59 83 01 00 01 01", "cut_short"),
        ("00 11 22", "garbage"),
    ],
)
def test_what_is_damaged_is_refused_by_name(data: str, why: str) -> None:
    first, *_ = explain("micradar_r60afd1", data)
    assert (first.frame, first.sentence, first.rows) == (why, Sentence.REFUSED, ())


def test_several_frames_and_the_noise_between_them() -> None:
    found = explain("micradar_r60afd1", f"00 {FALL} FF 53 59 80 02 00 01 02 31 54 43")
    assert [one.frame for one in found] == ["garbage", OK, "garbage", OK]
    assert [one.skipped for one in found] == [True, False, True, False]


def test_nothing_is_cut_short() -> None:
    assert only("micradar_r60afd1", "").frame == "cut_short"
