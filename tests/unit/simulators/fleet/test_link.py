"""One connection of a fleet at a real broker: introduced, receipted, cut and back, its will."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

from runtime.clock import SystemClock
from runtime.mqtt import Message, Options, Outcome, Session
from simulators.broker import Broker
from simulators.fleet.device import Beat, FleetDevice
from simulators.fleet.gateway import FleetGateway, Moment
from simulators.fleet.kind import KINDS
from simulators.fleet.link import FleetLink
from simulators.fleet.tally import Tally
from tests.patience import PATIENCE_S
from wire.envelope import Key, parse_properties
from wire.identity import Presence, decode_status
from wire.receipt import Receipt, encode_receipt
from wire.topic import Down, Lane, Up, down, parse_up

Connect = Callable[..., Session]
CLOCK = SystemClock()
S = 1_000_000


def now() -> Moment:
    return Moment(CLOCK.mono_us(), CLOCK.utc_us())


class Town:
    """A link, and a server that answers what it is told to."""

    def __init__(self, broker: Broker, server: Session, gateways: int, duplicates: float) -> None:
        self.tally = Tally()
        self.server = server
        self.gateways = [
            FleetGateway(
                f"fleet-{n:04d}",
                [FleetDevice("smoke-001", KINDS["smoke"], Beat(1.0, 0.5), Random(n))],
                boot="boot-1",
                epoch=f"{n:016x}",
                room=1 << 20,
            )
            for n in range(1, gateways + 1)
        ]
        options = Options(
            host=broker.host,
            port=broker.port,
            client_id="fleet",
            tls=False,
            reconnect_min_s=0.05,
            reconnect_max_s=0.1,
        )
        self.link = FleetLink(
            options, self.gateways, now=now, tally=self.tally, duplicates=duplicates, dice=Random(1)
        )

    async def heard(self, wanted: Up, gateway: str = "fleet-0001") -> Message:
        """The next message of this kind; all before it are passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await self.server.receive()
                self.server.acknowledge(message)
                topic = parse_up(message.topic)
                if (topic.kind, topic.gateway) == (wanted, gateway):
                    return message

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)

    async def answer(self, gateway: FleetGateway, lane: Lane, low: int, high: int) -> None:
        receipt = Receipt(lane, gateway.lanes[lane].epoch, ((low, high),), (), None, CLOCK.utc_us())
        await self.say(gateway.name, encode_receipt(receipt))

    async def say(self, gateway: str, payload: bytes) -> None:
        outcome = await self.server.publish(down(gateway, Down.RECEIPT), payload, qos=0)
        assert outcome is Outcome.ACCEPTED


@asynccontextmanager
async def town(
    broker: Broker, connect: Connect, gateways: int = 2, duplicates: float = 0.0
) -> AsyncIterator[Town]:
    server = connect(broker, "server", subscriptions=["lifeline/1/up/#"])
    await server.connected()
    made = Town(broker, server, gateways, duplicates)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(made.link.run())
        await made.until(lambda: made.link.is_introduced)
        yield made
        running.cancel()


def smoke(gateway: FleetGateway) -> None:
    gateway.turn(gateway.devices[0], now(), alarmed=True)


async def test_everyone_is_introduced_and_only_then_rows_leave(
    mosquitto: Broker, connect: Connect
) -> None:
    async with town(mosquitto, connect) as here:
        one = here.gateways[0]
        smoke(one)
        here.link.pump(one)
        kinds: list[tuple[Up, Key | None]] = []
        while not kinds or kinds[-1][1] is None:
            message = await here.server.receive()
            here.server.acknowledge(message)
            if parse_up(message.topic).gateway == one.name:
                kinds.append(
                    (parse_up(message.topic).kind, parse_properties(message.properties).key)
                )
        assert [kind for kind, _ in kinds] == [Up.BIRTH, Up.STATUS, Up.URGENT, Up.URGENT]
        assert here.tally.births == 2
        assert here.link.is_connected


async def test_a_receipt_lets_its_row_go_and_nothing_else(
    mosquitto: Broker, connect: Connect
) -> None:
    async with town(mosquitto, connect) as here:
        one, two = here.gateways
        for gateway in (one, two, one):
            smoke(gateway)
            here.link.pump(gateway)
        await here.until(lambda: here.tally.pubacks["urgent", "accepted"] >= 3)
        await here.answer(one, Lane.URGENT, 2, 2)
        await here.until(lambda: one.rows == 1)
        assert (one.lanes[Lane.URGENT].floor, two.rows) == (1, 1)
        assert here.tally.latency[Lane.URGENT].count == 1
        assert (here.tally.receipts, here.tally.resent) == (1, 0)


async def test_what_is_no_receipt_is_counted_by_its_reason(
    mosquitto: Broker, connect: Connect
) -> None:
    async with town(mosquitto, connect) as here:
        await here.say("fleet-0001", b"no receipt")
        await here.until(lambda: here.tally.foreign["not_json"] == 1)
        assert here.link.is_introduced


async def test_a_cut_connection_comes_back_and_sends_what_was_taken_meanwhile(
    mosquitto: Broker, connect: Connect
) -> None:
    async with town(mosquitto, connect) as here:
        one = here.gateways[0]
        here.link.cut(now().mono_us + S // 5)
        assert not here.link.is_introduced
        smoke(one)
        here.link.pump(one)
        assert here.tally.published == 0
        await here.until(lambda: here.link.is_introduced)
        assert here.tally.births == 4
        await here.until(lambda: here.tally.published == 1)
        await here.until(lambda: here.tally.pubacks["urgent", "accepted"] >= 3)


async def test_a_longer_cut_extends_a_shorter_one(mosquitto: Broker, connect: Connect) -> None:
    async with town(mosquitto, connect) as here:
        began_us = now().mono_us
        here.link.cut(began_us + S // 20)
        here.link.cut(began_us + S // 4)
        here.link.cut(began_us)
        await here.until(lambda: here.link.is_introduced)
        assert now().mono_us - began_us >= S // 4


async def test_alone_on_a_connection_a_gateway_has_its_will(
    mosquitto: Broker, connect: Connect
) -> None:
    async with town(mosquitto, connect, gateways=1) as here:
        online = decode_status((await here.heard(Up.STATUS)).payload)
        here.link.cut(now().mono_us + 60 * S)
        will = decode_status((await here.heard(Up.STATUS)).payload)
        assert (online.presence, will.presence) == (Presence.ONLINE, Presence.OFFLINE)
        assert (will.boot, will.connection) == (online.boot, online.connection)


async def test_those_who_share_say_farewell_themselves(mosquitto: Broker, connect: Connect) -> None:
    async with town(mosquitto, connect) as here:
        await here.heard(Up.STATUS, "fleet-0002")
        await here.link.farewell()
        said = decode_status((await here.heard(Up.STATUS, "fleet-0002")).payload)
        assert said.presence is Presence.OFFLINE


async def test_duplicates_are_the_same_bytes_twice(mosquitto: Broker, connect: Connect) -> None:
    async with town(mosquitto, connect, duplicates=1.0) as here:
        one = here.gateways[0]
        await here.heard(Up.URGENT)  # the first heartbeat
        smoke(one)
        here.link.pump(one)
        first, second = await here.heard(Up.URGENT), await here.heard(Up.URGENT)
        assert first.payload == second.payload
        assert first.properties == second.properties
        await here.until(lambda: here.tally.duplicates == 1)
        assert here.tally.published == 1
