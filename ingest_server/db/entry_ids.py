"""Ids of journal entries only ever grow, also over a journal that was lost or restored."""

import sqlite3

from ingest_server.db.journal import last_id


def continue_ids(journal: sqlite3.Connection, read_up_to: int) -> None:
    """Let the next entry come after what the stages have read, whatever file they read it from.

    Otherwise what a new journal takes would stand below the cursors and never be read.
    """
    if last_id(journal) >= read_up_to:
        return
    changed = journal.execute(
        "UPDATE sqlite_sequence SET seq = ? WHERE name = 'entry'", (read_up_to,)
    ).rowcount
    if not changed:
        journal.execute("INSERT INTO sqlite_sequence VALUES ('entry', ?)", (read_up_to,))
