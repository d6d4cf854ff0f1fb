"""Looks at what the buffer took, and does what the configuration wants done while an alarm holds.

An order is a command like those of the server, by the same table and the same hands: done once,
between two polls, kept with its answer, and its answer is sent up.
"""

import asyncio
import logging
import math
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from edge_agent.config.local_plan import LocalActionConfig
from edge_agent.exchange import Sample
from edge_agent.local_action.book import Book, TooLargeError
from edge_agent.local_action.decide import Memory, Phase, View, decide, resumed
from edge_agent.local_action.standing import (
    Standing,
    Succession,
    farewell,
    remembered,
    stand,
    succession,
)
from edge_agent.own_health import LocalActionHealth
from runtime.beat import Beat
from runtime.clock import Clock
from wire.command import Command, Result
from wire.own_order import unsigned
from wire.reading import ITS_ACTION, ITSELF

NAME = "local actions"
_WAITING_MOST = 4_096
_LOOK_S = 0.2  # while somebody waits for what nobody tells
_SECOND_US = 1_000_000
_STEPS = 4
_DETAIL = 200
_ENDING_MOST = 16
_MARK_BYTES = 3

log = logging.getLogger(__name__)


class Orders(Protocol):
    """The table of commands: see edge_agent.buffer.control.Control."""

    async def take(self, command: Command) -> object: ...

    async def result(self, command_id: str) -> Result | None: ...


class Intake(Protocol):
    """Where samples go."""

    async def take(self, device: str, samples: Sequence[Sample]) -> None: ...


class Actor:
    """One task for all local actions of a gateway; made before the lines are watched."""

    def __init__(
        self,
        plans: Callable[[], Sequence[LocalActionConfig]],
        *,
        orders: Orders,
        intake: Intake,
        book: Book,
        clock: Clock,
        is_cut_off: Callable[[], bool],
        tell: Callable[[str], None],
        progress: Callable[[str], None],
    ) -> None:
        """`plans`: those in force now.

        `tell` is called with what a person should know, `progress` at
        each beat at the latest.
        """
        self._in_force = plans
        self._beat = Beat()
        self._orders = orders
        self._intake = intake
        self._book = book
        self._clock = clock
        self._is_cut_off = is_cut_off
        self._tell = tell
        self._progress = progress
        self._plans = tuple(plans())
        self._watched = _watched(self._plans)
        self._waiting: deque[tuple[str, tuple[Sample, ...]]] = deque(maxlen=_WAITING_MOST)
        self._news = asyncio.Event()
        self._standing: dict[str, Standing] = {}
        self._ending: list[Standing] = []
        self._is_unsaved = False

    def heard(self, device: str, samples: Sequence[Sample]) -> None:
        """Take note of what was committed; it costs the caller nothing."""
        if device not in self._watched:
            return
        if len(self._waiting) == _WAITING_MOST:
            self._tell("local actions came behind: samples were not judged")
        self._waiting.append((device, tuple(samples)))
        self._news.set()

    async def run(self) -> None:
        """Until cancelled. A disk that refuses is asked again, some times a second."""
        await self._begin()
        self._news.set()
        while True:
            self._progress(NAME)
            await self._beat.told(self._news, self._rest_s())
            self._news.clear()
            self._adopt()
            self._judge()
            for one in [*self._ending, *self._standing.values()]:
                await self._go_on(one)
            self._end()
            if self._is_unsaved:
                await self._save()

    def _rest_s(self) -> float:
        """Until a delay or a silence is over; an answer and the way to the server are looked at."""
        all_of_them = [*self._standing.values(), *self._ending]
        if self._is_unsaved or any(one.is_watched for one in all_of_them):
            return _LOOK_S
        now_us = self._clock.mono_us()
        ends = (one.next_us(now_us) for one in all_of_them)
        end_us = min((one for one in ends if one is not None), default=None)
        return math.inf if end_us is None else (end_us - now_us) / _SECOND_US

    def health(self) -> tuple[LocalActionHealth, ...]:
        """Of all that there are, and of those that are no more and not undone yet."""
        return tuple(one.health() for one in [*self._standing.values(), *self._ending])

    async def _begin(self) -> None:
        try:
            known = await asyncio.to_thread(self._book.read)
        except OSError as error:
            self._tell(f"what local actions did before can not be read: {error}")
            known = {}
        now_us, boot = self._clock.mono_us(), self._clock.boot
        for plan in self._plans:
            is_known = plan.name in known and _is_of(known[plan.name], plan)
            memory = known.pop(plan.name) if is_known else _blank()
            self._standing[plan.name] = stand(plan, resumed(memory, boot, now_us), now_us)
        for name, memory in known.items():
            self._part(remembered(name.partition("/")[0], memory), memory)

    def _adopt(self) -> None:
        """Others may be in force now: what goes on as it was notices nothing."""
        plans = tuple(self._in_force())
        if plans == self._plans:
            return
        self._plans, self._watched = plans, _watched(plans)
        before, now_us = self._standing, self._clock.mono_us()
        named = {plan.name: plan for plan in plans}
        kept = {name: succession(one.plan, named.get(name)) for name, one in before.items()}
        for name, one in before.items():
            if kept[name] is Succession.ENDS:
                self._part(one.plan, one.memory)
        self._standing = {
            plan.name: before[plan.name]
            if kept.get(plan.name) is Succession.SAME
            else stand(plan, _inherited(before.get(plan.name), kept.get(plan.name)), now_us)
            for plan in plans
        }
        self._is_unsaved = True

    def _part(self, plan: LocalActionConfig | None, memory: Memory) -> None:
        """It is no more: what it may have switched on is switched off, however long that takes."""
        last = (
            None
            if plan is None
            else farewell(plan, memory, self._clock.boot, self._clock.mono_us())
        )
        if last is None:
            return
        self._tell(
            f"local action {last.plan.name} is no more: {last.plan.undo} at {last.plan.device}"
        )
        if len(self._ending) == _ENDING_MOST:
            gone = self._ending.pop(0)
            self._tell(f"local action {gone.plan.name} was never undone at {gone.plan.device}")
        self._ending.append(last)

    def _judge(self) -> None:
        standing = self._standing.values()
        while self._waiting:
            device, samples = self._waiting.popleft()
            for one in standing:
                one.trigger.feed(device, samples)
        for one in standing:
            one.trigger.pass_time(self._clock.mono_us())

    def _end(self) -> None:
        """Forget those that are undone, and those that nobody here can undo."""
        left = []
        for one in self._ending:
            if one.is_hopeless:
                self._tell(f"local action {one.plan.name} was never undone: {one.memory.detail}")
            elif one.memory.phase is not Phase.IDLE:
                left.append(one)
        self._is_unsaved = self._is_unsaved or len(left) < len(self._ending)
        self._ending = left

    async def _go_on(self, one: Standing) -> None:
        """As many steps as there are to do now."""
        try:
            for _ in range(_STEPS):
                if one.is_owed:
                    await self._orders.take(one.order())
                    one.is_owed = False
                if not await self._step(one):
                    return
        except sqlite3.OperationalError as error:
            self._tell(f"local action {one.plan.name} waits, the disk refuses: {error}")

    async def _step(self, one: Standing) -> bool:
        """It is on the disk before it is done; what the disk refuses is done all the same."""
        decision = decide(one.plan, one.memory, await self._view(one))
        one.reason = decision.reason
        if decision.memory == one.memory:
            return False
        is_news = one.enter(decision)
        await self._save()
        if is_news:
            text = one.text()
            log.warning("local action %s (%s) %s", text, one.reason, one.memory.detail)
            self._tell(f"local action {text}")
            await self._intake.take(ITSELF, [Sample(ITS_ACTION, text, self._clock.mono_us())])
        return True

    async def _save(self) -> None:
        memories = {name: one.memory for name, one in self._standing.items()}
        for one in self._ending:
            memories[f"{one.plan.name}/{one.memory.mark}{one.memory.number}"] = one.memory
        try:
            await asyncio.to_thread(self._book.write, memories)
        except (OSError, TooLargeError) as error:
            self._is_unsaved = True
            self._tell(f"what local actions do can not be written: {error}")
        else:
            self._is_unsaved = False

    async def _view(self, one: Standing) -> View:
        result = None
        if one.memory.has_order:
            result = await self._orders.result(one.order_id)
        return View(
            boot=self._clock.boot,
            now_us=self._clock.mono_us(),
            holding=one.trigger.holding,
            since_us=one.trigger.since_us,
            is_cut_off=self._is_cut_off(),
            outcome=None if result is None else result.outcome,
            detail="" if result is None else unsigned(one.order(), result.detail)[:_DETAIL],
        )


def _inherited(before: Standing | None, kept: Succession | None) -> Memory:
    """What a successor knows; one that does other things begins anew."""
    if before is None or kept is not Succession.GOES_ON:
        return _blank()
    return before.memory


def _blank() -> Memory:
    return Memory(mark=os.urandom(_MARK_BYTES).hex())


def _is_of(memory: Memory, plan: LocalActionConfig) -> bool:
    """Whether it was done, if it was, at what the plan names now; an older release did not say."""
    return not memory.device or (memory.device, memory.undo) == (plan.device, plan.undo or "")


def _watched(plans: Sequence[LocalActionConfig]) -> set[str]:
    return {device for plan in plans for device, _ in plan.when}
