"""A server that stores nothing: takes messages, remembers keys, gives receipts, notes arrivals."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from runtime.clock import SystemClock
from runtime.mqtt import Message, Options, Session
from wire.batch import decode_batch
from wire.codec import unpack
from wire.envelope import Envelope, parse_properties
from wire.ranges import Ranges
from wire.receipt import Echo, Receipt, encode_receipt
from wire.topic import Down, Lane, Up, down, parse_up

_LANES = {Up.URGENT: Lane.URGENT, Up.BULK: Lane.BULK}
_AT_ONCE = 16
_STEP_S = 0.05


@dataclass(slots=True)
class Arrivals:
    """`late_us`: of each reading whose value is its moment, by point; `times` a key came."""

    readings: int = 0
    batches: int = 0
    first_us: int = 0
    last_us: int = 0
    late_us: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    times: dict[tuple[str, str, int], int] = field(default_factory=lambda: defaultdict(int))


def sessions(port: int) -> list[Session]:
    """As the real server has them: one for what is urgent, one for bulk."""
    topics = {"urgent": ("urgent", "birth", "status"), "rest": ("bulk", "result")}
    return [
        Session(
            Options(
                host="127.0.0.1",
                port=port,
                client_id=f"server-{name}",
                tls=False,
                receive_maximum=1_000,
            ),
            subscriptions=[f"lifeline/1/up/+/+/{kind}" for kind in kinds],
        )
        for name, kinds in topics.items()
    ]


class ReceiptGiver:
    """`moments`: points of which each value is looked at."""

    def __init__(self, moments: frozenset[str], *, counts_times: bool = False) -> None:
        self._moments = moments
        self._counts_times = counts_times
        self._had: dict[tuple[str, Lane, str], Ranges] = defaultdict(Ranges)
        self._clock = SystemClock()
        self.arrivals = Arrivals()

    async def run(self, session: Session) -> None:
        """Take in until cancelled."""
        while True:
            messages = [await session.receive()]
            while session.waiting and len(messages) < _AT_ONCE:
                messages.append(await session.receive())
            answers: dict[tuple[str, Lane, str], Receipt] = {}
            for message in messages:
                self._take(message, answers)
                session.acknowledge(message)
            for (gateway, _, _), receipt in answers.items():
                await session.publish(
                    down(gateway, Down.RECEIPT),
                    encode_receipt(receipt),
                    qos=0,
                )

    def _take(self, message: Message, answers: dict[tuple[str, Lane, str], Receipt]) -> None:
        topic = parse_up(message.topic)
        lane = _LANES.get(topic.kind)
        if lane is None:
            return
        said = parse_properties(message.properties)
        if said.statement is None:
            return
        epoch = said.statement.current.epoch if said.key is None else said.key.epoch
        place = (topic.gateway, lane, epoch)
        if said.key is not None:
            self._note(message, topic.gateway, lane, said)
            self._had[place].add(said.key.seq, said.key.seq)
        floor = next((e.floor for e in said.statement.epochs if e.epoch == epoch), 1)
        echo = None if said.sent is None else Echo(said.sent.boot, said.sent.mono)
        have = tuple(self._had[place].from_floor(floor))[:32]
        answers[place] = Receipt(
            lane, epoch, have, (), echo, self._clock.utc_us(), reads_short=True
        )

    def _note(self, message: Message, gateway: str, lane: Lane, said: Envelope) -> None:
        if said.key is None:
            return
        now_us, seen = self._clock.mono_us(), self.arrivals
        if self._counts_times:
            seen.times[lane, said.key.epoch, said.key.seq] += 1
        seen.batches += 1
        seen.readings += said.key.taken
        if lane is Lane.BULK:
            seen.first_us = seen.first_us or now_us
            seen.last_us = now_us
        if said.base is not None and said.sent is not None and said.base.boot != said.sent.boot:
            return  # of the backlog: nobody's moments
        for reading in decode_batch(unpack(message.payload, said.encoding), gateway).readings:
            if reading.point in self._moments and isinstance(reading.value, float):
                seen.late_us[reading.point].append((now_us, now_us - round(reading.value)))


async def reached(condition: Callable[[], bool], seconds: float) -> None:
    """Look until it holds; TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a bench looks, nobody tells
            await asyncio.sleep(_STEP_S)


@asynccontextmanager
async def served(port: int, giver: ReceiptGiver) -> AsyncIterator[None]:
    """Give receipts to all gateways of that broker within the block."""
    async with asyncio.TaskGroup() as group:
        some = sessions(port)
        tasks = [group.create_task(one.run()) for one in some]
        tasks += [group.create_task(giver.run(one)) for one in some]
        for one in some:
            await one.connected()
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
