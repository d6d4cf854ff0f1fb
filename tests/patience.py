"""Waits for a condition of a process or a thread, with a deadline that a loaded machine keeps."""

import time
from collections.abc import Callable

STEP_S = 0.01


def until_true(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Return once `condition` holds; AssertionError when it does not in time."""
    for _ in range(round(seconds / STEP_S)):
        if condition():
            return
        time.sleep(STEP_S)
    raise AssertionError(f"not within {seconds} s")
