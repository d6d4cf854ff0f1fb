"""The uplink over a real broker, against the server's real intake."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_agent.buffer import incoming, rows
from edge_agent.buffer.bringing import Bringing
from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes, PointPlan
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.rows import Draft
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from edge_agent.uplink.publisher import BULK_WINDOW, Publisher
from ingest_server.db.journal import Kind, entries_after, migrate_journal
from ingest_server.db.lane_table import load_lane
from ingest_server.intake.admit import Arrival, admit
from ingest_server.intake.commit import commit
from ingest_server.intake.sequence import account
from runtime.clock import SystemClock
from runtime.database import Database, run_transaction
from runtime.database import connect as connect_database
from runtime.mqtt import Message, Session
from simulators.broker import Broker
from tests.patience import PATIENCE_S, until
from wire.batch import Batch, encode_batch
from wire.command import Command, CommandKind, Outcome, Result, decode_command, encode_command
from wire.envelope import Base, ClockState, Encoding, parse_properties
from wire.identity import Anchor, Birth, Software, decode_birth, decode_status
from wire.reading import Reading
from wire.receipt import encode_receipt
from wire.short_envelope import SHORT
from wire.topic import Down, Lane, Up, down, parse_up, up

GATEWAY = "gw-001"
EPOCH = "a" * 16
COMMAND = Command("c-1", CommandKind.ACTION, "desk", "smoke-9", "reset")
Connect = Callable[..., Session]


@dataclass
class Server:
    """The receiving end: the real intake over a journal in memory, receipts as told."""

    session: Session
    answers: bool = True
    reads_short: bool = False
    heard: list[Message] = field(default_factory=list)
    journal: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", isolation_level=None),
    )

    async def run(self) -> None:
        migrate_journal(self.journal)
        clock = SystemClock()
        while True:
            message = await self.session.receive()
            self.heard.append(message)
            arrival = Arrival(
                message.topic,
                message.payload,
                message.properties,
                message.content_type,
                clock.utc_us(),
            )
            admitted = [admit(arrival)]
            assert admitted[0].refused is None
            committed = run_transaction(
                self.journal,
                lambda c, a=admitted: commit(c, a, clock.utc_us()),  # type: ignore[misc]  # a lambda's default has no type
            )
            self.session.acknowledge(message)
            for answer in committed.answers if self.answers else ():
                topic = down(answer.gateway, Down.RECEIPT)
                said = replace(answer.receipt, reads_short=self.reads_short)
                await self.session.publish(topic, encode_receipt(said), qos=0)

    def kinds(self) -> list[Up]:
        return [parse_up(message.topic).kind for message in self.heard]

    def is_short(self) -> bool:
        """How the last batch was said."""
        last = [one for one in self.heard if parse_up(one.topic).kind is Up.URGENT][-1]
        return [name for name, _ in last.properties] == [SHORT]

    def values(self) -> list[object]:
        entries = entries_after(self.journal, [Kind.URGENT, Kind.BULK], 0, 1_000)
        return [reading.value for entry in entries for reading in entry.readings]


@dataclass
class Uplink:
    lanes: Lanes
    control: Control
    publisher: Publisher
    clock: SystemClock

    async def take(self, point: str, value: bool) -> None:
        await self.lanes.take("d", [Sample(point, value, self.clock.mono_us())])

    async def buffered(self) -> int:
        return sum(ledger.buffered for ledger in (await self.lanes.ledgers()).values())


def birth(boot: str, anchors: tuple[Anchor, ...]) -> Birth:
    return Birth(GATEWAY, Software("edge-agent", "1"), boot, 7, "hash", (), (), anchors)


@asynccontextmanager
async def running(path: Path, session: Session) -> AsyncIterator[Uplink]:
    clock = SystemClock()
    keeper = Timekeeper(clock)
    async with Database(path / "buffer.db", rows.migrate) as database:
        lanes = Lanes(
            database=database,
            timekeeper=keeper,
            gateway=GATEWAY,
            epoch=EPOCH,
            limits=Limits(1 << 20, 1 << 18),
            plan=lambda _d, p: PointPlan(Lane.URGENT if p == "smoke" else Lane.BULK, None),
            progress=lambda _name: None,
        )
        control = Control(database, keeper, {})
        publisher = Publisher(
            gateway=GATEWAY,
            lanes=lanes,
            control=control,
            session=session,
            clock=clock,
            timekeeper=keeper,
            birth=birth,
            progress=lambda _name: None,
        )
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(publisher.run())
            yield Uplink(lanes, control, publisher, clock)
            task.cancel()


@asynccontextmanager
async def serving(session: Session, *, answers: bool = True) -> AsyncIterator[Server]:
    await session.connected()
    server = Server(session, answers)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(server.run())
        yield server
        task.cancel()


async def emptied(uplink: Uplink) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await uplink.buffered():
            await asyncio.sleep(0.01)


@pytest.fixture
def gateway_session(broker: Broker, connect: Connect) -> Session:
    told = [down(GATEWAY, kind) for kind in (Down.RECEIPT, Down.COMMAND)]
    return connect(broker, GATEWAY, subscriptions=told)


@pytest.fixture
def server_session(broker: Broker, connect: Connect) -> Session:
    return connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])


async def test_a_gateway_introduces_itself_and_its_rows_go_when_receipts_come(
    tmp_path: Path,
    gateway_session: Session,
    server_session: Session,
) -> None:
    async with serving(server_session) as server, running(tmp_path, gateway_session) as uplink:
        await uplink.take("smoke", True)
        await uplink.take("relay", True)
        await uplink.lanes.flush()
        await until(lambda: len(server.values()) == 2)
        await emptied(uplink)
        assert server.kinds()[0] is Up.BIRTH
        assert {Up.STATUS, Up.URGENT, Up.BULK} <= set(server.kinds())
        assert decode_birth(server.heard[0].payload, GATEWAY).connection == 7
        status = next(m for m in server.heard if m.topic == up(GATEWAY, Up.STATUS))
        assert decode_status(status.payload).connection == 7
        assert uplink.publisher.receipt_us is not None


async def test_it_speaks_briefly_for_as_long_as_the_receipts_say_that_this_is_read(
    tmp_path: Path, gateway_session: Session, server_session: Session
) -> None:
    """An older server that takes the place of a newer one says so by saying nothing."""
    said: list[bool] = []
    async with serving(server_session) as server, running(tmp_path, gateway_session) as uplink:
        for reads_short in (False, True, True, False, False):
            server.reads_short = reads_short
            await uplink.take("smoke", len(said) % 2 == 0)
            await emptied(uplink)
            said.append(server.is_short())
    assert said == [False, False, True, True, False]


async def test_without_receipts_nothing_is_deleted_and_the_window_holds_back(
    tmp_path: Path,
    gateway_session: Session,
    server_session: Session,
) -> None:
    async with (
        serving(server_session, answers=False) as server,
        running(tmp_path, gateway_session) as uplink,
    ):
        for turn in range(BULK_WINDOW + 10):
            await uplink.take("relay", bool(turn % 2))
            await uplink.lanes.flush()
        await until(lambda: server.kinds().count(Up.BULK) >= BULK_WINDOW)
        await asyncio.sleep(0.2)
        assert server.kinds().count(Up.BULK) == BULK_WINDOW
        assert await uplink.buffered() == BULK_WINDOW + 10
        server.answers = True
        (oldest,) = await uplink.lanes.rows_after(Lane.BULK, 0, 1)
        bulk = uplink.publisher.senders[Lane.BULK]
        bulk.window.lost(oldest)
        bulk.feeds.rewind(oldest)
        bulk.wake.set()
        await emptied(uplink)
        assert len(server.values()) == BULK_WINDOW + 10


async def test_a_backlog_waits_for_the_urgent_lane(
    tmp_path: Path,
    broker: Broker,
    gateway_session: Session,
    connect: Connect,
) -> None:
    broker.stop()
    async with running(tmp_path, gateway_session) as uplink:
        for turn in range(20):
            await uplink.take("relay", bool(turn % 2))
            await uplink.lanes.flush()
        await uplink.take("smoke", True)
        broker.start()
        session = connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])
        async with serving(session) as server:
            await emptied(uplink)
        batches = [
            parse_up(message.topic).kind
            for message in server.heard
            if parse_properties(message.properties).key is not None
        ]
        assert batches[0] is Up.URGENT
        assert sorted(map(bool, server.values())) == [False] * 10 + [True] * 11


async def test_what_is_fresh_goes_before_what_waits_in_both_lanes(
    tmp_path: Path, gateway_session: Session, server_session: Session
) -> None:
    with contextlib.closing(connect_database(tmp_path / "buffer.db")) as connection:
        rows.migrate(connection)
        for lane, point in ((Lane.BULK, "relay"), (Lane.URGENT, "smoke")):
            rows.commit(connection, lane, "b" * 16, [old_draft(point) for _ in range(300)])
    async with serving(server_session) as server, running(tmp_path, gateway_session) as uplink:
        await uplink.take("smoke", True)
        await uplink.take("relay", True)
        await uplink.lanes.flush()
        await emptied(uplink)
        said = [parse_properties(message.properties).key for message in server.heard]
    epochs = {
        kind: [
            key.epoch for one, key in zip(server.kinds(), said, strict=True) if key and one is kind
        ]
        for kind in (Up.URGENT, Up.BULK)
    }
    assert EPOCH in epochs[Up.URGENT][:40]  # the connection may stand before it is taken
    assert EPOCH in epochs[Up.BULK][:40]
    assert len(epochs[Up.URGENT]) == len(epochs[Up.BULK]) == 301


async def test_rows_that_come_in_from_another_file_leave_too_and_no_count_changes(
    tmp_path: Path, gateway_session: Session, server_session: Session
) -> None:
    other = tmp_path / "other.db"
    with contextlib.closing(connect_database(other)) as connection:
        rows.migrate(connection)
        for epoch in ("b" * 16, "c" * 16):
            rows.commit(connection, Lane.URGENT, epoch, [old_draft("smoke") for _ in range(100)])
    async with serving(server_session) as server, running(tmp_path, gateway_session) as uplink:
        uplink.lanes.is_whole = False
        await uplink.take("smoke", True)
        await emptied(uplink)
        await bring_in(uplink.lanes, other)
        assert await uplink.buffered() == 200
        uplink.lanes.is_whole = True
        uplink.publisher.came_in()
        await uplink.take("smoke", False)
        await emptied(uplink)
        assert (await uplink.lanes.ledgers())[Lane.URGENT].taken == 202
    said = [parse_properties(message.properties) for message in server.heard]
    stated = [one.statement for one in said if one.statement is not None]
    assert stated[0].partial
    assert not stated[-1].partial
    book = load_lane(server.journal, GATEWAY, Lane.URGENT)
    accounts = {name: account(one) for name, one in book.epochs.items()}
    assert sum(one.taken for one in accounts.values()) == 202
    assert all(one.taken == one.stored for one in accounts.values())


async def bring_in(lanes: Lanes, other: Path) -> None:
    """What the salvor does, in one go."""
    waits = await lanes._database.read(incoming.lowest)
    steps, answer = Bringing(other, "other", waits).steps(), None
    while True:
        try:
            step = steps.send(answer)
        except StopIteration:
            return
        answer = await lanes._database.transact(step.work)


def old_draft(point: str) -> Draft:
    """A row of the boot before."""
    at_us = 1_790_000_000_000_000
    payload = encode_batch(Batch(GATEWAY, (Reading("d", point, at_us, False),)))
    return Draft(1, Base("before", 1, ClockState.SYNCHRONISED), Encoding.RAW, payload)


async def test_killing_the_broker_loses_and_doubles_nothing(
    tmp_path: Path,
    broker: Broker,
    gateway_session: Session,
    server_session: Session,
) -> None:
    async with serving(server_session) as server, running(tmp_path, gateway_session) as uplink:
        for turn in range(30):
            await uplink.take("smoke", bool(turn % 2))
            if turn == 15:
                broker.kill()
                broker.start()
        await uplink.lanes.flush()  # what chatters waits for its group
        await until(lambda: len(server.values()) >= 30, 30)
        await emptied(uplink)
        assert len(server.values()) == 30


async def test_a_foreign_or_broken_receipt_is_ignored(
    tmp_path: Path,
    gateway_session: Session,
    server_session: Session,
) -> None:
    async with serving(server_session, answers=False), running(tmp_path, gateway_session) as uplink:
        await gateway_session.connected()
        await uplink.take("smoke", True)
        await server_session.publish(down(GATEWAY, Down.RECEIPT), b"{nonsense")
        server_session_answers = await server_session.publish(
            down(GATEWAY, Down.RECEIPT),
            b'{"lane":"urgent","epoch":"bbbbbbbbbbbbbbbb","have":[[1,9]],"done":[],'
            b'"for":null,"time":1763700000000000}',
        )
        assert server_session_answers == "accepted"
        await until(lambda: uplink.publisher.receipt_us is not None)
        assert await uplink.buffered() == 1


async def test_a_command_is_committed_before_the_broker_forgets_it(
    tmp_path: Path,
    gateway_session: Session,
    server_session: Session,
) -> None:
    async with serving(server_session, answers=False), running(tmp_path, gateway_session) as uplink:
        await gateway_session.connected()
        for payload in (b"{nonsense", encode_command(COMMAND)):
            await server_session.publish(down(GATEWAY, Down.COMMAND), payload)
        async with asyncio.timeout(PATIENCE_S):
            while not await uplink.control.unsent():
                await asyncio.sleep(0.01)
        ((_, answer),) = await uplink.control.unsent()
        assert decode_command(answer, Result).outcome is Outcome.REFUSED
