"""What a frame says, as lines for people in two languages."""

import string

import pytest

from alarm_rules.rule import Words
from edge_agent.driver.alone import Unknown
from edge_agent.driver.frame import Refused
from edge_agent.show.decode_said import OK, Row, Said, Sentence
from edge_agent.show.decode_words import _TEXTS, lines, notes, quality_words, say, sentence
from runtime.language import Language
from wire.quality import GOOD, Limit, bad, uncertain

LEVEL = Row("level", Words("Water level", "水位"), "m", 350, 0.35, GOOD, None, (Unknown.CEILING,))
REPLY = Said(
    OK,
    Sentence.REPLY,
    {"unit": 1, "table": "holding_registers", "address": 3, "count": 1, "words": ""},
    (LEVEL,),
    {"table": "holding_registers", "address": 3, "count": 1, "fitting": 2},
)


@pytest.mark.parametrize("key", list(_TEXTS))
def test_both_languages_want_the_same_details(key: str) -> None:
    wanted = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in _TEXTS[key]
    ]
    assert wanted[0] == wanted[1]


@pytest.mark.parametrize("refused", list(Refused))
def test_every_refusal_of_a_stream_has_its_words(refused: Refused) -> None:
    assert say(refused, Language.ZH) != refused


def test_a_reply_in_english() -> None:
    assert list(lines(OK, [REPLY], Language.EN)) == [
        "frame: ok",
        "unit 1 answers with holding registers 3",
        "  (no address in it: taken for holding registers 3; --request makes it sure)",
        "  (2 reads fit: what is ambiguous below is what the others would say)",
        "  (level: its ceiling is not in this frame, so it is not compared with it)",
        "  point  title        value   raw  quality",
        "  level  Water level  0.35 m  350  good",
    ]


def test_a_reply_in_chinese() -> None:
    text = "\n".join(lines(OK, [REPLY], Language.ZH))
    assert "单元 1 应答保持寄存器 3" in text
    assert "水位" in text
    assert "良好" in text


def test_a_refusal_says_why() -> None:
    said = Said("crc", Sentence.REFUSED, {"reason": "crc"})
    assert list(lines("crc", [said], Language.EN)) == [
        "frame: refused, crc",
        "crc: the checksum is wrong",
    ]


def test_noise_beside_a_good_frame_is_one_line() -> None:
    noise = Said("noise", Sentence.REFUSED, {"reason": "noise"}, skipped=True)
    told = list(lines(OK, [noise, REPLY], Language.EN))
    assert told[1] == "some bytes beside it are no frame: passed over"


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        ("reset", "writes 234 to holding register 0 of unit 1: reset"),
        ("", "writes 234 to holding register 0 of unit 1"),
    ],
)
def test_a_write(meaning: str, text: str) -> None:
    details: dict[str, str | int] = {"unit": 1, "address": 0, "number": 234}
    details["meaning"] = meaning
    assert sentence(Said(OK, Sentence.WRITE, details), Language.EN) == text


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (Row("a", None, None, 1, True), "yes"),
        (Row("a", None, None, 1, False), "no"),
        (Row("a", None, "/", 12.5, 0.125), "12.5 %"),
        (Row("a", None, None, "43 4F", "CO"), "CO"),
        (Row("a", None, "m", None, None, bad("configuration")), "-"),
    ],
)
def test_values_as_people_write_them(row: Row, cells: str) -> None:
    *_, line = lines(OK, [REPLY._replace(rows=(row,), assumed=None)], Language.EN)
    assert cells in map(str.strip, line.split("  "))


def test_a_label_is_said_in_the_language() -> None:
    row = Row("state", None, None, 1, "normal", GOOD, "normal")
    *_, line = lines(OK, [REPLY._replace(rows=(row,), assumed=None)], Language.ZH)
    assert "正常" in line


def test_qualities() -> None:
    pinned = bad("out_of_range", Limit.HIGH)
    assert quality_words(pinned, Language.EN) == "bad, out of range, high"
    assert quality_words(pinned, Language.ZH) == "无效，超出量程，处于上限"
    assert quality_words(uncertain("no_such_word"), Language.ZH) == "存疑，no_such_word"


def test_nothing_to_remark() -> None:
    assert list(notes(REPLY._replace(rows=(), assumed=None), Language.EN)) == []
