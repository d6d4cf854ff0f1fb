"""What moves in book.db, and what stays."""

import sqlite3

import pytest

from ingest_server.db.alarm_book import migrate_book
from ingest_server.db.evaluation_book import (
    EpisodeRow,
    Evaluation,
    Kept,
    add_samples,
    episodes_after,
    samples_after,
    write_episode,
    write_evaluation,
)
from ingest_server.db.moved_times import evaluations_of, move_episodes, move_readings
from ingest_server.db.retime import Moves, Retime
from tests.alarm_rig import reading

BACK = Retime(Moves.TIMES, 100, 200, -10, "anchored")


@pytest.fixture
def book() -> sqlite3.Connection:
    book = sqlite3.connect(":memory:", isolation_level=None)
    migrate_book(book)
    return book


def test_samples_closer_than_the_move_keep_their_order(book: sqlite3.Connection) -> None:
    kept = [Kept(reading(at_us, value=at_us % 2 == 0), "unset") for at_us in range(100, 111)]
    add_samples(book, "gw", kept)
    for delta_us in (-10, 10):
        said = Retime(Moves.TIMES, 0, 500, delta_us)
        move_readings(book, "gw", said)
    assert samples_after(book, "gw", "smoke-01", (), 0) == kept


def test_foreign_samples_and_other_gateways_stay(book: sqlite3.Connection) -> None:
    foreign, other = Kept(reading(150, value=True), "foreign"), Kept(reading(151, value=True), "x")
    add_samples(book, "gw", [foreign])
    add_samples(book, "gw-2", [other])
    move_readings(book, "gw", BACK)
    assert samples_after(book, "gw", "smoke-01", (), 0) == [foreign]
    assert samples_after(book, "gw-2", "smoke-01", (), 0) == [other]


def test_episodes_of_judged_rules_move(book: sqlite3.Connection) -> None:
    evaluation = Evaluation("gw", "smoke-01", "smoke", "d", b"", 0, 0, None, b"")
    write_evaluation(book, evaluation)
    for rule in ("smoke", "profile_mismatch"):
        for start_us, end_us in ((50, 60), (90, 150), (160, 170), (180, None)):
            row = EpisodeRow(start_us, end_us, f"alm-{start_us}", 0)
            write_episode(book, "gw", "smoke-01", rule, row)
    assert move_episodes(book, "gw", BACK) == ["alm-90", "alm-160", "alm-180"]
    rows = episodes_after(book, "gw", "smoke-01", "smoke", 0)
    assert [(one.start_us, one.end_us) for one in rows] == [
        (50, 60),
        (90, 140),
        (150, 160),
        (170, None),
    ]
    rows = episodes_after(book, "gw", "smoke-01", "profile_mismatch", 0)
    assert [one.start_us for one in rows] == [50, 90, 160, 180]
    assert evaluations_of(book, "gw") == [evaluation]
    assert evaluations_of(book, "gw-2") == []
