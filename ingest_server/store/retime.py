"""Rows of the embedded store at other times: portion by portion, each exactly once."""

import sqlite3

from ingest_server.db.retime import ClockMark, Moves, Retime
from ingest_server.store.series_table import read_cursor, write_cursor

_OF_IT = (
    " time_us BETWEEN :start AND :end AND clock IS NOT :foreign"
    " AND series IN (SELECT id FROM series WHERE gateway = :gateway)"
)
_MOVE = "SET time_us = time_us + :delta, clock = coalesce(:clock, clock) WHERE"


def move_slice(store: sqlite3.Connection, gateway: str, said: Retime, entry: int) -> bool:
    """Move one portion; whether there is more. At the end the cursor stands at the entry."""
    if entry <= read_cursor(store):
        return False
    if said.moves is Moves.TIMES and _move_portion(store, gateway, said, entry):
        return True
    if said.moves is Moves.TIMES:
        move_latest(store, gateway, said)
    store.execute("DELETE FROM retime")
    write_cursor(store, entry)
    return False


def move_latest(store: sqlite3.Connection, gateway: str, said: Retime) -> None:
    store.execute(f"UPDATE latest {_MOVE}{_OF_IT}", _values(gateway, said))


def _move_portion(store: sqlite3.Connection, gateway: str, said: Retime, entry: int) -> bool:
    row = store.execute("SELECT done FROM retime WHERE entry = ?", (entry,)).fetchone()
    span = store.execute(
        "SELECT first, last FROM portion WHERE first > ? AND start_us <= ? AND end_us >= ?"
        " ORDER BY first LIMIT 1",
        (0 if row is None else row[0], said.end_us, said.start_us),
    ).fetchone()
    if span is None:
        return False
    store.execute(
        f"UPDATE hot {_MOVE} number BETWEEN :first AND :last AND{_OF_IT}",
        {**_values(gateway, said), "first": span[0], "last": span[1]},
    )
    store.execute(
        "UPDATE portion SET (start_us, end_us) = (SELECT min(time_us), max(time_us) FROM hot"
        " WHERE number BETWEEN first AND last) WHERE first = ?",
        span[:1],
    )
    store.execute("INSERT OR REPLACE INTO retime VALUES (?, ?)", (entry, span[1]))
    return True


def _values(gateway: str, said: Retime) -> dict[str, str | int | None]:
    return {
        "gateway": gateway,
        "start": said.start_us,
        "end": said.end_us,
        "delta": said.delta_us,
        "clock": said.clock,
        "foreign": ClockMark.FOREIGN.value,
    }
