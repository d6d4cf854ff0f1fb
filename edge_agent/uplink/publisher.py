"""Lanes to MQTT, receipts to lanes, commands to control; a birth at each connection, heartbeats."""

import asyncio
import logging
from collections.abc import Callable

from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.timebase import Timebase, Timekeeper
from edge_agent.uplink.sender import Sender
from runtime.clock import Clock
from runtime.mqtt import Message, Outcome, Session
from wire.command import Command, decode_command
from wire.envelope import JSON, Envelope, Sent, to_properties
from wire.identity import Anchor, Birth, Presence, Status, encode_identity
from wire.receipt import Receipt, decode_receipt
from wire.refusal import WireError
from wire.topic import Down, Lane, Up, parse_down, up

log = logging.getLogger(__name__)

HEARTBEAT_US = 10_000_000
URGENT_WINDOW = 64
BULK_WINDOW = 16
_TICK_S = 0.5
# Retained: who subscribes later gets it.
_TAKEN = (Outcome.ACCEPTED, Outcome.NO_SUBSCRIBER)
_LOOK_S = 0.05  # what was taken while the broker was away waits no longer for the birth


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
    ) -> None:
        self._gateway = gateway
        self._lanes = lanes
        self._control = control
        self._session = session
        self._clock = clock
        self._timekeeper = timekeeper
        self._birth = birth
        self._progress = progress
        self.receipt_us: int | None = None
        self._introduced: tuple[int, Anchor | None] | None = None
        self.senders = {
            lane: Sender(
                lane=lane,
                gateway=gateway,
                lanes=lanes,
                session=session,
                clock=clock,
                window=window,
                progress=progress,
            )
            for lane, window in ((Lane.URGENT, URGENT_WINDOW), (Lane.BULK, BULK_WINDOW))
        }
        self.senders[Lane.BULK].before = self.senders[Lane.URGENT].idle
        for sender in self.senders.values():
            sender.may_speak = self._is_introduced

    async def run(self) -> None:
        """Speak and listen until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._introduce())
            tasks.create_task(self._listen())
            tasks.create_task(self._beat())
            for sender in self.senders.values():
                tasks.create_task(sender.run())

    async def _introduce(self) -> None:
        """At each connection, and with each new anchor: birth, then status, then all else."""
        while True:
            await self._session.connected()
            if self._is_introduced():
                await asyncio.sleep(_LOOK_S)
            else:
                await self.introduce(self._timekeeper.now())

    def _is_introduced(self) -> bool:
        return self._introduced == (self._session.connection, self._lanes.anchored)

    async def introduce(self, timebase: Timebase) -> None:
        number, anchors = self._session.connection, await self._lanes.anchors()
        occasion = (number, self._lanes.anchored)
        birth = self._birth(timebase.boot, anchors)
        outgoing = await self._lanes.outgoing(Lane.BULK, None)
        statement = None if outgoing is None else outgoing.statement
        sent = Sent(timebase.boot, timebase.mono_ms, timebase.state)
        properties = to_properties(Envelope(statement=statement, sent=sent))
        await self._retain(Up.BIRTH, encode_identity(birth), properties)
        self._introduced = occasion
        status = Status(Presence.ONLINE, timebase.boot, birth.connection)
        await self._retain(Up.STATUS, encode_identity(status), [])
        await self.senders[Lane.URGENT].heartbeat()

    async def _retain(self, kind: Up, payload: bytes, properties: list[tuple[str, str]]) -> None:
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

    async def _beat(self) -> None:
        """At least every 10 s the urgent topic carries something."""
        urgent = self.senders[Lane.URGENT]
        while True:
            quiet_us = self._clock.mono_us() - urgent.spoke_us
            may_speak = self._session.is_connected and self._is_introduced()
            if quiet_us >= HEARTBEAT_US and may_speak:
                await urgent.heartbeat()
            self._progress("heartbeat")
            await asyncio.sleep(_TICK_S)

    async def _listen(self) -> None:
        while True:
            message = await self._session.receive()
            await self._hear(message)
            self._session.acknowledge(message)

    async def _hear(self, message: Message) -> None:
        try:
            gateway, kind = parse_down(message.topic)
            if gateway == self._gateway and kind is Down.RECEIPT:
                await self._receive(decode_receipt(message.payload))
            elif gateway == self._gateway and kind is Down.COMMAND:
                await self._control.take(decode_command(message.payload, Command))
            else:
                log.warning("ignored a message on %s", message.topic)
        except WireError as error:
            log.warning("refused a message on %s: %s", message.topic, error)

    async def _receive(self, receipt: Receipt) -> None:
        deleted = await self._lanes.receive(receipt)
        self.receipt_us = self._clock.mono_us()
        sender = self.senders[receipt.lane]
        sender.window.gone(deleted)
        sender.wake.set()
