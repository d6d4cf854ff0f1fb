"""Waits for a condition of a task, a process or a thread, as long as a loaded machine may take."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 90.0
"""How long a test waits for what has to come: only a test that fails waits so long."""

_STEP_S = 0.01
_SHORT_STEP_S = 0.005


def until_true(condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Return once `condition` holds; AssertionError when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(_STEP_S)


async def until(condition: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """The same in a loop, which goes on meanwhile; TimeoutError when it does not hold in time."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(_SHORT_STEP_S)
