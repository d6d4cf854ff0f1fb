"""Makes the tables of a new buffer file, whole or not at all, on small pages."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edge_agent.buffer import epochs, numbers
from edge_agent.buffer.epochs import Forgotten
from edge_agent.buffer.proof import DamagedError
from wire.topic import Lane

SCHEMA_VERSION = 5
"""Those before were of trials before the first release (docs/decisions/0021)."""
PAGE_BYTES = 1_024
"""The least that a commit writes is a page and its header; a transition has a hundred bytes."""
LOG_PAGES = 4_000
"""The log is copied into the file after so many pages."""


class NewerBufferError(RuntimeError):
    """The file was written by a newer agent."""


def copy_log_after(connection: sqlite3.Connection, pages: int) -> None:
    """Copy the log into the file after so many pages; 0: never. As long as the connection lives."""
    connection.execute(f"PRAGMA wal_autocheckpoint = {pages}").fetchone()


def migrate(connection: sqlite3.Connection) -> None:
    """Make the tables of a file that has none.

    Raise NewerBufferError for a file of a newer agent, DamagedError for one of before the first
    release: the inspection at a start finds both.
    """
    connection.execute("PRAGMA secure_delete = OFF")
    copy_log_after(connection, LOG_PAGES)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerBufferError(f"buffer schema {version}, this agent knows {SCHEMA_VERSION}")
    if version == SCHEMA_VERSION:
        return
    if version != 0:
        raise DamagedError(f"buffer schema {version}, of a trial before the first release")
    with _without_log(connection):
        _make(connection)
        _repage(connection)


def _make(connection: sqlite3.Connection) -> None:
    script = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    connection.executescript(f"BEGIN IMMEDIATE;\n{script}")
    try:
        for name, value in (
            (numbers.CONNECTION, 0),
            (numbers.LAST_UTC_US, 0),
            (numbers.SCHEMA, SCHEMA_VERSION),
        ):
            numbers.note(connection, name, value)
        for lane in Lane:
            epochs.save_forgotten(connection, Forgotten(lane, 0, 0, 0, None, {}))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


@contextmanager
def _without_log(connection: sqlite3.Connection) -> Iterator[None]:
    """Pages change their size only without a log.

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
