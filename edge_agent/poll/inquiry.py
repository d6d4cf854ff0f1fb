"""Asks a line for the poller: the probe first where one is due, quick units several at once."""

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from edge_agent.exchange import Ask, Failure, Fault, Reply, Request
from edge_agent.health import LineHealth
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.round_size import RoundSize
from runtime.clock import Clock

_log = logging.getLogger(__name__)

Question = tuple[PolledDevice, Request]
Heard = Callable[[int, Reply | Failure], bool]
"""Gets an answer with its place among the questions; whether others may be asked before."""


class Asker(Protocol):
    """A line: see edge_agent.bus.line.Line."""

    @property
    def name(self) -> str: ...

    @property
    def is_stuck(self) -> bool: ...

    @property
    def tells_at_once(self) -> bool: ...

    async def exchange_round(
        self, asks: Sequence[Ask], heard: "Heard | None" = None
    ) -> list[Reply | Failure]: ...

    def resting_until_us(self, unit: int) -> int: ...

    def needs_other_shape(self, unit: int) -> bool: ...

    def health(self) -> LineHealth: ...


class Inquiry:
    """The questions of one poller; it learns how many of them its line takes at once."""

    def __init__(self, line: Asker, clock: Clock) -> None:
        """Begin with one at a time."""
        self._line = line
        self._clock = clock
        self._size = RoundSize()

    @property
    def most(self) -> int:
        """So many questions at once, of devices that are not doubtful."""
        return self._size.most

    def is_doubtful(self, device: PolledDevice) -> bool:
        """Whether its probe is asked first, and so the device alone."""
        return device.probe is not None and self._line.needs_other_shape(device.unit)

    async def ask(self, questions: Sequence[Question], heard: Heard) -> None:
        """Have the answers of the first of them heard, at least of one; the rest was not asked.

        After a time-out a device is asked only if it answers its probe (P6).
        """
        device, _ = questions[0]
        if self.is_doubtful(device) and device.probe is not None:
            (answer,) = await self._exchange([(device, device.probe)], None)
            if isinstance(answer, Failure) and answer.fault is not Fault.EXCEPTION:
                heard(0, answer)
                return
            questions = questions[:1]
        told = 0

        def at_once(place: int, answer: Reply | Failure) -> bool:
            nonlocal told
            told = place + 1
            return heard(place, answer)

        answers = await self._exchange(questions, at_once)
        for place in range(told, len(answers)):
            heard(place, answers[place])
        self._size.went(answers)

    async def _exchange(
        self, questions: Sequence[Question], heard: Heard | None
    ) -> list[Reply | Failure]:
        try:
            return await self._line.exchange_round([_ask(*one) for one in questions], heard)
        except ValueError as error:
            device, _ = questions[0]
            _log.error("device %s asks what can not be sent: %s", device.name, error)
            return [Failure(Fault.EXCEPTION, self._clock.mono_us(), None, str(error))]


def _ask(device: PolledDevice, request: Request) -> Ask:
    return Ask(request, device.timeout_us, device.late_max_us, device.turnaround_us)
