"""Runs a loop again when its disk refuses: full or busy is no reason to stop."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

AGAIN_S = 1.0


async def persist(
    run: Callable[[], Awaitable[None]], tell: Callable[[str], None], again_s: float = AGAIN_S
) -> None:
    """Run until it ends by itself; after sqlite3.OperationalError tell it and begin again.

    Every other error is raised: a file that broke is set aside at the next start.
    """
    while True:
        try:
            await run()
        except* sqlite3.OperationalError as errors:
            tell(f"the buffer's disk refuses: {_first(errors)}")
        else:
            return
        await asyncio.sleep(again_s)


def _first(errors: BaseExceptionGroup[sqlite3.OperationalError]) -> BaseException:
    first: BaseException = errors
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
