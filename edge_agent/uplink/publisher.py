"""Lanes to MQTT, receipts to lanes, commands to control; a birth at each connection, heartbeats."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.row_id import span_of_lane
from edge_agent.buffer.timebase import Timebase, Timekeeper
from edge_agent.uplink.introduction import Introduction, Occasion, Step
from edge_agent.uplink.receipts import merged
from edge_agent.uplink.sender import Sender
from runtime.beat import Beat
from runtime.clock import Clock
from runtime.mqtt import Message, Outcome, Session
from wire.command import Command, Config, decode_command
from wire.envelope import JSON, Envelope, Sent, to_properties
from wire.identity import Anchor, Birth, Presence, Status, encode_identity
from wire.receipt import Receipt, decode_receipt
from wire.refusal import WireError
from wire.topic import Down, Lane, Up, parse_down, up

log = logging.getLogger(__name__)

HEARTBEAT_US = 10_000_000
URGENT_WINDOW = 64
BULK_WINDOW = 128
_RECEIPTS = 64  # of those that wait, taken in one transaction
# Retained: who subscribes later gets it.
_TAKEN = (Outcome.ACCEPTED, Outcome.NO_SUBSCRIBER)


class Publisher:
    """The uplink of one gateway: the caller runs the session, `run` does the rest."""

    def __init__(
        self,
        *,
        gateway: str,
        lanes: Lanes,
        control: Control,
        session: Session,
        clock: Clock,
        timekeeper: Timekeeper,
        birth: Callable[[str, tuple[Anchor, ...]], Birth],
        progress: Callable[[str], None],
        config_hash: Callable[[], str] = str,
        desire: Callable[[Config], None] = lambda _: None,
    ) -> None:
        """`config_hash`: another one asks for another birth. `desire`: told of what is desired."""
        self._beat = Beat()
        self.news = asyncio.Event()
        """Set when there may be something else to say of the gateway."""
        session.announce(self.news)
        self._gateway = gateway
        self._lanes = lanes
        self._control = control
        self._session = session
        self._clock = clock
        self._timekeeper = timekeeper
        self._birth = birth
        self._config_hash = config_hash
        self._desire = desire
        self._progress = progress
        self.receipt_us: int | None = None
        self.round_trip_us: int | None = None
        self._introduction = Introduction()
        made = partial(
            Sender,
            gateway=gateway,
            lanes=lanes,
            session=session,
            clock=clock,
            progress=progress,
        )
        urgent = made(lane=Lane.URGENT, window=URGENT_WINDOW)
        bulk = made(lane=Lane.BULK, window=BULK_WINDOW, first=urgent)
        self.senders = {Lane.URGENT: urgent, Lane.BULK: bulk}
        for sender in self.senders.values():
            sender.may_speak = self._may_speak

    async def run(self) -> None:
        """Speak and listen until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._introduce())
            tasks.create_task(self._heed_anchors())
            tasks.create_task(self._listen())
            tasks.create_task(self._live())
            for sender in self.senders.values():
                tasks.create_task(sender.run())

    def came_in(self) -> None:
        """Rows of another file are here, below all that were looked at: they are to leave, too."""
        for lane, sender in self.senders.items():
            sender.feeds.rewind(span_of_lane(lane)[0] + 1)
            sender.wake.set()
        self.news.set()

    async def _introduce(self) -> None:
        """At each connection, and with each new anchor: birth, then status, then all else."""
        while True:
            await self._session.connected()
            self.news.clear()
            if self._introduction.may_be_due(self._occasion(), self._clock.mono_us()):
                await self.introduce(self._timekeeper.now())
            await self._beat.told(self.news, self._introduction.due_in_s(self._clock.mono_us()))

    async def _heed_anchors(self) -> None:
        came = self._lanes.anchor_came
        while True:
            await came.wait()
            came.clear()
            self.news.set()

    def _occasion(self) -> Occasion:
        asks = (self._lanes.anchored, self._config_hash())
        return Occasion(self._session.connection, asks)

    def _is_introduced(self) -> bool:
        return self._introduction.is_done(self._occasion())

    def _may_speak(self) -> bool:
        """Whoever has something to say and may not has the introduction looked at."""
        may_speak = self._is_introduced()
        if not may_speak:
            self.news.set()
        return may_speak

    async def introduce(self, timebase: Timebase) -> None:
        """Say of the gateway what is to be said now, if anything is."""
        if not self._introduction.may_be_due(self._occasion(), self._clock.mono_us()):
            return
        anchors = await self._lanes.anchors()
        occasion = self._occasion()
        birth = self._birth(timebase.boot, anchors)
        step = self._introduction.step(occasion, birth, self._clock.mono_us())
        if step in (Step.BIRTH_FIRST, Step.BIRTH):
            await self._say_birth(birth, timebase)
        if step is Step.STATUS_FIRST and not self._session.is_resumed:
            self._introduction.put_off(self._clock.mono_us())
        if step in (Step.BIRTH_FIRST, Step.STATUS_FIRST):
            self._introduction.begun(occasion)
            for sender in self.senders.values():
                sender.wake.set()
            status = Status(Presence.ONLINE, timebase.boot, birth.connection)
            await self._retain(Up.STATUS, encode_identity(status), [])
            await self.senders[Lane.URGENT].heartbeat()

    async def _say_birth(self, birth: Birth, timebase: Timebase) -> None:
        outgoing = await self._lanes.outgoing(Lane.BULK, None)
        statement = None if outgoing is None else outgoing.statement
        sent = Sent(timebase.boot, timebase.mono_ms, timebase.state)
        properties = to_properties(Envelope(statement=statement, sent=sent))
        outcome = await self._retain(Up.BIRTH, encode_identity(birth), properties)
        self._introduction.said(birth, outcome, self._clock.mono_us())

    async def _retain(self, kind: Up, payload: bytes, properties: list[tuple[str, str]]) -> Outcome:
        outcome = await self._session.publish(
            up(self._gateway, kind),
            payload,
            retain=True,
            properties=properties,
            content_type=JSON,
            utf8=True,
        )
        level = logging.INFO if outcome in _TAKEN else logging.WARNING
        log.log(level, "%s: %s", kind, outcome)
        return outcome

    async def _live(self) -> None:
        """At least every 10 s the urgent topic carries something."""
        urgent = self.senders[Lane.URGENT]
        while True:
            left_us = urgent.spoke_us + HEARTBEAT_US - self._clock.mono_us()
            if left_us <= 0 and self._session.is_connected and self._is_introduced():
                await urgent.heartbeat()
            self._progress("heartbeat")
            if left_us > 0:
                await asyncio.sleep(left_us / 1e6)
            else:
                await self._beat.next()

    async def _listen(self) -> None:
        while True:
            messages = [await self._session.receive()]
            while self._session.waiting and len(messages) < _RECEIPTS:
                messages.append(await self._session.receive())
            receipts = [await self._hear(message) for message in messages]
            for receipt in merged(one for one in receipts if one is not None):
                await self._receive(receipt)
            for message in messages:
                self._session.acknowledge(message)

    async def _hear(self, message: Message) -> Receipt | None:
        """A command is taken at once; a receipt comes back, to be taken with its neighbours."""
        try:
            gateway, kind = parse_down(message.topic)
            if gateway == self._gateway and kind is Down.RECEIPT:
                return self._read(message)
            if gateway == self._gateway and kind is Down.COMMAND:
                await self._control.take(decode_command(message.payload, Command))
            elif gateway == self._gateway and kind is Down.CONFIG:
                if message.payload:  # else: nothing is desired any more
                    self._desire(decode_command(message.payload, Config))
            else:
                log.warning("ignored a message on %s", message.topic)
        except WireError as error:
            log.warning("refused a message on %s: %s", message.topic, error)
        return None

    def _read(self, message: Message) -> Receipt:
        receipt = decode_receipt(message.payload)
        if receipt.answers is not None:
            echo = receipt.answers
            self._timekeeper.heard(echo.boot, echo.mono, receipt.time)
        if message.connection == self._session.connection:
            for sender in self.senders.values():  # an older server may take a newer one's place
                sender.speech.reads_short = receipt.reads_short
        return receipt

    async def _receive(self, receipt: Receipt) -> None:
        deleted = await self._lanes.receive(receipt)
        self.receipt_us = self._clock.mono_us()
        echo = receipt.answers
        if echo is not None and echo.boot == self._timekeeper.boot:
            self.round_trip_us = max(self.receipt_us - echo.mono * 1_000, 0)
        sender = self.senders[receipt.lane]
        sender.window.gone(deleted)
        sender.may_go()
