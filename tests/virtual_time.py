"""A loop in which waiting takes no time: its clock jumps to whatever is awaited next."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

_SECOND_US = 1_000_000


class _Jumping(selectors.DefaultSelector):
    now_s = 0.0
    jumps = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self.now_s += timeout
            self.jumps += 1
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Nothing outside of the process can be awaited in it."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    @property
    def wakes(self) -> int:
        """How often it went to sleep so far."""
        return self._jumping.jumps


class VirtualClock:
    """Satisfies runtime.clock.Clock, inside of a running VirtualLoop."""

    boot = "boot-1"

    def mono_us(self) -> int:
        return round(asyncio.get_running_loop().time() * _SECOND_US)

    def utc_us(self) -> int:
        return self.mono_us() + 1_795_251_846_000_000

    def is_trusted(self) -> bool:
        return True


class LateClock(VirtualClock):
    """Nobody need vouch for it at first."""

    def __init__(self, *, trusted: bool) -> None:
        self.trusted = trusted

    def is_trusted(self) -> bool:
        return self.trusted


def now_s() -> float:
    """The time of the running loop."""
    return asyncio.get_running_loop().time()


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end, in its own loop."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(work)
