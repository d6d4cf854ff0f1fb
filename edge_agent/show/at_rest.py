"""A look into the buffer of an agent that is stopped, without a trace."""

import sqlite3
from pathlib import Path

from runtime.database import connect_read_only


def connect_at_rest(path: Path) -> sqlite3.Connection:
    """A reader of WAL leaves files, which might belong to another user then: this one does not.

    A buffer without a log was closed in order, and the agent that would change it does not answer.
    Raise sqlite3.Error.
    """
    if path.with_name(f"{path.name}-wal").exists():
        return connect_read_only(path)
    return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
