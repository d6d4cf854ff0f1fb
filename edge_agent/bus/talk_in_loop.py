"""Dialogues on an open port by the calls of an event loop; nothing in it ever waits."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

from edge_agent.bus.deadline import Deadline
from edge_agent.bus.dialogue import Dialogue, Say, Steps, Wait
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.round import Round

_NOT_TAKEN = "a request was not taken in time"


class TalkInLoop:
    """What Talk does by waiting. Its port is watched from the start on, and gone after `close`.

    Each call of the loop reads once, so that who never stops sending leaves the loop to others.
    `lost` is called when the port goes between two rounds. All that the loop calls is done in
    `guard`, which hears of what nobody expected.
    """

    def __init__(
        self,
        port: Port,
        dialogue: Dialogue,
        loop: asyncio.AbstractEventLoop,
        lost: Callable[[str], None],
        guard: AbstractContextManager[None],
    ) -> None:
        """Watch the port."""
        self._port = port
        self._dialogue = dialogue
        self._loop = loop
        self._lost = lost
        self._guard = guard
        self._deadline = Deadline(loop, self._passed)
        self._steps: Steps[None] | None = None
        self._over: Callable[[], None] | None = None
        self._unsent = b""
        self._wants_room = False
        loop.add_reader(port.fileno(), self._readable)

    @property
    def is_busy(self) -> bool:
        """Whether a round is under way."""
        return self._steps is not None

    def begin(self, round_: Round, over: Callable[[], None]) -> None:
        """Do the round, after the one before; `over` is called at its end, at once perhaps."""
        self._over = over
        self._go_on(self._dialogue.round(round_), None)

    def wake(self) -> None:
        """Look whether the errand under way was given up; what is being sent is sent whole."""
        if self._steps is not None and not self._unsent:
            self._go_on(self._steps, b"")

    def break_off(self, problem: str) -> None:
        """End the round under way, if any: the port is of no more use."""
        if self._steps is not None:
            self._go_on(self._steps, PortGoneError(problem))

    def close(self) -> None:
        """Let go of the port, once no round is under way."""
        self._deadline.close()
        self._want_no_room()
        self._loop.remove_reader(self._port.fileno())
        self._port.close()

    def _readable(self) -> None:
        with self._guard:
            came: bytes | PortGoneError
            try:
                came = self._port.receive(0)
            except PortGoneError as error:
                came = error
            if isinstance(came, PortGoneError) and self._steps is None:
                self._lost(str(came))
            else:
                self._take(came)

    def _take(self, came: bytes | PortGoneError) -> None:
        if self._steps is not None and came and not (self._unsent and isinstance(came, bytes)):
            self._go_on(self._steps, came)
        elif isinstance(came, bytes):
            self._dialogue.discard(came)

    def _passed(self) -> None:
        with self._guard:
            if self._unsent:
                self.break_off(_NOT_TAKEN)
            else:
                self.wake()

    def _writable(self) -> None:
        with self._guard:
            try:
                self._unsent = self._unsent[self._port.offer(self._unsent) :]
            except PortGoneError as error:
                self.break_off(str(error))
            else:
                if not self._unsent:
                    self.wake()

    def _go_on(self, steps: Steps[None], came: bytes | PortGoneError | None) -> None:
        """Give the round what it waited for, until it has to wait again or is over."""
        self._steps = steps
        self._want_no_room()
        is_drained = bool(came)  # what came was all that was there
        try:
            wanted = _step(steps, came)
            while (came := self._done(wanted, is_drained=is_drained)) is not None:
                wanted = _step(steps, came)
        except StopIteration:
            self._steps = None
        if self._steps is None:
            self._deadline.lift()
            if self._over is not None:
                self._over()

    def _done(self, wanted: Wait | Say, *, is_drained: bool) -> bytes | PortGoneError | None:
        """Do what is wanted; None when that takes time."""
        try:
            if isinstance(wanted, Say):
                return self._say(wanted)
            if wanted.wait_us <= 0:
                return b"" if is_drained else self._port.receive(0)
        except PortGoneError as error:
            return error
        self._deadline.put(wanted.wait_us)
        return None

    def _say(self, wanted: Say) -> bytes | None:
        taken = self._port.offer(wanted.data)
        if taken == len(wanted.data):
            return b""
        self._unsent = wanted.data[taken:]
        self._deadline.put(wanted.wait_us)
        self._wants_room = True
        self._loop.add_writer(self._port.fileno(), self._writable)
        return None

    def _want_no_room(self) -> None:
        if self._wants_room:
            self._wants_room, self._unsent = False, b""
            self._loop.remove_writer(self._port.fileno())


def _step(steps: Steps[None], came: bytes | PortGoneError | None) -> Wait | Say:
    if came is None:
        return next(steps)
    return steps.send(came) if isinstance(came, bytes) else steps.throw(came)
