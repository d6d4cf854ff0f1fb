"""Anchors on disk: when the clock of a boot was set; and the last good time, as a lower bound."""

import sqlite3
from dataclasses import dataclass

from wire.bounds import ANCHORS
from wire.identity import Anchor


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier runs left of a boot: its latest anchor, and the last good UTC (us) of any."""

    anchor: Anchor | None
    last_utc_us: int


def known(connection: sqlite3.Connection, boot: str) -> Known:
    row = connection.execute(
        "SELECT boot, mono_ms, utc_us FROM anchor WHERE boot = ? ORDER BY number DESC LIMIT 1",
        (boot,),
    ).fetchone()
    (last_utc_us,) = connection.execute(
        "SELECT value FROM meta WHERE name = 'last_utc_us'"
    ).fetchone()
    return Known(None if row is None else Anchor(*row), int(last_utc_us))


def keep(connection: sqlite3.Connection, anchor: Anchor) -> None:
    """Keep the first anchor of the boot and this one; forget those of boots without rows.

    The last good time becomes that of the anchor, even if it is earlier: it was confirmed.
    """
    connection.execute(
        "INSERT INTO anchor (boot, mono_ms, utc_us) VALUES (?, ?, ?)",
        (anchor.boot, anchor.mono, anchor.utc),
    )
    connection.execute(
        "DELETE FROM anchor WHERE boot = ?1 AND number NOT IN"
        " (SELECT min(number) FROM anchor WHERE boot = ?1"
        " UNION SELECT max(number) FROM anchor WHERE boot = ?1)",
        (anchor.boot,),
    )
    connection.execute(
        "DELETE FROM anchor WHERE boot <> ? AND boot NOT IN (SELECT boot FROM batch)",
        (anchor.boot,),
    )
    note_good(connection, anchor.utc)


def note_good(connection: sqlite3.Connection, utc_us: int) -> None:
    """It is `utc_us` now: no later boot begins before."""
    connection.execute("UPDATE meta SET value = ? WHERE name = 'last_utc_us'", (utc_us,))


def stated(connection: sqlite3.Connection, boot: str) -> tuple[Anchor, ...]:
    """What a birth tells, the anchors of `boot` first, then of boots that have rows, the newest.

    The anchors of one boot stand in order of time.
    """
    rows = connection.execute(
        "SELECT boot, mono_ms, utc_us FROM anchor"
        " WHERE boot = ?1 OR boot IN (SELECT boot FROM batch)"
        " ORDER BY boot = ?1 DESC, max(number) OVER (PARTITION BY boot) DESC, number LIMIT ?2",
        (boot, ANCHORS),
    )
    return tuple(Anchor(*row) for row in rows)
