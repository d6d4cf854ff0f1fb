"""Samples, rule states and episodes: what the watcher needs to fold late data in, as rows."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest_server.db.held import from_row, to_row
from wire.reading import Reading


@dataclass(frozen=True, slots=True)
class Kept:
    """A reading (UTC us) and how far its time may be trusted."""

    reading: Reading
    clock: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Where a rule of a device stands. `state` and `marks` are the watcher's own JSON."""

    gateway: str
    device: str
    rule: str
    definition: str
    state: bytes
    last_us: int
    base_us: int
    due_us: int | None
    marks: bytes


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """An episode and the alarm that shows it."""

    start_us: int
    end_us: int | None
    alarm_id: str
    learned_us: int
    withdrawn: bool = False


def add_samples(connection: sqlite3.Connection, gateway: str, kept: Iterable[Kept]) -> list[Kept]:
    """Keep them; return those that were not there yet (the first of a doubled one stays)."""
    return [
        one
        for one in kept
        if connection.execute(
            "INSERT OR IGNORE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (gateway, *to_row(one.reading), one.clock),
        ).rowcount
    ]


_NEVER_US = 2**63 - 1

# The points of a device one by one from the index: thousands of samples lie between two of them.
_POINTS = (
    "WITH RECURSIVE named(point) AS"
    " (SELECT min(point) FROM sample WHERE gateway = ?1 AND device = ?2 UNION ALL"
    " SELECT (SELECT min(point) FROM sample"
    " WHERE gateway = ?1 AND device = ?2 AND point > named.point) FROM named"
    " WHERE point IS NOT NULL) "
)


def samples_after(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    points: Sequence[str],
    after_us: int,
) -> list[Kept]:
    """Samples of these points (empty: of all) later than `after_us`, by time and point."""
    wanted = ", ".join("?" * len(points)) if points else "SELECT point FROM named"
    rows = connection.execute(
        f"{'' if points else _POINTS}"  # noqa: S608 - marks only
        "SELECT device, point, time_us, value, unit, quality, clock FROM sample"
        f" WHERE gateway = ?1 AND device = ?2 AND time_us > ?3 AND point IN ({wanted})"
        " ORDER BY time_us, point",
        (gateway, device, after_us, *points),
    )
    return [Kept(from_row(row[:6]), row[6]) for row in rows]


def prune_samples(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    needs: Iterable[tuple[str, Sequence[str]]],
) -> int:
    """Forget the samples that no rule in force folds any more; return how many.

    `needs`: each rule and its points (empty: all). Point by point, so that a rule whose point has
    fallen silent, or that is in force no more, keeps nothing of the others.
    """
    bases = dict(
        connection.execute(
            "SELECT rule, base_us FROM evaluation WHERE gateway = ? AND device = ?",
            (gateway, device),
        ).fetchall()
    )
    stated = [(points, bases.get(rule, 0)) for rule, points in needs]
    others = min((base for points, base in stated if not points), default=_NEVER_US)
    named: dict[str, int] = {}
    for points, base in stated:
        named.update((point, min(base, named.get(point, others))) for point in points)
    query = "DELETE FROM sample WHERE gateway = ? AND device = ?"
    gone = sum(
        connection.execute(
            f"{query} AND point = ? AND time_us <= ?", (gateway, device, point, base)
        ).rowcount
        for point, base in named.items()
    )
    marks = ", ".join("?" * len(named))
    return (
        gone
        + connection.execute(
            f"{query} AND point NOT IN ({marks}) AND time_us <= ?",
            (gateway, device, *named, others),
        ).rowcount
    )


_EVALUATION = "SELECT * FROM evaluation"


def find_evaluation(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
) -> Evaluation | None:
    row = connection.execute(
        f"{_EVALUATION} WHERE gateway = ? AND device = ? AND rule = ?",
        (gateway, device, rule),
    ).fetchone()
    return None if row is None else Evaluation(*row)


def due_evaluations(
    connection: sqlite3.Connection,
    gateway: str,
    through_us: int,
) -> list[Evaluation]:
    """Those that time alone changes at or before `through_us`."""
    rows = connection.execute(
        # By that index, or else every rule of the gateway is read for the few that are due.
        f"{_EVALUATION} INDEXED BY evaluation_due WHERE gateway = ? AND due_us <= ?"
        " ORDER BY device, rule",
        (gateway, through_us),
    )
    return [Evaluation(*row) for row in rows]


def write_evaluation(connection: sqlite3.Connection, one: Evaluation) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO evaluation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.gateway,
            one.device,
            one.rule,
            one.definition,
            one.state,
            one.last_us,
            one.base_us,
            one.due_us,
            one.marks,
        ),
    )


def episodes_after(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
    after_us: int,
) -> list[EpisodeRow]:
    """Episodes that go on after this source time, withdrawn ones not among them."""
    rows = connection.execute(
        "SELECT start_us, end_us, alarm_id, learned_us FROM episode WHERE gateway = ?"
        " AND device = ? AND rule = ? AND withdrawn = 0 AND (end_us IS NULL OR end_us > ?)"
        " ORDER BY start_us",
        (gateway, device, rule, after_us),
    )
    return [EpisodeRow(*row) for row in rows]


def write_episode(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
    row: EpisodeRow,
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO episode VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            gateway,
            device,
            rule,
            row.start_us,
            row.end_us,
            row.alarm_id,
            row.learned_us,
            row.withdrawn,
        ),
    )


def forget_episode(
    connection: sqlite3.Connection,
    gateway: str,
    device: str,
    rule: str,
    start_us: int,
) -> None:
    """Take a row away whose start has moved: `write_episode` writes it under the new one."""
    connection.execute(
        "DELETE FROM episode WHERE gateway = ? AND device = ? AND rule = ? AND start_us = ?",
        (gateway, device, rule, start_us),
    )
