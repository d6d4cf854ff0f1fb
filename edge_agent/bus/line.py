"""A line owns one port: one exchange at a time, and no late reply passes."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Self

import msgspec

from edge_agent.bus.account import LineAccount
from edge_agent.bus.echo import EchoFraming
from edge_agent.bus.framing import Framing, RtuFraming
from edge_agent.bus.line_in_loop import LineInLoop
from edge_agent.bus.line_thread import LineThread
from edge_agent.bus.outcome import OWES_NOTHING, Errand, Outcome
from edge_agent.bus.place import Place, open_place
from edge_agent.bus.port import Port
from edge_agent.bus.rest import RestBook, Standing
from edge_agent.bus.round import Round
from edge_agent.bus.wire_time import NoWire
from edge_agent.exchange import Ask, Failure, Fault, Reply, Request
from edge_agent.health import Caught, FrameRecord, LineHealth
from runtime.clock import Clock

SETTLE_US = 3_300_000
"""How long a line rests after it was opened: the usual `late_max` and a margin."""

_FIRST_TRY_S = 2.0
_STUCK_US = 15_000_000  # connecting takes 3 s, an exchange twice its time-out
_HANGS = "the port's thread hangs"

_log = logging.getLogger(__name__)


class LineSettings(msgspec.Struct, frozen=True):
    """`settle_us`: rest after opening, since whoever held the port before may be owed a reply.

    `refuse_early` is off only for a port behind which no wire keeps the time. `framing` belongs to
    this line alone. `local_echo`: the adapter hears itself, and that is known.
    """

    name: str
    port: Place
    settle_us: int = SETTLE_US
    refuse_early: bool = True
    framing: Framing = msgspec.field(default_factory=RtuFraming)
    local_echo: bool = False


class Line:
    """An async context manager; inside it `exchange` may be called by any task of this loop."""

    def __init__(
        self,
        settings: LineSettings,
        clock: Clock,
        open_port: Callable[[Place], Port] = open_place,
    ) -> None:
        """Take the settings; nothing is opened before `async with`."""
        self._settings = settings
        self._clock = clock
        self._turn = asyncio.Lock()
        self._asking = 0
        self._under_way: Round | None = None
        self._rests = RestBook()
        self._account = LineAccount(settings.port.format.gap_us, settings.framing)
        self._first_try = asyncio.Event()
        self._closing = False
        self._opened = 0
        self._problem = "not opened yet"
        self._hears_itself = False
        # a wire's silences are sharper than the timers of an event loop
        kind = LineInLoop if isinstance(settings.port.format, NoWire) else LineThread
        self._worker = kind(
            settings.port,
            clock,
            open_port,
            self,
            refuse_early=settings.refuse_early,
            framing=EchoFraming(settings.framing) if settings.local_echo else settings.framing,
        )

    @property
    def is_stuck(self) -> bool:
        """Whether a thread of its own has been in one call for longer than any takes: it hangs."""
        since_us = self._worker.busy_since_us
        return since_us is not None and self._clock.mono_us() - since_us > _STUCK_US

    @property
    def name(self) -> str:
        return self._settings.name

    async def __aenter__(self) -> Self:
        self._worker.start(asyncio.get_running_loop())
        try:
            async with asyncio.timeout(_FIRST_TRY_S):
                await self._first_try.wait()
        except TimeoutError:
            _log.warning("line %s: opening %s hangs", self.name, self._settings.port.path)
        except asyncio.CancelledError:
            await self._worker.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing = True
        await self._worker.stop()

    async def exchange(
        self, request: Request, *, timeout_us: int, late_max_us: int, turnaround_us: int = 0
    ) -> Reply | Failure:
        """Send the request and return what its unit answered, or why it did not.

        `timeout_us` runs from the first bit sent to the last bit of the reply (never less than the
        wire needs, and 20 ms). A unit that did not answer rests for longer than `late_max_us`;
        while it rests, and while the port is gone, the failure comes at once. `turnaround_us` is
        the silence that the unit needs after its reply. Raise ValueError for a request that no
        frame can carry, RuntimeError if the line has died (only a new start helps). When
        the caller is cancelled, the unit rests too.
        """
        (answer,) = await self.exchange_round(
            [Ask(request, timeout_us, late_max_us, turnaround_us)]
        )
        return answer

    @property
    def tells_at_once(self) -> bool:
        """Whether a round's answers are heard as they come, each before the next is asked for."""
        return isinstance(self._worker, LineInLoop)

    async def exchange_round(
        self, asks: Sequence[Ask], heard: Callable[[int, Reply | Failure], bool] | None = None
    ) -> list[Reply | Failure]:
        """Exchange requests of different units one after the other; return the first's answers.

        There is at least one. Those that have none were not begun and owe nothing: one before them
        got no answer, somebody else waits for the line, 5 ms are over, or they can not be sent now.
        For each it is as `exchange` says, and ValueError is of the first of them.

        Where the line `tells_at_once`, `heard` gets each answer that came, with its place in
        `asks`, before the next request is sent; none is sent if it returns False.
        """
        first = self._errand(asks[0])
        if self._under_way is not None:
            refusal = self._refusal(first.request)
            if refusal is not None:  # known without waiting for the line
                return [refusal]
            self._under_way.is_wanted = True
        self._asking += 1
        try:
            async with self._turn:
                refusal = self._refusal(first.request)
                if refusal is not None:
                    return [refusal]
                others = self._errands(asks[1:]) if self._asking == 1 else ()
                round_ = Round((first, *others))
                if heard is not None and self.tells_at_once:
                    round_.heard = partial(self._heard, round_, asks, heard)
                return await self._send(round_, asks)
        finally:
            self._asking -= 1

    def resting_until_us(self, unit: int) -> int:
        """When the unit may be asked again; a time that has passed if it may be now."""
        return self._rests.until_us(unit)

    def needs_other_shape(self, unit: int) -> bool:
        """Tell whether the unit's next request should have another length or function.

        It is true from a time-out until the unit's next answer. A caller that knows another read
        in the unit's map asks that one first; a caller that does not may ask what it always asks.
        """
        now = self._clock.mono_us()
        return self._rests.standing(unit, now) is Standing.NEEDS_OTHER_SHAPE

    def health(self) -> LineHealth:
        return LineHealth(
            line=self.name,
            is_open=not self._problem,
            problem=self._problem,
            opened=self._opened,
            busy=self._account.busy(self._clock.mono_us()),
            discarded_bytes=self._account.discarded_bytes,
            units=self._account.units(self._rests.until_us),
            hears_itself=self._hears_itself,
        )

    def frames(self) -> tuple[FrameRecord, ...]:
        """Return the last 128 frames and discarded bytes, oldest first."""
        return self._account.frames()

    def caught(self) -> tuple[Caught, ...]:
        """Return what was odd since the last time, each with the frames before it."""
        return self._account.caught()

    def port_opened(self) -> None:
        """Take note: the port is open, and who knows what was asked before."""
        self._rests.rest_all(self._clock.mono_us() + self._settings.settle_us)
        self._opened += 1
        self._problem = ""
        self._first_try.set()
        _log.info("line %s: %s is open", self.name, self._settings.port.path)

    def port_gone(self, problem: str) -> None:
        """Take note: the port is gone, or still is."""
        if problem != self._problem and not self._closing:
            _log.warning("line %s: %s", self.name, problem)
        self._problem = problem
        self._first_try.set()

    def _refusal(self, request: Request) -> Failure | None:
        if self._worker.has_died:
            raise RuntimeError(f"line {self.name} has died; the log says why")
        now = self._clock.mono_us()
        if self._problem or self.is_stuck:
            return Failure(Fault.PORT_GONE, now, None, self._problem or _HANGS)
        if self._rests.standing(request.unit, now) is Standing.RESTING:
            return Failure(Fault.RESTING, now)
        return None

    def _errand(self, ask: Ask) -> Errand:
        frame = self._settings.framing.encode(ask.request)
        return Errand(ask.request, frame, ask.timeout_us, ask.turnaround_us)

    def _errands(self, asks: Sequence[Ask]) -> Iterator[Errand]:
        """Those that can be sent, up to the first that can not: it is refused when it is first."""
        for ask in asks:
            if self._refusal(ask.request) is not None:
                return
            try:
                yield self._errand(ask)
            except ValueError:
                return

    async def _send(self, round_: Round, asks: Sequence[Ask]) -> list[Reply | Failure]:
        self._under_way = round_
        try:
            await self._worker.run(round_)
        except TimeoutError:
            return self._given_up(round_, asks)
        except asyncio.CancelledError:
            self._given_up(round_, asks)
            raise
        finally:
            self._under_way = None
        return self._answers(round_, asks, len(round_.outcomes))

    def _answers(self, round_: Round, asks: Sequence[Ask], count: int) -> list[Reply | Failure]:
        for place in range(round_.noted, count):
            self._note(round_.errands[place], round_.outcomes[place], asks[place].late_max_us)
        return [outcome.result for outcome in round_.outcomes[:count]]

    def _heard(
        self,
        round_: Round,
        asks: Sequence[Ask],
        heard: Callable[[int, Reply | Failure], bool],
    ) -> None:
        place, outcome = round_.noted, round_.outcomes[round_.noted]
        round_.noted += 1
        self._note(round_.errands[place], outcome, asks[place].late_max_us)
        round_.is_wanted |= not heard(place, outcome.result)

    def _given_up(self, round_: Round, asks: Sequence[Ask]) -> list[Reply | Failure]:
        """Nobody waits for the round any more; the unit that owes an answer rests."""
        count = round_.abandon()
        self._worker.wake()
        answers = self._answers(round_, asks, count)
        if count < len(round_.errands):
            errand, now = round_.errands[count], self._clock.mono_us()
            self._account.cancelled(errand.request.unit)
            self._rests.rest(errand.request, now, asks[count].late_max_us)
            was_sent = errand.sent_us is not None
            answers.append(Failure(Fault.PORT_GONE, now, None, _HANGS, was_sent))
        return answers

    def _note(self, errand: Errand, outcome: Outcome, late_max_us: int) -> None:
        self._account.asked(errand.request, outcome)
        if outcome.hears_itself and not self._settings.local_echo and not self._hears_itself:
            self._hears_itself = True
            _log.warning("line %s hears its own requests: write local_echo = true", self.name)
        result = outcome.result
        if isinstance(result, Reply) or result.fault in OWES_NOTHING:
            self._rests.answered(errand.request.unit)
        elif outcome.sent_us is not None:
            self._rests.rest(errand.request, outcome.ended_us, late_max_us)
