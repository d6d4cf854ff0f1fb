"""Refused messages once more: stored, taken back from the rejected, or refused by name again."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest_server.db.journal import Kind, entries_after, migrate_journal
from ingest_server.db.lane_table import load_lane
from ingest_server.db.quarantine_list import page
from ingest_server.intake.admit import Arrival, admit
from ingest_server.intake.commit import commit
from ingest_server.intake.replay import Replayed, replay
from ingest_server.intake.sequence import Account, account
from runtime.database import run_transaction
from wire.batch import Batch, encode_batch
from wire.envelope import ClockState, Cover, Envelope, Key, Sent, to_properties
from wire.reading import Reading
from wire.statement import EpochStatement, Statement
from wire.topic import Lane, Up, up

NOW = 1_790_000_000_000_000
EPOCH = "a" * 16


@pytest.fixture
def journal() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate_journal(connection)
        yield connection


def message(
    key: Key | None,
    readings: int = 1,
    content_type: str | None = "text/plain",
    sent: Sent | None = None,
    statement: Statement | None = None,
) -> Arrival:
    batch = Batch("gw", tuple(Reading("d", "p", NOW + n, n) for n in range(readings)))
    envelope = Envelope(key=key, sent=sent, statement=statement)
    return Arrival(
        up("gw", Up.BULK), encode_batch(batch), to_properties(envelope), content_type, NOW
    )


def take(journal: sqlite3.Connection, *arrivals: Arrival) -> None:
    run_transaction(journal, lambda c: commit(c, [admit(one) for one in arrivals], NOW))


def allow(journal: sqlite3.Connection) -> None:
    """As if this release knew the content type that an earlier one did not."""
    journal.execute("UPDATE quarantine SET content_type = NULL")


def again(journal: sqlite3.Connection, number: int = 1) -> Replayed:
    tried = run_transaction(journal, lambda c: replay(c, number, "desk", NOW + 9))
    return tried.outcome


def ledger(journal: sqlite3.Connection) -> Account:
    return account(load_lane(journal, "gw", Lane.BULK).epochs[EPOCH])


def stored(journal: sqlite3.Connection) -> list[object]:
    entries = entries_after(journal, [Kind.BULK], 0, 100)
    return [reading.value for entry in entries for reading in entry.readings]


def test_a_key_that_was_rejected_is_stored_and_the_ledger_balances(
    journal: sqlite3.Connection,
) -> None:
    take(journal, message(Key(EPOCH, 1, 2), 2), message(Key(EPOCH, 2, 1), 1, None))
    assert (ledger(journal).rejected, ledger(journal).stored) == (2, 1)
    assert again(journal) is Replayed.STILL_REFUSED
    allow(journal)
    assert again(journal) is Replayed.STORED
    assert (ledger(journal).rejected, ledger(journal).stored) == (0, 3)
    assert ledger(journal).taken == 3
    assert stored(journal) == [0, 0, 1]
    assert again(journal) is Replayed.ALREADY_REPLAYED
    take(journal, message(Key(EPOCH, 1, 2), 2, None))
    assert stored(journal) == [0, 0, 1]


def test_of_a_thinned_batch_only_what_was_lacking_is_taken(journal: sqlite3.Connection) -> None:
    take(journal, message(Key(EPOCH, 1, 1), 1, None))
    thinned = Key(EPOCH, 2, 5, (Cover(1, 1, 1), Cover(2, 4, 2)))
    take(journal, message(thinned, 3))
    assert ledger(journal).rejected == 4
    allow(journal)
    assert again(journal) is Replayed.STORED
    one = ledger(journal)
    assert (one.taken, one.stored, one.thinned, one.rejected) == (5, 3, 2, 0)


def test_the_same_bytes_under_two_keys_are_two_messages(journal: sqlite3.Connection) -> None:
    take(journal, message(Key(EPOCH, 1, 1)), message(Key(EPOCH, 2, 1)))
    allow(journal)
    assert [again(journal, number) for number in (1, 2)] == [Replayed.STORED] * 2
    assert ledger(journal).stored == 2


def test_other_bytes_for_a_known_key_stay_outside(journal: sqlite3.Connection) -> None:
    take(journal, message(Key(EPOCH, 1, 1), 1, None))
    other = message(Key(EPOCH, 1, 2), 2, None)
    take(journal, other)
    assert page(journal)[0].reason == "same_key_other_bytes"
    assert again(journal) is Replayed.STILL_REFUSED
    take(journal, message(Key(EPOCH, 1, 2), 2))
    allow(journal)
    assert again(journal, 2) is Replayed.STILL_REFUSED
    assert stored(journal) == [0]
    assert len(page(journal)) == 2


def test_what_had_come_in_another_way_is_a_duplicate(journal: sqlite3.Connection) -> None:
    take(journal, message(Key(EPOCH, 1, 1), 1, None), message(Key(EPOCH, 1, 1)))
    allow(journal)
    assert again(journal) is Replayed.DUPLICATE
    assert (ledger(journal).stored, ledger(journal).rejected) == (1, 0)


def test_a_stranger_without_keys(journal: sqlite3.Connection) -> None:
    take(journal, message(None))
    allow(journal)
    assert again(journal) is Replayed.STORED
    assert load_lane(journal, "gw", Lane.BULK).foreign == 1


def test_an_old_statement_is_not_heard_again(journal: sqlite3.Connection) -> None:
    """After another epoch has spoken it would look like a second gateway of the same name."""
    sent = Sent("boot", 5, ClockState.SYNCHRONISED)
    old = Statement(7, (EpochStatement(EPOCH, 1, 1, False, 1, 0),))
    take(journal, message(Key(EPOCH, 1, 1), sent=sent, statement=old))
    new = Statement(1, (EpochStatement("b" * 16, 1, 0, False, 0, 1, EPOCH),))
    heartbeat = Arrival(
        up("gw", Up.BULK), b"[]", to_properties(Envelope(statement=new, sent=sent)), None, NOW
    )
    take(journal, heartbeat)
    allow(journal)
    assert again(journal) is Replayed.STORED
    assert load_lane(journal, "gw", Lane.BULK).clones == 0


def test_what_was_so_then_is_not_so_now(journal: sqlite3.Connection) -> None:
    status = b'{"presence":"online","boot":"b","connection":1}'
    take(journal, Arrival(up("gw", Up.STATUS), b"{}", [], None, NOW))
    journal.execute("UPDATE quarantine SET payload = ?", (status,))
    assert again(journal) is Replayed.OUTDATED


def test_nothing_there(journal: sqlite3.Connection) -> None:
    assert again(journal, 5) is Replayed.NOT_FOUND
