"""Makes the buffer's reserve beside the watch: in parts, so that no alarm waits long for it."""

import sqlite3
from functools import partial

from edge_agent.buffer import reserve
from edge_agent.buffer.migration import LOG_PAGES, copy_log_after
from edge_agent.buffer.thread_io import written_by_this_thread
from edge_agent.buffer.wear import Meter, Purpose
from runtime.database import Database


async def reserved(database: Database, meter: Meter) -> str:
    """Hold room that a full disk can not take away; why not, when it can not be had."""
    path = database.path
    try:
        if await database.read(lambda connection: reserve.is_there(connection, path)):
            return ""
        problem = reserve.lacking(path)
        if not problem:
            await filled(database, meter)
    except (OSError, sqlite3.Error) as error:
        return f"buffer {path} has no reserve ({error}): a full disk will hold up alarms"
    return problem


async def filled(database: Database, meter: Meter) -> None:
    """Write all of it and give it back, also after a kill in the midst of that.

    `meter`: what that takes of the card is counted as room. Raise OSError or sqlite3.Error,
    with nothing left of it but longer files.
    """
    await database.transact(reserve.give_back)
    # else the log would begin anew before it is long enough
    await database.transact(partial(copy_log_after, pages=0))
    try:
        for _ in range(reserve.PARTS):
            await database.transact(partial(_fill, meter))
    finally:
        await database.transact(partial(copy_log_after, pages=LOG_PAGES))
        await database.transact(reserve.give_back)


def _fill(meter: Meter, connection: sqlite3.Connection) -> None:
    meter.begin(Purpose.ROOM, written_by_this_thread())
    reserve.fill(connection, part=reserve.PARTS)
