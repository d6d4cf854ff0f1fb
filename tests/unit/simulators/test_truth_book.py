"""The book holds orders and values, says what changed, keeps its pages and its file."""

import io
import json

from simulators.actor import Actor
from simulators.console import Console
from simulators.truth_book import TruthBook

NOON = 1_795_251_600_000_000


class Gauge:
    """A device whose truth can be set."""

    def __init__(self) -> None:
        self.level = 0.1

    def state(self) -> dict[str, float]:
        return {"level": self.level, "mode": 1}

    @property
    def actor(self) -> Actor:
        return Actor("gauge", "qdy30a", Console({}), self.state, str)


def test_an_order_and_what_it_changes_are_told_at_once() -> None:
    gauge, file = Gauge(), io.StringIO()
    book = TruthBook({"gauge": gauge.actor}, file)
    book.look(NOON, 0)
    gauge.level = 0.3
    book.note_order("gauge", "level 0.3", NOON + 1_500_000, 15_000_000)
    book.look(NOON + 2_000_000, 20_000_000)
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [(one["quantity"], one["value"], one["changed"]) for one in lines] == [
        ("level", 0.1, True),
        ("mode", 1, True),
        ("order", "level 0.3", True),
        ("level", 0.3, True),
        ("level", 0.3, False),
        ("mode", 1, False),
    ]
    assert [one["number"] for one in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[2]["time"] == "2026-11-21T09:00:01.500Z"
    assert lines[2]["at_s"] == 15.0
    assert {one["device"] for one in lines} == {"gauge"}


def test_pages_follow_each_other() -> None:
    book = TruthBook({"gauge": Gauge().actor})
    for second in range(3):
        book.look(NOON, second)
    assert [one.number for one in book.page(0, 4)] == [1, 2, 3, 4]
    assert [one.number for one in book.page(4, 100)] == [5, 6]
    assert book.page(6, 100) == []


def test_the_oldest_are_forgotten() -> None:
    book = TruthBook({"gauge": Gauge().actor}, kept=3)
    book.look(NOON, 0)
    book.look(NOON, 1)
    assert [one.number for one in book.page(0, 100)] == [2, 3, 4]
