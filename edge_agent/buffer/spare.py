"""Rows taken into memory while the disk failed come to the disk at the next sound start."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from edge_agent.buffer import adopt, numbers
from edge_agent.buffer.adopt import Adopted
from edge_agent.buffer.found import Found
from edge_agent.buffer.opening import held
from edge_agent.buffer.salvage import found_behind, found_in, log_of
from runtime.database import connect, run_transaction

_NAME_DIGITS = 12


def spare_of(memory: Path, gateway: str, path: Path) -> Path:
    """Where the rows of the buffer at `path` wait: one place for each buffer of a machine.

    The gateway is in the name for a person, the path because two agents may bear one name (a
    test beside a test, an old installation beside a new one) and never share rows.
    """
    mark = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:_NAME_DIGITS]
    return memory / f"lifeline-{gateway}-{mark}" / "buffer.db"


def take_in(path: Path, spare: Path) -> str:
    """Bring what the spare buffer holds into that at `path`, and remove the spare.

    What a person should know about it; empty when there is no spare. A spare that is not ours to
    read or to remove is told, and no reason to stay down. Nobody may have opened the buffer. Raise
    BufferInUseError when another agent has the spare, or sqlite3.Error for the buffer.
    """
    try:
        return _taken_in(path, spare) if spare.exists() else ""
    except OSError as error:
        return f"what may be in memory ({spare}) stays there: {error}"


def _taken_in(path: Path, spare: Path) -> str:
    with held(spare):
        log = log_of(spare)
        found, behind = found_in(spare, log), found_behind(log)
        with closing(connect(path)) as connection:
            adopted = run_transaction(connection, lambda c: _add(c, (found, behind)))
        for suffix in ("", "-wal", "-shm", ".suspect"):
            spare.with_name(spare.name + suffix).unlink(missing_ok=True)
    return (
        f"{adopted.readings} readings in {adopted.batches} batches that were in memory ({spare})"
        f" are in {path} now"
    )


def _add(connection: sqlite3.Connection, parts: tuple[Found, Found]) -> Adopted:
    adopted = Adopted()
    for found in parts:
        adopted += adopt.add(connection, found, is_of_another=True)
        adopt.add_others(connection, found)
        for name, value in found.numbers.items():
            if name != numbers.SCHEMA and value > numbers.number(connection, name):
                numbers.note(connection, name, value)
    return adopted
