"""The account is aligned in both languages, coloured only when asked, and judges at the end."""

import pytest

from simulators.delivery_text import Language
from simulators.demo_account import (
    SOURCES,
    WORDS,
    LedgerLine,
    Measured,
    Source,
    columns,
    line,
    summary,
)

LANGUAGES: tuple[Language, ...] = ("en", "zh")
MEASURED = [Measured("电缆沟冒烟", 812), Measured("fall", 61_034, "while cut")]
LEDGER = [
    LedgerLine("gw-haibowan-07", "urgent", 128, 128, 0, 0, 0),
    LedgerLine("gw-2", "bulk", 4, 1, 1, 1, 1),
]


def test_a_character_of_chinese_takes_two_columns() -> None:
    assert columns("") == 0
    assert columns("smoke → °C") == 10
    assert columns("报警：A") == 7


def test_both_languages_have_the_same_words() -> None:
    assert list(WORDS["en"]) == list(WORDS["zh"])
    for language in LANGUAGES:
        assert set(SOURCES[language]) == set(Source)
        assert len(set(SOURCES[language].values())) == len(Source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_stands_in_one_column(language: Language) -> None:
    said = [
        line(seconds, source, "|", language, colour=False)
        for source in Source
        for seconds in (0.04, 7.5, 61.26)
    ]
    assert len({columns(one.partition("|")[0]) for one in said}) == 1


def test_a_line_tells_when_who_and_what() -> None:
    said = line(12.34, Source.CENTRE, "smoke", "en", colour=False)
    assert said.split() == ["+12.3", "s", "alarm", "centre", "smoke"]


@pytest.mark.parametrize("source", Source)
def test_colour_changes_no_column_and_is_always_ended(source: Source) -> None:
    plain = line(1, source, "text", "zh", colour=False)
    coloured = line(1, source, "text", "zh", colour=True)
    assert "\x1b" not in plain
    assert coloured.count("\x1b[") in (0, 2)
    without = coloured
    for mark in ("\x1b[0m", "\x1b[31m", "\x1b[33m", "\x1b[35m", "\x1b[36m"):
        without = without.replace(mark, "")
    assert without == plain
    assert coloured.endswith("text")


def rows(text: str, language: Language) -> list[str]:
    """The ledger's head and lines."""
    lines = text.splitlines()
    start = lines.index(WORDS[language]["ledger"]) + 1
    return lines[start : start + 1 + len(LEDGER)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ledger_is_a_table(language: Language) -> None:
    table = rows(summary([], LEDGER, [], language), language)
    words = WORDS[language]
    assert table[0].split() == [
        words[key] for key in ("gateway", "lane", "taken", "stored", "buffered", "dropped", "lost")
    ]
    assert [row.split() for row in table[1:]] == [
        ["gw-haibowan-07", "urgent", "128", "128", "0", "0", "0"],
        ["gw-2", "bulk", "4", "1", "1", "1", "1"],
    ]
    assert len({columns(row) for row in table}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_milliseconds_stand_below_each_other(language: Language) -> None:
    text = summary(MEASURED, LEDGER, [], language)
    found = [one for one in text.splitlines() if " ms" in one]
    assert len(found) == 2
    assert len({columns(one.partition(" ms")[0]) for one in found}) == 1
    assert found[1].endswith("while cut")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verdict_is_good_only_without_complaints(language: Language) -> None:
    good = summary(MEASURED, LEDGER, [], language)
    bad = summary(MEASURED, LEDGER, ["urgent: lost 1", "wrong value"], language)
    assert good.endswith(WORDS[language]["verdict_good"])
    assert WORDS[language]["verdict_good"] not in bad
    assert bad.endswith(f"{WORDS[language]['verdict_bad']}\n  - urgent: lost 1\n  - wrong value")


def test_nothing_measured_is_still_an_account() -> None:
    assert WORDS["en"]["alarms"] in summary([], [], ["the scene broke off"], "en")
