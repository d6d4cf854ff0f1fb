"""One connection of a fleet and the gateways that share it: introduced, heard, cut and back."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from runtime.mqtt import Farewell, Message, Options, Outcome, Session, Will
from simulators.fleet.gateway import FleetGateway, Moment
from simulators.fleet.outbox import Job, Outbox, Rank
from simulators.fleet.tally import Tally
from wire.envelope import COMPRESSED
from wire.identity import Presence
from wire.receipt import decode_receipt
from wire.refusal import Refusal, WireError
from wire.topic import Down, Lane, Up, down, parse_down

_LEAST_SPEAKERS, _MOST_SPEAKERS = 4, 64
_RANKS = {Lane.URGENT: Rank.URGENT, Lane.BULK: Rank.BULK}
TOO_LARGE = "refused_too_large"


class FleetLink:
    """`now`: the time of the fleet's boot. A connection of one gateway alone carries its will."""

    def __init__(
        self,
        options: Options,
        gateways: Sequence[FleetGateway],
        *,
        now: Callable[[], Moment],
        tally: Tally,
        duplicates: float = 0.0,
        dice: Random,
        first_after_us: int = 0,
    ) -> None:
        self.gateways = tuple(gateways)
        self._by_name = {gateway.name: gateway for gateway in gateways}
        self._now = now
        self._tally = tally
        self._duplicates = duplicates
        self._dice = dice
        self._outbox = Outbox()
        self._waiting = asyncio.Semaphore(0)
        self._away_until_us = first_after_us
        self._is_cut = asyncio.Event()
        self._session = Session(
            options,
            subscriptions=[down(gateway.name, Down.RECEIPT) for gateway in gateways],
            will=self._will if len(gateways) == 1 else None,
            farewell=Farewell.WILL,
        )

    @property
    def is_introduced(self) -> bool:
        """Whether every gateway of this connection has told the server who it is."""
        return all(gateway.is_introduced for gateway in self.gateways)

    @property
    def is_connected(self) -> bool:
        return self._session.is_connected

    def _will(self, number: int) -> Will:
        message = self.gateways[0].status(Presence.OFFLINE, number)
        return Will(message.topic, message.payload)

    async def run(self) -> None:
        """Speak and listen until cancelled."""
        speakers = min(max(len(self.gateways), _LEAST_SPEAKERS), _MOST_SPEAKERS)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stay_connected(group))
            group.create_task(self._greet())
            group.create_task(self._listen())
            for _ in range(speakers):
                group.create_task(self._speak())

    def cut(self, until_us: int) -> None:
        """Drop the connection now; it may come back from then on (on the fleet's clock)."""
        self._away_until_us = max(self._away_until_us, until_us)
        self._is_cut.set()
        self._forget()

    def pump(self, gateway: FleetGateway) -> None:
        """Let leave what is due of a gateway; call it whenever that may have changed."""
        if not gateway.is_introduced:
            return
        now = self._now()
        for lane, rank in _RANKS.items():
            for seq in gateway.lanes[lane].due(now.mono_us):
                self._put(Job(rank, gateway, seq))
        if gateway.take_beat(now):
            self._put(Job(Rank.URGENT, gateway))

    async def farewell(self) -> None:
        """Say what no will says where gateways share a connection."""
        number = self._session.connection
        for gateway in self.gateways:
            await self._say(gateway.status(Presence.OFFLINE, number), Up.STATUS)

    # The connection

    async def _stay_connected(self, group: asyncio.TaskGroup) -> None:
        while True:
            # A cut moves the end.
            while (left_us := self._away_until_us - self._now().mono_us) > 0:  # noqa: ASYNC110 - how long it is away may change meanwhile
                await asyncio.sleep(left_us / 1e6)
            self._is_cut.clear()
            running = group.create_task(self._session.run())
            await self._is_cut.wait()
            running.cancel()
            await asyncio.wait([running])

    async def _greet(self) -> None:
        while True:
            await self._session.connected()
            for gateway in self.gateways:
                self._put(Job(Rank.INTRODUCTION, gateway))
            await self._session.disconnected()
            self._forget()

    def _forget(self) -> None:
        for gateway in self.gateways:
            gateway.forget_connection()
        for job in self._outbox.clear():
            if job.seq is not None:
                job.gateway.lanes[job.lane].lost(job.seq)

    # Speaking

    def _put(self, job: Job) -> None:
        self._outbox.put(job)
        self._waiting.release()

    async def _speak(self) -> None:
        while True:
            await self._waiting.acquire()
            job = self._outbox.pop()
            if job is None:  # forgotten meanwhile
                continue
            if job.rank is Rank.INTRODUCTION:
                await self._introduce(job.gateway)
            elif job.seq is None:
                self._tally.heartbeats += 1
                await self._say(job.gateway.heartbeat(self._now()), Up.URGENT)
            else:
                await self._send(job.gateway, job.lane, job.seq)

    async def _introduce(self, gateway: FleetGateway) -> None:
        number = self._session.connection
        if await self._say(gateway.birth(self._now(), number), Up.BIRTH) is Outcome.LOST:
            return
        self._tally.births += 1
        await self._say(gateway.status(Presence.ONLINE, number), Up.STATUS)
        await self._say(gateway.heartbeat(self._now()), Up.URGENT)
        if number == self._session.connection and self._session.is_connected:
            gateway.is_introduced = True
            gateway.introductions += 1
            self.pump(gateway)

    async def _send(self, gateway: FleetGateway, lane: Lane, seq: int) -> None:
        buffer, now = gateway.lanes[lane], self._now()
        message = gateway.message(lane, seq, now)
        if message is None:  # a receipt came first
            return
        self._tally.published += 1
        self._tally.resent += not buffer.published(seq, now.mono_us)
        outcome = await self._say(message, lane)
        match outcome:
            case Outcome.ACCEPTED:
                pass
            case Outcome.LOST:
                buffer.lost(seq)
            case Outcome.TOO_LARGE:
                buffer.give_up(TOO_LARGE, seq)
            case _:
                buffer.refused(seq, self._now().mono_us)
        if self._duplicates and self._dice.random() < self._duplicates:
            self._tally.duplicates += 1
            await self._say(message, lane)

    async def _say(self, message: Message, kind: str) -> Outcome:
        outcome = await self._session.publish(
            message.topic,
            message.payload,
            retain=message.retain,
            properties=message.properties,
            content_type=message.content_type,
            utf8=message.content_type not in (None, COMPRESSED),
        )
        self._tally.pubacks[kind, outcome] += 1
        return outcome

    # Listening

    async def _listen(self) -> None:
        while True:
            message = await self._session.receive()
            try:
                self._hear(message)
            except WireError as error:
                self._tally.foreign[error.reason] += 1
            self._session.acknowledge(message)

    def _hear(self, message: Message) -> None:
        name, kind = parse_down(message.topic)
        gateway = self._by_name.get(name)
        if gateway is None or kind is not Down.RECEIPT:
            raise WireError(Refusal.TOPIC_GRAMMAR, f"{message.topic[:120]!r} is not for us")
        receipt = decode_receipt(message.payload)
        gateway.is_brief = receipt.reads_short
        self._tally.receipts += 1
        rows = gateway.receive(receipt)
        self._tally.receipted(receipt.lane, rows, self._now().mono_us)
        self.pump(gateway)
