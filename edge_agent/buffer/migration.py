"""Brings a buffer file to the schema of this agent, row by row where proofs are to be made."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from edge_agent.buffer import epochs, numbers, stored
from edge_agent.buffer.epochs import Epoch, Forgotten
from edge_agent.buffer.proof import Field, Kind, proof
from edge_agent.buffer.row_id import row_id
from edge_agent.buffer.stored import Stored
from wire.topic import Lane

# Each raises a file by one version; the tables of a new file are made by all of them in turn.
SCRIPTS = (
    "schema.sql",
    "schema_2_control.sql",
    "schema_3_anchor.sql",
    "schema_4_size.sql",
    "schema_5_proof.sql",
)
SCHEMA_VERSION = len(SCRIPTS)
PAGE_BYTES = 1_024
"""The least that a commit writes is a page and its header; a transition has a hundred bytes."""
LOG_PAGES = 4_000
"""The log is copied into the file after so many pages."""


class NewerBufferError(RuntimeError):
    """The file was written by a newer agent."""


def migrate(connection: sqlite3.Connection) -> None:
    """Make the tables that the file lacks; raise NewerBufferError for a file of a newer agent."""
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerBufferError(f"buffer schema {version}, this agent knows {SCHEMA_VERSION}")
    if version == SCHEMA_VERSION:
        return
    for script in SCRIPTS[version:-1]:
        connection.executescript(f"BEGIN IMMEDIATE;\n{_schema(script)}\nCOMMIT;")
    with _without_log(connection):
        _prove(connection)
        _repage(connection)


def _schema(script: str) -> str:
    return Path(__file__).with_name(script).read_text(encoding="utf-8")


@contextmanager
def _without_log(connection: sqlite3.Connection) -> Iterator[None]:
    """A log would grow by all that the file holds, and a start that is cut off would read it all.

    Who looks at the file meanwhile keeps it: then it works with a log too.
    """
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = DELETE")
    try:
        yield
    finally:
        connection.execute("PRAGMA journal_mode = WAL")


def _repage(connection: sqlite3.Connection) -> None:
    """Small pages, if there is room to write the file anew; it works without."""
    if connection.execute("PRAGMA page_size").fetchone() == (PAGE_BYTES,):
        return
    if connection.execute("PRAGMA journal_mode").fetchone() != ("delete",):
        return
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("VACUUM")
    except sqlite3.OperationalError:
        connection.execute("PRAGMA user_version")  # as it was: it is only larger


def _prove(connection: sqlite3.Connection) -> None:
    """Version 4 to 5, whole or not at all."""
    connection.executescript(f"BEGIN IMMEDIATE;\n{_schema(SCRIPTS[-1])}")
    try:
        _reprove(connection, "meta", Kind.META, "name, value")
        _reprove(connection, "anchor", Kind.ANCHOR, "number, boot, mono_ms, utc_us")
        numbers.note(connection, numbers.SCHEMA, SCHEMA_VERSION)
        for lane in Lane:
            _raise_lane(connection, lane)
        for table in ("batch_4", "dropped", "ledger_dropped"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _reprove(connection: sqlite3.Connection, table: str, kind: Kind, columns: str) -> None:
    key = columns.split(",", maxsplit=1)[0]
    for said in connection.execute(f"SELECT {columns} FROM {table}").fetchall():  # noqa: S608 - ours
        connection.execute(
            f"UPDATE {table} SET proof = ? WHERE {key} = ?",  # noqa: S608 - our own names
            (proof(kind, said), said[0]),
        )


def _raise_lane(connection: sqlite3.Connection, lane: Lane) -> None:
    """The ledger of version 4 counted the whole lane; now it counts the epochs that are gone."""
    taken, had, thinned, latest = connection.execute(
        "SELECT taken, stored, thinned, latest FROM lane WHERE lane = ?", (lane.value,)
    ).fetchone()
    dropped = _reasons(connection, "ledger_dropped", "lane", lane.value)
    listed = connection.execute(
        "SELECT id, epoch, prev, base, last, taken FROM epoch WHERE lane = ? ORDER BY id",
        (lane.value,),
    ).fetchall()
    for columns in listed:
        one = _raise_epoch(connection, lane, columns)
        taken, had = taken - one.taken, had - one.stored
        dropped = {name: n - one.dropped.get(name, 0) for name, n in dropped.items()}
    dropped = {name: n for name, n in dropped.items() if n}
    gone = Forgotten(lane, taken, had, thinned, latest, dropped)
    epochs.save_forgotten(connection, gone)


def _raise_epoch(
    connection: sqlite3.Connection, lane: Lane, columns: tuple[int, str, str | None, int, int, int]
) -> Epoch:
    number, name, prev, base, last, taken = columns
    one = Epoch(number, lane, name, prev, base, last=last, taken=taken)
    one.dropped = _reasons(connection, "dropped", "epoch_id", number)
    rows, held = connection.execute(
        "SELECT count(*), coalesce(sum(taken), 0) FROM batch_4 WHERE epoch_id = ?", (number,)
    ).fetchone()
    through, size = taken - held, 0
    for seq, *rest in connection.execute(
        "SELECT seq, taken, first, kept, covers, boot, mono_ms, clock, encoding, payload"
        " FROM batch_4 WHERE epoch_id = ? ORDER BY seq",
        (number,),
    ):
        through, size = through + rest[0], size + len(rest[-1])
        stored.write(connection, _raised(row_id(lane, number, seq), one, (through, size), rest))
        one.boot = rest[4]
    one.size, one.rows_gone = size, last - rows
    one.stored = taken - held - sum(one.dropped.values())
    epochs.save(connection, one)
    return one


def _raised(number: int, one: Epoch, totals: tuple[int, int], rest: list[Field]) -> Stored:
    taken, first, kept, *others = rest
    return Stored(number, one.epoch, one.base, *totals, first, taken, kept, *others)  # type: ignore[arg-type]  # of a STRICT table


def _reasons(
    connection: sqlite3.Connection, table: str, owner: str, value: int | str
) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT reason, readings FROM {table} WHERE {owner} = ?",  # noqa: S608 - our own names
        (value,),
    )
    return {str(reason): msgspec.convert(readings, int) for reason, readings in rows}
