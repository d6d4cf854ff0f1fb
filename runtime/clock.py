"""Wall time, monotonic time, the boot id, and whether the wall clock may be trusted."""

import ctypes
import time
import uuid
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

_NS_PER_US = 1_000
_TIME_ERROR = 5  # adjtimex(2): clock not synchronised
_TIMEX_BYTES = 512  # larger than struct timex on any Linux


class Trust(StrEnum):
    """Who vouches for the wall clock: the kernel's NTP state, or the operator."""

    NTP = "ntp"
    SYSTEM = "system"


class Clock(Protocol):
    """What the programs know of time. Tests pass their own."""

    @property
    def boot(self) -> str:
        """Id of this boot of the machine: `mono_us` of two boots can not be compared."""
        ...

    def utc_us(self) -> int:
        """Microseconds since 1970-01-01T00:00:00Z by the wall clock, trusted or not."""
        ...

    def mono_us(self) -> int:
        """Microseconds on a clock that never steps and counts while suspended."""
        ...

    def is_trusted(self) -> bool:
        """Whether `utc_us` may be believed at this moment."""
        ...


class SystemClock:
    """The machine's clocks (Linux: CLOCK_REALTIME, CLOCK_BOOTTIME, adjtimex)."""

    def __init__(self, trust: Trust = Trust.SYSTEM) -> None:
        self._trust = trust
        self._boot = _boot_id()

    @property
    def boot(self) -> str:
        return self._boot

    def utc_us(self) -> int:
        return time.time_ns() // _NS_PER_US

    def mono_us(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // _NS_PER_US

    def is_trusted(self) -> bool:
        return self._trust is Trust.SYSTEM or _kernel_is_synchronised()


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return str(uuid.uuid4())


@cache
def _libc() -> ctypes.CDLL:
    """Opened once: it is asked for every batch."""
    return ctypes.CDLL(None)


def _kernel_is_synchronised() -> bool:
    """adjtimex(2) with no modes only reads; its return value is the state of the clock."""
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    state: int = _libc().adjtimex(buffer)
    return 0 <= state < _TIME_ERROR
