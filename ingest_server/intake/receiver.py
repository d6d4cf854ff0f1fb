"""The intake stage: two MQTT sessions to the journal; then PUBACK, receipts, and waking others."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from ingest_server.db.journal import Kind
from ingest_server.db.set_aside import is_broken
from ingest_server.health import Vitals
from ingest_server.intake.admit import Arrival
from ingest_server.intake.answers import Answer
from ingest_server.intake.commit import Committed
from ingest_server.intake.commit_times import CommitTimes
from ingest_server.intake.desk import Desk
from ingest_server.intake.session import Session
from runtime.clock import Clock
from runtime.database import Database
from runtime.mqtt import Message
from wire.receipt import encode_receipt
from wire.topic import Down, Up, down

_log = logging.getLogger(__name__)

URGENT, REST = "urgent", "rest"
KINDS: Mapping[str, list[Up]] = {
    URGENT: [Up.URGENT, Up.BIRTH, Up.STATUS],
    REST: [Up.BULK, Up.RESULT],
}
"""Which topics each session takes: PUBACKs follow arrival order, so bulk must not stand ahead."""


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    """A slice ends at `messages` or at `payload_bytes`, so that bulk never holds the journal long.

    While the journal refuses, it is tried again after `retry_s`, doubling up to `retry_most_s`.
    Bulk lets a backlog of the urgent session go first, but waits for at most `yield_s` a slice.
    """

    messages: int = 200
    payload_bytes: int = 256 * 1024
    retry_s: float = 0.25
    retry_most_s: float = 5.0
    idle_s: float = 5.0
    yield_s: float = 1.0


@dataclass(slots=True)
class IntakeState:
    """What health shows. `trouble`: why the journal refuses, by session."""

    reachable_since_us: int | None = None
    trouble: dict[str, str] = field(default_factory=dict)


class Intake:
    """`sessions` by name (URGENT, REST). `wakes`: the events of the stages that read the journal.

    `answered`: the event of the stage that reads results and nothing else. `progress` is called
    with the session's name whenever its loop is seen alive.
    """

    def __init__(
        self,
        *,
        sessions: Mapping[str, Session],
        journal: Database,
        clock: Clock,
        wakes: Iterable[asyncio.Event] = (),
        answered: asyncio.Event | None = None,
        settings: IntakeSettings | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._sessions = sessions
        self._desk = Desk(journal, clock)
        self._clock = clock
        self._wakes = tuple(wakes)
        self._answered = answered or asyncio.Event()
        self._settings = settings or IntakeSettings()
        self._progress = progress
        self._urgent_is_through = asyncio.Event()
        self._urgent_is_through.set()
        self.state = IntakeState()
        self._times = CommitTimes()

    def reachable_since_us(self) -> int | None:
        """Since when (UTC us) the urgent session is connected; None while the broker is away."""
        return self.state.reachable_since_us

    def sessions_away(self) -> tuple[str, ...]:
        return tuple(name for name, one in self._sessions.items() if not one.is_connected)

    def vitals(self) -> Vitals:
        """Sessions and commits at this instant."""
        times = self._times
        known = {share: times.quantile(share) for share in (0.5, 0.99)}
        return Vitals(
            sessions={name: one.is_connected for name, one in self._sessions.items()},
            commits=times.count,
            commits_us=times.total_us,
            commit_us={share: took for share, took in known.items() if took is not None},
        )

    async def run(self) -> None:
        """Take in until cancelled. What is not acknowledged then, the broker redelivers.

        Raises sqlite3.DatabaseError when the journal is found broken: the next start sets it aside.
        """
        async with asyncio.TaskGroup() as group:
            for name, session in self._sessions.items():
                group.create_task(session.run(), name=f"mqtt-{name}")
                group.create_task(self._take_in(name, session), name=f"intake-{name}")
            group.create_task(self._watch(self._sessions[URGENT]))

    async def _watch(self, urgent: Session) -> None:
        while True:
            await urgent.connected()
            self.state.reachable_since_us = self._clock.utc_us()
            await urgent.disconnected()
            self.state.reachable_since_us = None

    async def _take_in(self, name: str, session: Session) -> None:
        while True:
            self._progress(name)
            messages = await self._waiting(session)
            await self._let_urgent_go_first(name, messages)
            if messages:
                await self._enter(name, session, messages)

    async def _let_urgent_go_first(self, name: str, messages: list[Message]) -> None:
        """A full slice of the urgent session means that more waits behind it (P3)."""
        if name == URGENT:
            if self._is_full(messages):
                self._urgent_is_through.clear()
            else:
                self._urgent_is_through.set()
        elif messages:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.yield_s):
                    await self._urgent_is_through.wait()

    async def _waiting(self, session: Session) -> list[Message]:
        """What waits, within the bounds of a slice; empty when nothing came for a while."""
        messages: list[Message] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.idle_s):
                messages.append(await session.receive())
        size = _size(messages)
        with suppress(TimeoutError):
            async with asyncio.timeout(0):  # whoever has to wait gets no more
                while messages and not self._are_enough(len(messages), size):
                    messages.append(await session.receive())
                    size += len(messages[-1].payload)
        return messages

    def _is_full(self, messages: list[Message]) -> bool:
        return self._are_enough(len(messages), _size(messages))

    def _are_enough(self, messages: int, size: int) -> bool:
        return messages >= self._settings.messages or size >= self._settings.payload_bytes

    async def _enter(self, name: str, session: Session, messages: list[Message]) -> None:
        now_us = self._clock.utc_us()
        committed = await self._commit(name, [_arrival(message, now_us) for message in messages])
        for message in messages:
            session.acknowledge(message)
        if Kind.RESULT in committed.kinds:
            self._answered.set()
        if committed.kinds - {Kind.RESULT}:
            for event in self._wakes:
                event.set()
        await _answer(session, committed.answers)

    async def _commit(self, name: str, arrivals: list[Arrival]) -> Committed:
        """Until the journal has them: what came later waits, so that the order stays."""
        pause_s = self._settings.retry_s
        while True:
            began_us = self._clock.mono_us()
            try:
                committed = await self._desk.enter(arrivals)
            except sqlite3.Error as error:
                self._refused(name, error)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, self._settings.retry_most_s)
                self._progress(name)
            else:
                self._times.add(self._clock.mono_us() - began_us)
                self._accepted(name)
                return committed

    def _refused(self, name: str, error: sqlite3.Error) -> None:
        if is_broken(error):
            raise error
        if name not in self.state.trouble:
            _log.error("%s: the journal refuses, nothing is acknowledged: %s", name, error)
        self.state.trouble[name] = str(error)

    def _accepted(self, name: str) -> None:
        if self.state.trouble.pop(name, None) is not None:
            _log.warning("%s: the journal takes messages again", name)


def _size(messages: Iterable[Message]) -> int:
    return sum(len(message.payload) for message in messages)


def _arrival(message: Message, now_us: int) -> Arrival:
    return Arrival(message.topic, message.payload, message.properties, message.content_type, now_us)


async def _answer(session: Session, answers: Iterable[Answer]) -> None:
    """QoS 0: a receipt that is lost comes again when the gateway asks again.

    Its topic says what it is, so that a gateway has no properties to read.
    """
    for answer in answers:
        await session.publish(
            down(answer.gateway, Down.RECEIPT),
            encode_receipt(answer.receipt),
            qos=0,
        )
