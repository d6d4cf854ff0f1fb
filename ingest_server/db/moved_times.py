"""Rows of book.db that stand at another time now: samples, held readings, episodes."""

import sqlite3

from ingest_server.db.evaluation_book import Evaluation
from ingest_server.db.retime import ClockMark, Retime


def move_readings(connection: sqlite3.Connection, gateway: str, said: Retime) -> None:
    """Of the gateway's own, samples and what is held; foreign ones stay."""
    for table in ("sample", "held"):
        rows = connection.execute(
            f"DELETE FROM {table} WHERE gateway = ? AND time_us BETWEEN ? AND ? AND clock <> ?"  # noqa: S608 - one of two names
            " RETURNING gateway, device, point, time_us, value, unit, quality, clock",
            (gateway, said.start_us, said.end_us, ClockMark.FOREIGN.value),
        ).fetchall()
        connection.executemany(
            f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - as above
            [(*row[:3], row[3] + said.delta_us, *row[4:7], said.clock or row[7]) for row in rows],
        )


def move_episodes(connection: sqlite3.Connection, gateway: str, said: Retime) -> list[str]:
    """Of the rules that judge samples; the ids of the alarms that show them, each once."""
    span = (said.start_us, said.end_us)
    rows = connection.execute(
        "DELETE FROM episode WHERE gateway = ?1"
        " AND (device, rule) IN (SELECT device, rule FROM evaluation WHERE gateway = ?1)"
        " AND (start_us BETWEEN ?2 AND ?3 OR end_us BETWEEN ?2 AND ?3)"
        " RETURNING gateway, device, rule, start_us, end_us, alarm_id, learned_us, withdrawn",
        (gateway, *span),
    ).fetchall()
    for *name, start_us, end_us, alarm_id, learned_us, withdrawn in rows:
        since_us = said.moved(start_us)
        until_us = None if end_us is None else max(since_us, said.moved(end_us))
        connection.execute(
            "INSERT OR REPLACE INTO episode VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*name, since_us, until_us, alarm_id, learned_us, withdrawn),
        )
    return list(dict.fromkeys(row[5] for row in rows))


def evaluations_of(connection: sqlite3.Connection, gateway: str) -> list[Evaluation]:
    rows = connection.execute("SELECT * FROM evaluation WHERE gateway = ?", (gateway,))
    return [Evaluation(*row) for row in rows.fetchall()]
