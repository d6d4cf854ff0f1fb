"""A line that keeps no silences, in the event loop: opens the port, does rounds, tries again."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from types import TracebackType

from edge_agent.bus.back_off import BackOff
from edge_agent.bus.deadline import Deadline
from edge_agent.bus.dialogue import Dialogue
from edge_agent.bus.framing import Framing
from edge_agent.bus.opening import open_beside
from edge_agent.bus.place import Place
from edge_agent.bus.port import Owner, Port, PortGoneError
from edge_agent.bus.round import Round
from edge_agent.bus.talk_in_loop import TalkInLoop
from edge_agent.bus.waiting import Waiting, rounds_waiting
from runtime.clock import Clock

_CLOSED = "the line is closed"
_DIED = "the line has died"

_log = logging.getLogger(__name__)


class LineInLoop:
    """Does what LineThread does, where no wire needs silences sharper than a loop's timers.

    No task is switched to before a round is over. Opening alone takes a thread, while it lasts.
    """

    busy_since_us: int | None = None  # it is in no call that may block

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
        self._waiting = rounds_waiting()
        self._under_way: Waiting | None = None
        self._back_off = BackOff()
        self._problem = "not opened yet"
        self._is_opening = False
        self._stopping = False
        self._ended = False
        self._talk: TalkInLoop | None = None
        self._guard = _Guard(self._die)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to open the port; everything else happens in `loop`."""
        self._loop = loop
        self._next_try = Deadline(loop, self.wake)
        self._look()

    async def run(self, round_: Round) -> None:
        """Have the round done: it has an outcome at the least; a few abandoned ones are before.

        Raise RuntimeError for a fault of ours.
        """
        waiting = Waiting(round_, self._loop.create_future())
        self._waiting.append(waiting)
        with self._guard:
            self._look()
        await waiting.over

    @property
    def has_died(self) -> bool:
        """Whether it ended although nobody told it to: a fault of ours."""
        return self._ended and not self._stopping

    def wake(self) -> None:
        """Look at what has changed."""
        with self._guard:
            if self._talk is not None:
                self._talk.wake()
            self._look()

    async def stop(self) -> None:
        """Close the connection; a round under way ends as if the port had gone."""
        self._stopping = self._ended = True
        if self._talk is not None:
            self._talk.break_off(_CLOSED)
        self._lost(_CLOSED)

    def _look(self) -> None:
        """Begin what can be begun: a round, an opening, or the wait for the next one."""
        if self._talk is not None:
            if self._waiting and not self._talk.is_busy:
                self._under_way = waiting = self._waiting.popleft()
                self._talk.begin(waiting.round, partial(self._over, waiting))
            return
        if self._ended:
            self._next_try.close()
            self._refuse_waiting()
        elif not self._is_opening:
            self._try()

    def _try(self) -> None:
        """Open the port, or wait until that may be tried again."""
        wait_us = self._back_off.next_us - self._clock.mono_us()
        if wait_us > 0:
            self._refuse_waiting()
            self._next_try.put(wait_us)
        else:
            self._is_opening = True
            open_beside(self._loop, self._open_port, self._settings, self._opened)

    def _opened(self, found: Port | PortGoneError | None) -> None:
        self._is_opening = False
        with self._guard:
            if found is None:
                self._die()
            elif isinstance(found, PortGoneError):
                self._lost(str(found))
            elif self._ended:
                found.close()
            else:
                self._serve(found)

    def _serve(self, port: Port) -> None:
        dialogue = Dialogue(
            self._settings.format,
            self._clock.mono_us,
            refuse_early=self._refuse_early,
            framing=self._framing,
        )
        self._talk = TalkInLoop(port, dialogue, self._loop, self._lost, self._guard)
        self._back_off.worked()
        self._owner.port_opened()
        self._look()

    def _over(self, waiting: Waiting) -> None:
        self._under_way = None
        last = waiting.round.outcomes[-1]
        if last.out_of_step:  # the port works, but where the next frame starts is not known
            _log.info("%s: out of step; it is opened anew", self._settings.path)
            self._owner.port_gone(last.port_problem)
            self._let_go()
        elif last.port_problem:  # told before the answer, so that nobody asks again before it
            self._lost(last.port_problem)
        waiting.end()
        self._look()

    def _lost(self, problem: str) -> None:
        self._let_go()
        self._back_off.failed(self._clock.mono_us())
        self._problem = problem
        self._owner.port_gone(problem)
        self._look()

    def _let_go(self) -> None:
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    def _refuse_waiting(self) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            waiting.refuse(self._problem, self._clock.mono_us())
            waiting.end()

    def _die(self) -> None:
        """A fault of ours: what is raised goes on to the loop's log, and nothing is begun again."""
        self._ended = True
        self._let_go()
        self._next_try.close()
        self._owner.port_gone(_DIED)
        if self._under_way is not None:
            self._waiting.appendleft(self._under_way)
        while self._waiting:
            self._waiting.popleft().fail(_DIED)


class _Guard:
    """Lets every exception through, and tells of it before."""

    def __init__(self, failed: Callable[[], None]) -> None:
        self._failed = failed

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._failed()
