"""Makes the buffer's reserve beside the watch: in parts, so that no alarm waits long for it."""

import sqlite3
from functools import partial

from edge_agent.buffer import reserve
from edge_agent.buffer.migration import LOG_PAGES
from runtime.database import Database


async def reserved(database: Database) -> str:
    """Hold room that a full disk can not take away; why not, when it can not be had."""
    path = database.path
    try:
        if await database.read(lambda connection: reserve.is_there(connection, path)):
            return ""
        problem = reserve.lacking(path)
        if not problem:
            await filled(database)
    except (OSError, sqlite3.Error) as error:
        return f"buffer {path} has no reserve ({error}): a full disk will hold up alarms"
    return problem


async def filled(database: Database) -> None:
    """Write all of it and give it back, also after a kill in the midst of that.

    Raise OSError or sqlite3.Error, with nothing left of it but longer files.
    """
    await database.transact(reserve.give_back)
    await _copy_log_after(database, 0)  # else the log would begin anew before it is long enough
    try:
        for _ in range(reserve.PARTS):
            await database.transact(partial(reserve.fill, part=reserve.PARTS))
    finally:
        await _copy_log_after(database, LOG_PAGES)
        await database.transact(reserve.give_back)


async def _copy_log_after(database: Database, pages: int) -> None:
    pragma = f"PRAGMA wal_autocheckpoint = {pages}"
    await database.transact(lambda connection: connection.execute(pragma).fetchone())
