"""Numbered SQL files make and raise the tables of one database file; each runs once, for ever."""

import sqlite3
from importlib.resources import files


class NewerDatabaseError(RuntimeError):
    """The file was written by a newer release: going back needs its back-up, not this program."""


def migrate(connection: sqlite3.Connection, family: str) -> None:
    """Apply `migrations/<family>_NNN_*.sql` that the file has not seen, each as one transaction.

    Raises NewerDatabaseError when the file has seen one that this release does not know.
    """
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY) STRICT")
    seen = {name for (name,) in connection.execute("SELECT name FROM migration")}
    known = _scripts(family)
    if unknown := seen - set(known):
        raise NewerDatabaseError(f"{family}.db knows {', '.join(sorted(unknown))}: newer release")
    for name, script in sorted(known.items()):
        if name not in seen:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nINSERT INTO migration VALUES ('{name}');\nCOMMIT;",
            )


def _scripts(family: str) -> dict[str, str]:
    folder = files("ingest_server.db") / "migrations"
    return {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.startswith(f"{family}_") and entry.name.endswith(".sql")
    }
