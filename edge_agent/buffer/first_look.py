"""What a start needs at once of a file that was set aside: numbers, the clock, commands."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from edge_agent.buffer.found import Found
from edge_agent.buffer.salvage import glimpsed, log_of
from runtime.database import connect_read_only

_SMALL_TABLES = ("meta", "anchor", "command")


class FirstLook(msgspec.Struct, frozen=True):
    """`knows_commands`: all that the file has, so that none of them is ever carried out twice."""

    found: Found
    knows_commands: bool


def first_look(path: Path) -> FirstLook:
    """Let SQLite read its small tables; where it can not, look at its first pages. Raise OSError.

    Nothing is written to the file or its log.
    """
    found = Found()
    try:
        with closing(connect_read_only(path)) as disk:
            for table in _SMALL_TABLES:
                for fields in disk.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
                    found.take(0 if isinstance(fields[0], str) else fields[0], fields)
    except (sqlite3.Error, UnicodeDecodeError):
        return FirstLook(glimpsed(path, log_of(path)), knows_commands=False)
    return FirstLook(found, knows_commands=True)
