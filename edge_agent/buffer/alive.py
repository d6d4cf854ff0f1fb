"""Says that a start which takes long goes on: SQLite and all loops over a file call it."""

import sqlite3
from collections.abc import Callable

Alive = Callable[[], None]

_INSTRUCTIONS = 20_000  # of SQLite's machine: milliseconds


def nobody() -> None:
    """Nobody waits."""


def watched(connection: sqlite3.Connection, alive: Alive) -> None:
    """Call it while a statement of this connection is at work."""
    connection.set_progress_handler(alive, _INSTRUCTIONS)
