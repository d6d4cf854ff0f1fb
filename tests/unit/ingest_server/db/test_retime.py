"""A correction as an entry of the journal, and what it does to a time."""

import sqlite3

from ingest_server.db.journal import Draft, Kind, append, entries_after, migrate_journal
from ingest_server.db.retime import Moves, Retime, encode_retime
from wire.envelope import Encoding

BACK = Retime(Moves.TIMES, 100, 200, -30, "anchored")


def test_both_ends_belong_to_it() -> None:
    assert [BACK.moved(at_us) for at_us in (99, 100, 200, 201)] == [99, 70, 170, 201]


def test_it_comes_back_from_the_journal_as_it_was() -> None:
    journal = sqlite3.connect(":memory:", isolation_level=None)
    migrate_journal(journal)
    append(journal, Draft(Kind.RETIME, "gw", 7, "server", 0, Encoding.RAW, encode_retime(BACK)))
    (entry,) = entries_after(journal, [Kind.RETIME], 0, 9)
    assert (entry.gateway, entry.retime, entry.readings) == ("gw", BACK, ())
