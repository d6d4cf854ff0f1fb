import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.evaluation_book import (
    EpisodeRow,
    Evaluation,
    Kept,
    add_samples,
    due_evaluations,
    episodes_after,
    find_evaluation,
    forget_episode,
    prune_samples,
    samples_after,
    write_episode,
    write_evaluation,
)
from runtime.database import connect
from wire.reading import Reading

NAME = ("gw-1", "gas-01", "lel_high")
NEEDS = (("one", ("lel",)), ("two", ("lel",)), ("supply_low", ("supply",)))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = connect(tmp_path / "book.db")
    migrate_book(connection)
    yield connection
    connection.close()


def kept(time_us: int, point: str = "lel", value: float = 0.1) -> Kept:
    return Kept(Reading("gas-01", point, time_us, value, "/"), "synchronised")


def evaluation(rule: str, base_us: int, due_us: int | None) -> Evaluation:
    return Evaluation("gw-1", "gas-01", rule, "d", b"{}", 9, base_us, due_us, b"[]")


def test_a_sample_is_new_once(book: sqlite3.Connection) -> None:
    assert add_samples(book, "gw-1", [kept(1), kept(2), kept(1, value=0.9)]) == [kept(1), kept(2)]
    assert add_samples(book, "gw-1", [kept(2), kept(3)]) == [kept(3)]
    assert samples_after(book, "gw-1", "gas-01", ("lel",), 1) == [kept(2), kept(3)]


def test_samples_of_some_points_or_of_all(book: sqlite3.Connection) -> None:
    add_samples(book, "gw-1", [kept(2, "supply"), kept(1), kept(2)])
    every = samples_after(book, "gw-1", "gas-01", (), 0)
    assert [(one.reading.time_us, one.reading.point) for one in every] == [
        (1, "lel"),
        (2, "lel"),
        (2, "supply"),
    ]
    assert samples_after(book, "gw-1", "gas-01", ("supply",), 0) == [kept(2, "supply")]


def test_samples_go_when_no_rule_needs_them(book: sqlite3.Connection) -> None:
    add_samples(book, "gw-1", [kept(n) for n in range(6)])
    write_evaluation(book, evaluation("one", 4, None))
    write_evaluation(book, evaluation("two", 2, None))
    assert prune_samples(book, "gw-1", "gas-01", NEEDS) == 3


def test_a_rule_keeps_no_samples_but_those_of_its_points(book: sqlite3.Connection) -> None:
    add_samples(book, "gw-1", [kept(n) for n in range(6)])
    add_samples(book, "gw-1", [kept(n, "supply") for n in range(3)])
    add_samples(book, "gw-1", [kept(9, "of_an_older_profile")])
    write_evaluation(book, evaluation("one", 4, None))
    write_evaluation(book, evaluation("two", 4, None))
    write_evaluation(book, evaluation("supply_low", 1, None))
    write_evaluation(book, evaluation("rule_of_an_older_profile", 0, None))
    assert prune_samples(book, "gw-1", "gas-01", NEEDS) == 5 + 2 + 1
    assert samples_after(book, "gw-1", "gas-01", (), 0) == [kept(2, "supply"), kept(5)]
    assert prune_samples(book, "gw-1", "gas-01", [*NEEDS, ("offline", ())]) == 0


def test_what_is_due_is_found_by_its_time(book: sqlite3.Connection) -> None:
    """A gateway of a thousand devices has thousands of rules, and a pass for each heartbeat."""
    asked: list[str] = []
    book.set_trace_callback(asked.append)
    due_evaluations(book, "gw-1", 4)
    book.set_trace_callback(None)
    plan = book.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchall()
    assert "evaluation_due (gateway=? AND due_us" in plan[0][3]


def test_evaluations_that_are_due(book: sqlite3.Connection) -> None:
    write_evaluation(book, evaluation("one", 0, 5))
    write_evaluation(book, evaluation("two", 0, None))
    assert find_evaluation(book, "gw-1", "gas-01", "one") == evaluation("one", 0, 5)
    assert due_evaluations(book, "gw-1", 4) == []
    assert [one.rule for one in due_evaluations(book, "gw-1", 5)] == ["one"]


def test_episodes_that_go_on_after_a_time(book: sqlite3.Connection) -> None:
    rows = [
        EpisodeRow(1, 3, "a", 0),
        EpisodeRow(4, 6, "a", 0),
        EpisodeRow(5, 7, "a", 0, withdrawn=True),
        EpisodeRow(8, None, "b", 0),
    ]
    for row in rows:
        write_episode(book, *NAME, row)
    assert episodes_after(book, *NAME, 3) == [rows[1], rows[3]]
    forget_episode(book, *NAME, 8)
    assert episodes_after(book, *NAME, 3) == [rows[1]]
