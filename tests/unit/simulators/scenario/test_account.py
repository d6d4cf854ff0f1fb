"""A person reads lines and a table, in both languages; a script reads JSON."""

import json

import pytest

from simulators.delivery_text import Language
from simulators.scenario.account import HEADS, OUTCOMES, TEXTS, Account
from simulators.scenario.timing import Timing
from simulators.scenario.verdict import Finding, Outcome, Told, judge
from tests.unit.simulators.scenario.storm import storm

TOLD = [
    Told(12, "alarm.raised", "ruler", "water_notice", "notice"),
    Told(13, "alarm.raised", "gauge", "fo\x1bul", "high"),
]
RED = "\x1b[31m"


def account(language: Language = "en", *, as_json: bool = False, colour: bool = False) -> Account:
    return Account(language, as_json=as_json, colour=colour)


def findings() -> list[Finding]:
    return judge(storm(), Timing(1, 0, 0), TOLD, 60_000_000)


def test_every_text_is_there_in_both_languages() -> None:
    assert TEXTS["en"].keys() == TEXTS["zh"].keys()
    assert len(HEADS["en"]) == len(HEADS["zh"])
    assert OUTCOMES["en"].keys() == OUTCOMES["zh"].keys() == set(Outcome)


@pytest.mark.parametrize(("language", "text"), [("en", "it rains"), ("zh", "下雨")])
def test_an_order_with_its_time_and_what_it_means(language: Language, text: str) -> None:
    step = storm().steps[1]
    line = account(language).order(10.04, step.device, step.order, step.text)
    assert line == f"    +10.0 s  ruler: rise 0.6/min 0.3   {text}"
    assert account().order(0, "ruler", "level 0", {}).endswith("ruler: level 0")


def test_an_alarm() -> None:
    assert account().alarm(120, TOLD[0]) == "   +120.0 s  ALARM: ruler water_notice notice"
    assert account().alarm(120, TOLD[1]).endswith("gauge foul high")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["MISSED", "FALSE ALARM", "nobody expected it", "2 of 3 expectations met; 1 false"]),
        ("zh", ["未报", "误报", "预期之外", "3 项预期满足 2 项，误报 1 条"]),
    ],
)
def test_a_verdict_with_its_table(language: Language, words: list[str]) -> None:
    text = account(language).verdict(findings(), is_good=False)
    for word in words:
        assert word in text
    assert "\x1b" not in text
    assert "10.0–25.0 s  12.00 s" in text
    assert "1–1 ×" in text


def test_a_good_verdict() -> None:
    text = account().verdict(findings()[:1], is_good=True)
    assert text.endswith("Verdict: 1 of 1 expectations met, no false alarm.")


def test_colour_only_where_it_is_wanted() -> None:
    assert RED in account(colour=True).verdict(findings(), is_good=False)
    assert "\x1b" not in account(colour=True, as_json=True).verdict(findings(), is_good=False)


def test_json() -> None:
    told = account(as_json=True)
    assert json.loads(told.note("begin")) == {"event": "begin"}
    assert json.loads(told.order(1.5, "ruler", "level 0", {})) == {
        "event": "order",
        "at_s": 1.5,
        "device": "ruler",
        "order": "level 0",
    }
    assert json.loads(told.alarm(1, TOLD[0]))["rule"] == "water_notice"
    verdict = json.loads(told.verdict(findings(), is_good=False))
    assert verdict["good"] is False
    assert [one["outcome"] for one in verdict["findings"]] == [
        "met",
        "missed",
        "met",
        "false_alarm",
    ]
    assert verdict["findings"][0]["expected"]["number"] == 1
    assert verdict["findings"][3]["expected"] is None
