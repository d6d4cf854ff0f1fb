"""The thread of one line: opens the port, does rounds, listens between them, ends when told."""

import asyncio
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from edge_agent.bus.back_off import BackOff
from edge_agent.bus.framing import Framing
from edge_agent.bus.place import Place
from edge_agent.bus.port import Owner, Port, PortGoneError
from edge_agent.bus.round import Round
from edge_agent.bus.talk import Talk
from edge_agent.bus.waiting import Waiting, rounds_waiting
from edge_agent.bus.wake import Wake
from runtime.clock import Clock

_IDLE_US = 1_000_000
_ENDS_S = 5.0
_JOIN_S = 0.2
_HANGS_S = 5.0

_log = logging.getLogger(__name__)


class _OutOfStepError(Exception):
    """The port works, but where the next frame starts is not known."""


class LineThread:
    """A thread because an asyncio sleep is too coarse: 3.65 ms of silence took it 4.17 ms."""

    def __init__(
        self,
        settings: Place,
        clock: Clock,
        open_port: Callable[[Place], Port],
        owner: Owner,
        *,
        refuse_early: bool,
        framing: Framing | None = None,
    ) -> None:
        """Take what a line is made of; nothing is opened before `start`."""
        self._settings = settings
        self._clock = clock
        self._open_port = open_port
        self._owner = owner
        self._refuse_early = refuse_early
        self._framing = framing
        self._wake = Wake()
        self._waiting = rounds_waiting()
        self._back_off = BackOff()
        self._stopping = False
        self._problem = "not opened yet"
        self.busy_since_us: int | None = None  # since when it is in a call that may block
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name=settings.path, daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the thread; it answers in `loop`."""
        self._loop = loop
        self._thread.start()

    async def run(self, round_: Round) -> None:
        """Have the round done: it has an outcome at the least; a few abandoned ones are before.

        Raise TimeoutError when the thread hangs.
        """
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()
        self._waiting.append(Waiting(round_, over))
        self._wake.set()
        longest_us = max(errand.timeout_us for errand in round_.errands)
        timer = loop.call_later(2 * longest_us / 1_000_000 + _HANGS_S, _hangs, over)
        try:
            await over
        finally:
            timer.cancel()

    @property
    def has_died(self) -> bool:
        """Whether the thread ended although nobody told it to: a fault of ours."""
        return self._ended.is_set() and not self._stopping

    def wake(self) -> None:
        """Make the thread look at what has changed."""
        self._wake.set()

    async def stop(self) -> None:
        """End the thread; one that hangs in the kernel is left behind and reported."""
        self._stopping = True
        self._wake.set()
        try:
            async with asyncio.timeout(_ENDS_S):
                await self._ended.wait()
        except TimeoutError:
            _log.error("the thread of %s hangs; it is left behind", self._settings.path)
        finally:
            self._thread.join(_JOIN_S)
            if not self._thread.is_alive():
                self._wake.close()

    def _run(self) -> None:
        _sleep_sharply()
        try:
            while not self._stopping:
                port = self._opened()
                if port is not None:
                    self._serve(port)
        finally:
            self._lost("the line is closed" if self._stopping else "the line's thread has died")
            self._tell(self._ended.set)

    def _opened(self) -> Port | None:
        """Try to open the port, or wait until that may be tried again."""
        wait_us = self._back_off.next_us - self._clock.mono_us()
        if wait_us > 0:
            self._wake.wait(wait_us)
            self._wake.clear()
            self._refuse_waiting()
            return None
        self.busy_since_us = self._clock.mono_us()
        try:
            port = self._open_port(self._settings)
        except PortGoneError as error:
            self._lost(str(error))
            return None
        finally:
            self.busy_since_us = None
        self._back_off.worked()
        self._tell(self._owner.port_opened)
        return port

    def _serve(self, port: Port) -> None:
        talk = Talk(
            port,
            self._settings.format,
            self._clock,
            self._wake,
            refuse_early=self._refuse_early,
            framing=self._framing,
        )
        try:
            while not self._stopping:
                self._wake.clear()
                if self._waiting:
                    self._do(talk, self._waiting.popleft())
                elif not self._stopping:
                    self.busy_since_us = self._clock.mono_us()
                    talk.listen(_IDLE_US)
                    self.busy_since_us = None
        except _OutOfStepError:
            _log.info("%s: out of step; it is opened anew", self._settings.path)
        except PortGoneError as error:
            self._lost(str(error))
        finally:
            self.busy_since_us = None
            port.close()

    def _do(self, talk: Talk, waiting: Waiting) -> None:
        self.busy_since_us = self._clock.mono_us()
        talk.round(waiting.round)
        self.busy_since_us = None
        last = waiting.round.outcomes[-1]
        problem = last.port_problem
        if problem:  # told first, so that nobody asks again before the line knows
            self._tell(partial(self._owner.port_gone, problem))
        self._tell(waiting.end)
        if last.out_of_step:
            raise _OutOfStepError
        if problem:
            raise PortGoneError(problem)

    def _lost(self, problem: str) -> None:
        self._back_off.failed(self._clock.mono_us())
        self._problem = problem
        self._tell(partial(self._owner.port_gone, problem))
        self._refuse_waiting()

    def _refuse_waiting(self) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            waiting.refuse(self._problem, self._clock.mono_us())
            self._tell(waiting.end)

    def _tell(self, call: Callable[[], None]) -> None:
        if self._loop is None:
            return
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:  # the loop is closed: nobody is left to be told
            self._stopping = True


def _hangs(over: "asyncio.Future[None]") -> None:
    if not over.done():
        over.set_exception(TimeoutError("the port's thread hangs"))


def _sleep_sharply() -> None:
    """Let this thread's sleeps end on time: by default the kernel adds up to 50 us to each.

    A kernel that does not let us changes nothing else.
    """
    try:
        slack = Path(f"/proc/{threading.get_native_id()}/timerslack_ns")
        slack.write_text("1000", encoding="ascii")
    except OSError as error:
        _log.info("timer slack stays as it is: %s", error)
