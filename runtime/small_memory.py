"""One heap for all threads, and what only a start needed is given back when it is over."""

import ctypes
import gc

_M_ARENA_MAX = -8  # mallopt(3)


def begin() -> None:
    """Collect no garbage until `give_back`: nearly all that a start makes is there to stay.

    One heap for all threads: they hold the interpreter's lock in turn, and each of their own would
    keep what it once had.
    """
    gc.disable()
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # glibc has it, musl does not
        mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Hand free memory to the kernel; what lives by now is never looked through for garbage."""
    gc.freeze()
    gc.enable()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
