"""Anchors on disk: when the clock of a boot was set; and the last good time, as a lower bound."""

import sqlite3

import msgspec

from edge_agent.buffer import numbers
from edge_agent.buffer.proof import Field, Kind, check, proof
from wire.bounds import ANCHORS
from wire.identity import Anchor

_COLUMNS = "number, boot, mono_ms, utc_us, proof"


class Known(msgspec.Struct, frozen=True):
    """What earlier runs left of a boot: its latest anchor, and the last good UTC (us) of any."""

    anchor: Anchor | None
    last_utc_us: int


def known(connection: sqlite3.Connection, boot: str) -> Known:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM anchor WHERE boot = ? ORDER BY number DESC LIMIT 1",  # noqa: S608 - names and marks of our own, no value
        (boot,),
    ).fetchone()
    anchor = None if row is None else anchor_of(row)
    return Known(anchor, numbers.number(connection, numbers.LAST_UTC_US))


def anchor_of(columns: tuple[Field, ...]) -> Anchor:
    """From the columns with their proof; raise DamagedError."""
    _, boot, mono_ms, utc_us = check(Kind.ANCHOR, columns)
    return Anchor(boot, mono_ms, utc_us)  # type: ignore[arg-type]  # proven: as written


def keep(connection: sqlite3.Connection, anchor: Anchor) -> None:
    """Keep the first anchor of the boot and this one; forget those of boots without an epoch.

    The last good time becomes that of the anchor, even if it is earlier: it was confirmed.
    """
    write(connection, anchor)
    connection.execute(
        "DELETE FROM anchor WHERE boot = ?1 AND number NOT IN"
        " (SELECT min(number) FROM anchor WHERE boot = ?1"
        " UNION SELECT max(number) FROM anchor WHERE boot = ?1)",
        (anchor.boot,),
    )
    connection.execute(
        "DELETE FROM anchor WHERE boot <> ? AND boot NOT IN (SELECT boot FROM epoch)",
        (anchor.boot,),
    )
    note_good(connection, anchor.utc)


def write(connection: sqlite3.Connection, anchor: Anchor) -> None:
    """Append it, under the next number."""
    cursor = connection.execute(
        "INSERT INTO anchor (boot, mono_ms, utc_us) VALUES (?, ?, ?)",
        (anchor.boot, anchor.mono, anchor.utc),
    )
    said = (cursor.lastrowid or 0, anchor.boot, anchor.mono, anchor.utc)
    connection.execute(
        "UPDATE anchor SET proof = ? WHERE number = ?", (proof(Kind.ANCHOR, said), said[0])
    )


def note_good(connection: sqlite3.Connection, utc_us: int) -> None:
    """It is `utc_us` now: no later boot begins before."""
    numbers.note(connection, numbers.LAST_UTC_US, utc_us)


def stated(connection: sqlite3.Connection, boot: str) -> tuple[Anchor, ...]:
    """What a birth tells, the anchors of `boot` first, then of boots that are listed, the newest.

    The anchors of one boot stand in order of time.
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM anchor"  # noqa: S608 - our own names
        " WHERE boot = ?1 OR boot IN (SELECT boot FROM epoch)"
        " ORDER BY boot = ?1 DESC, max(number) OVER (PARTITION BY boot) DESC, number LIMIT ?2",
        (boot, ANCHORS),
    )
    return tuple(anchor_of(row) for row in rows)
