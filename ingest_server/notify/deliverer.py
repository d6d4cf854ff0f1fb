"""The loop that tells receivers: each alarm's revisions in order, life safety first, for ever."""

import asyncio
import hashlib
import logging
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

import msgspec

from ingest_server.db import delivery_list, outbox
from ingest_server.db.delivery import Attempt, Delivery
from ingest_server.notify import payload, retry
from ingest_server.notify.answer import Answer, Outcome
from ingest_server.notify.delivery_log import (
    tell_attempt,
    tell_orphan,
    tell_superseded,
    tell_turn,
)
from ingest_server.notify.pace import Pace
from ingest_server.notify.reach import Reach, Reaches
from ingest_server.notify.signature import signed_headers
from ingest_server.notify.slots import SlotPlan, Slots
from ingest_server.receiver import Place, Receiver
from runtime.clock import Clock
from runtime.database import Database

_log = logging.getLogger(__name__)
_FORGOTTEN_AT_ONCE = 5_000


class Poster(Protocol):
    """Whatever carries a body to a receiver. Never raises for what the network or that one does."""

    async def post(self, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send once, wait for the answer within a time of its own, and name the outcome."""
        ...


class Deliverer:
    """Posts what the outbox in `database` (book.db) holds, until it is cancelled.

    `wake`: set it when something was queued or replayed; without it a look is taken twice a
    second. `alarms_url`: where the API shows alarms, for links. One deliverer to a database: what
    is under way stands in its memory, so that a crash sets it free. `progress` is called whenever
    the loop is seen alive.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        receivers: Sequence[Receiver],
        places: Mapping[str, Place],
        poster: Poster,
        *,
        wake: asyncio.Event | None = None,
        alarms_url: str | None = None,
        pace: Pace | None = None,
        slots: SlotPlan | None = None,
        jitter: Callable[[], float] = random.random,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._receivers = {receiver.id: receiver for receiver in receivers}
        self._places = places
        self._poster = poster
        self._wake = wake or asyncio.Event()
        self._alarms_url = alarms_url
        self._pace = pace or Pace()
        self._slots = Slots(slots or SlotPlan())
        self._jitter = jitter
        self._progress = progress
        self._busy: set[outbox.Line] = set()
        self._reaches = Reaches()
        self._started_us = clock.utc_us()
        self._mono_offset_us = self._started_us - clock.mono_us()

    def reach(self) -> dict[str, Reach]:
        """By receiver: when it was last heard and what came of the latest attempt."""
        return {receiver: self._reaches.of(receiver) for receiver in self._receivers}

    async def run(self) -> None:
        """Deliver and send heartbeats for ever. Cancelling it loses nothing that was committed."""
        async with asyncio.TaskGroup() as group:
            for receiver in self._receivers.values():
                group.create_task(self._beat(receiver))
            group.create_task(self._keep_house())
            while True:
                self._progress()
                await self.step(group)
                await self._rest()

    async def step(self, group: asyncio.TaskGroup) -> None:
        """Start in `group` every attempt that is due and has a slot. A database fault is logged."""
        try:
            due = await self._due()
        except sqlite3.Error as error:
            _log.error("the outbox can not be read, delivery waits: %s", error)
            return
        for delivery in self._slots.take(due):
            self._busy.add((delivery.receiver, delivery.alarm_id))
            group.create_task(self._deliver(delivery))

    async def test(self, receiver_id: str) -> Answer:
        """Post one `receiver.test`, outside outbox and slots; raise KeyError for no such one."""
        receiver = self._receivers[receiver_id]
        now_us = self._clock.utc_us()
        body = payload.receiver_test_body(receiver.id, now_us)
        return (await self._post(receiver, _passing_id("test", receiver.id, now_us), body))[0]

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.look_s):
                await self._wake.wait()
        self._wake.clear()

    async def _due(self) -> list[Delivery]:
        """What may be tried now, life safety first, once newer revisions have passed older ones.

        `busy` is noted before the look: a line whose attempt ends while we look has changed. An
        attempt under way keeps its turn; its line is looked at again when it has ended.
        """
        now_us, busy = self._now_us(), frozenset(self._busy)
        overdue, due = await self._database.read(lambda book: self._look(book, now_us, len(busy)))
        lines = [line for line in overdue if line not in busy and line[0] in self._receivers]
        if lines:
            passed = await self._database.transact(
                lambda book: [outbox.supersede(book, line, self._clock.utc_us()) for line in lines],
            )
            tell_superseded(one for one in passed if one is not None)
            _, due = await self._database.read(lambda book: self._look(book, now_us, len(busy)))
        return [one for one in due if (one.receiver, one.alarm_id) not in busy]

    def _look(
        self,
        book: sqlite3.Connection,
        now_us: int,
        under_way: int,
    ) -> tuple[list[outbox.Line], list[Delivery]]:
        due = [
            delivery
            for receiver in self._receivers
            for life_safety in (True, False)
            for delivery in outbox.due(
                book,
                receiver,
                life_safety=life_safety,
                now_us=now_us,
                horizon_us=retry.HORIZON_US,
                limit=self._slots.plan.total + under_way,
            )
        ]
        return outbox.overdue(book, now_us, retry.PATIENCE_US), due

    async def _deliver(self, delivery: Delivery) -> None:
        """One attempt, then its commit; only then is the next one of the line free to go."""
        try:
            answer, attempt = await self._attempt(delivery)
        finally:
            self._slots.free(delivery)
        await self._settle(delivery, answer, attempt)
        self._busy.discard((delivery.receiver, delivery.alarm_id))
        self._wake.set()

    async def _attempt(self, delivery: Delivery) -> tuple[Answer, Attempt]:
        try:
            body = payload.alarm_body(delivery.decoded(), self._places, self._alarms_url)
        except (msgspec.DecodeError, OverflowError) as error:  # the latter: a time beyond any year
            _log.error("delivery %s is damaged in book.db: %s", delivery.id, error)
            answer = Answer(outcome=Outcome.UNREADABLE, text=type(error).__name__)
            return answer, _attempt_of(answer, self._clock.utc_us(), 0)
        return await self._post(self._receivers[delivery.receiver], delivery.id, body)

    async def _post(
        self,
        receiver: Receiver,
        message_id: str,
        body: bytes,
    ) -> tuple[Answer, Attempt]:
        """Sign with the time of this attempt, send, and note what the answer tells of reach."""
        at_us, began_us = self._clock.utc_us(), self._clock.mono_us()
        headers = signed_headers(receiver.secrets, message_id, at_us // 1_000_000, body)
        answer = await self._poster.post(receiver, headers, body)
        turn = self._reaches.note(receiver.id, answer.outcome, self._clock.utc_us())
        tell_turn(receiver.id, turn, answer)
        return answer, _attempt_of(answer, at_us, (self._clock.mono_us() - began_us) // 1_000)

    async def _settle(self, delivery: Delivery, answer: Answer, attempt: Attempt) -> None:
        """Commit what came of it. While the disk refuses, try that again, not the delivery."""
        now_us = self._now_us()
        decision = retry.decide(
            answer,
            delivery.failures,
            life_safety=delivery.life_safety,
            jitter=self._jitter(),
        )

        def work(book: sqlite3.Connection) -> None:
            if decision.reason is retry.Reason.DONE:
                outbox.record_delivered(book, delivery.id, attempt)
                return
            next_us = now_us + decision.pause_us
            hold_us = next_us if decision.held else 0
            outbox.record_failed(
                book,
                delivery.id,
                attempt,
                now_us=now_us,
                next_us=next_us,
                hold_us=hold_us,
            )

        await self._commit(delivery, work)
        tell_attempt(delivery, attempt, decision)

    async def _commit(self, delivery: Delivery, work: Callable[[sqlite3.Connection], None]) -> None:
        while True:
            try:
                await self._database.transact(work)
            except sqlite3.Error as error:
                _log.error("delivery %s can not be recorded: %s", delivery.id, error)
                await asyncio.sleep(self._pace.commit_s)
            else:
                return

    async def _keep_house(self) -> None:
        """Name receivers that are owed but not configured, and forget what is long settled."""
        while True:
            try:
                for one in await self._database.read(delivery_list.backlog):
                    if one.receiver not in self._receivers:
                        tell_orphan(one.receiver, one.undelivered)
                if self._clock.is_trusted():
                    await self._forget()
            except sqlite3.Error as error:
                _log.error("the outbox can not be looked through: %s", error)
            await asyncio.sleep(self._pace.house_s)

    async def _forget(self) -> None:
        before_us = self._clock.utc_us() - self._pace.keep_s * retry.SECOND
        await self._database.transact(
            lambda book: outbox.forget_settled(book, before_us, _FORGOTTEN_AT_ONCE),
        )

    async def _beat(self, receiver: Receiver) -> None:
        """One heartbeat each interval, whatever the outbox holds and however the last one went."""
        beat = 0
        interval_s = receiver.heartbeat_s or self._pace.heartbeat_s
        while True:
            began_us, now_us = self._clock.mono_us(), self._clock.utc_us()
            beat += 1
            body = payload.heartbeat_body(
                receiver.id,
                beat=beat,
                started_us=self._started_us,
                interval_s=interval_s,
                now_us=now_us,
            )
            message_id = _passing_id(f"{self._clock.boot}{beat}", receiver.id, self._started_us)
            await self._post(receiver, message_id, body)
            spent_s = (self._clock.mono_us() - began_us) / 1_000_000
            await asyncio.sleep(max(0.0, interval_s - spent_s))

    def _now_us(self) -> int:
        """UTC as it was at the start plus what has passed: a step of the clock moves no retry."""
        return self._mono_offset_us + self._clock.mono_us()


def _passing_id(*words: str | int) -> str:
    """The id of a message that is sent once and stands in no table."""
    text = "\0".join(str(word) for word in words)
    return "msg_" + hashlib.sha256(text.encode()).hexdigest()[:32]


def _attempt_of(answer: Answer, at_us: int, latency_ms: int) -> Attempt:
    return Attempt(
        at_us=at_us,
        outcome=answer.outcome,
        status=answer.status,
        latency_ms=latency_ms,
        answer=answer.text,
    )
