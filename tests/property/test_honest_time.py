"""P8 over real buffer, intake, watcher and store: clocks unset, set by NTP, receipts and people.

The gateway's wall clock does what it likes; its boot's clock and the server's clock are right.
Held: nothing is lost or doubled, every point is stored in the order in which it was taken, at its
true time unless it is marked, and smoke is told as often as there was smoke.
"""

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import hypothesis.strategies as st
from hypothesis import given, settings

from edge_agent.buffer import rows
from edge_agent.buffer.lanes import Lanes, Outgoing, PointPlan
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from ingest_server.db.snapshot import Change
from ingest_server.intake.admit import Arrival
from ingest_server.intake.desk import Desk
from ingest_server.intake.timeline import TOLERANCE_US
from ingest_server.store.embedded import EmbeddedStore, migrate_store
from ingest_server.store.point import Point
from ingest_server.store.port import Series
from ingest_server.store.writer import Writer
from runtime.database import Database, Work
from tests.alarm_rig import GATEWAY, SECOND, Rig, device
from tests.standing_clock import T0
from tests.store_contract import EVER
from wire.codec import content_type
from wire.envelope import Encoding, Envelope, Sent, to_properties
from wire.identity import Birth, Software, encode_identity
from wire.topic import Lane, Up, up

HOUR = 3_600 * SECOND
PERIOD = 5 * SECOND
BOOT_TAKES = 10 * SECOND
NEWS = {Change.ACTIVATED, Change.REACTIVATED, Change.OVER}
MARKED = {"unset", "clock_suspect"}
TOPICS = {Lane.URGENT: Up.URGENT, Lane.BULK: Up.BULK}


@dataclass
class GatewayClock:
    """Right, but for `error_us` of the wall clock; untrusted it says 1970."""

    now_us: int = T0
    began_us: int = T0 - 100 * SECOND
    error_us: int = 0
    trusted: bool = True
    boot: str = "boot-0"

    def utc_us(self) -> int:
        return self.now_us + self.error_us if self.trusted else self.mono_us()

    def mono_us(self) -> int:
        return self.now_us - self.began_us

    def is_trusted(self) -> bool:
        return self.trusted


def fast(migrate: Work[None]) -> Work[None]:
    """A crash here is none of the disk: syncing would only cost time."""

    def migrated(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        migrate(connection)

    return migrated


@dataclass
class World:
    """One gateway with one detector, one server, and the broker between them."""

    folder: Path
    clock: GatewayClock = field(default_factory=GatewayClock)
    smoke: bool = False
    taken: list[int] = field(default_factory=list)
    episodes: int = 0
    is_online: bool = True
    is_server_here: bool = True
    hears_time: bool = False
    queue: list[Arrival] = field(default_factory=list)
    boots: int = 0

    async def __aenter__(self) -> Self:
        self.stack = AsyncExitStack()
        self.rig = await self.stack.enter_async_context(Rig(self.folder))
        file = Database(self.folder / "store.db", fast(migrate_store))
        self.store = EmbeddedStore(await self.stack.enter_async_context(file))
        buffer = Database(self.folder / "buffer.db", fast(rows.migrate))
        self.buffer = await self.stack.enter_async_context(buffer)
        self.desk = Desk(self.rig.journal, self.rig.clock)
        self.writer = Writer(
            journal=self.rig.journal, store=self.store, clock=self.rig.clock, wake=asyncio.Event()
        )
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()

    async def _start(self) -> None:
        self.keeper = Timekeeper(self.clock)
        self.lanes = Lanes(
            database=self.buffer,
            timekeeper=self.keeper,
            gateway=GATEWAY,
            epoch=f"{self.boots:016x}",
            limits=Limits(1 << 24, 1 << 20),
            plan=lambda _, point: PointPlan(
                Lane.URGENT if point == "smoke" else Lane.BULK,
                None if point == "smoke" else "count",
            ),
            progress=lambda _: None,
        )
        await self.lanes.remember()
        self.sent: dict[Lane, int] = dict.fromkeys(Lane, 0)
        self.introduced: object = None

    # What happens

    async def wait(self, us: int) -> None:
        """The detector is read every five seconds; what is taken leaves if it can."""
        while us > 0:
            us -= PERIOD
            self._pass(PERIOD)
            mono_us = self.clock.mono_us()
            self.taken.append(self.clock.now_us)
            number = float(len(self.taken))
            samples = [Sample("smoke", self.smoke, mono_us), Sample("number", number, mono_us)]
            await self.lanes.take("smoke-01", samples)
            await self.lanes.flush()
            await self._exchange()

    def _pass(self, us: int) -> None:
        self.clock.now_us += us
        self.rig.clock.advance(us)

    async def burn(self, *, smoke: bool) -> None:
        self.episodes += smoke and not self.smoke
        self.smoke = smoke
        await self.wait(PERIOD)

    async def step(self, us: int) -> None:
        self.clock.error_us += us
        await self.wait(PERIOD)

    async def set_clock(self) -> None:
        self.clock.trusted, self.clock.error_us = True, 0
        await self.wait(PERIOD)

    async def reboot(self, *, has_clock: bool) -> None:
        """A wrong time that nobody but this boot knew of could never be found out."""
        if self.clock.error_us:
            await self.set_clock()
            await self.wait(70 * SECOND)
        await self.lanes.flush()
        self._pass(BOOT_TAKES)
        self.boots += 1
        self.clock.boot, self.clock.began_us = f"boot-{self.boots}", self.clock.now_us
        self.clock.trusted = has_clock
        await self._start()
        await self.wait(PERIOD)

    async def end(self) -> None:
        """Everything comes right in the end."""
        self.is_online = self.is_server_here = True
        await self.burn(smoke=False)
        await self.set_clock()
        await self.wait(80 * SECOND)

    # The way up

    async def _exchange(self) -> None:
        if self.is_online:
            await self._publish()
        if self.is_server_here:
            waiting, self.queue = self.queue, []
            await self._take_in(waiting)
            await self.rig.watch()
            while await self.writer.pass_once():
                pass

    async def _publish(self) -> None:
        if self.introduced != (self.is_online, self.lanes.anchored):
            await self._introduce()
        for lane in (Lane.URGENT, Lane.BULK):
            numbers = await self.lanes.rows_after(lane, self.sent[lane], 10_000)
            for number in numbers:
                await self._say(lane, await self.lanes.outgoing(lane, number))
            self.sent[lane] = max([self.sent[lane], *numbers])
        await self._say(Lane.URGENT, await self.lanes.outgoing(Lane.URGENT, None))

    async def _introduce(self) -> None:
        anchors = await self.lanes.anchors()
        self.introduced = (self.is_online, self.lanes.anchored)
        now = self.keeper.now()
        birth = Birth(
            gateway=GATEWAY,
            software=Software("edge-agent", "0.1.0"),
            boot=now.boot,
            connection=self.boots,
            config_hash="c" * 16,
            lines=(),
            devices=(device(),),
            anchors=anchors,
        )
        outgoing = await self.lanes.outgoing(Lane.BULK, None)
        assert outgoing is not None
        envelope = Envelope(
            statement=outgoing.statement, sent=Sent(now.boot, now.mono_ms, now.state)
        )
        self._send(Up.BIRTH, encode_identity(birth), envelope)

    async def _say(self, lane: Lane, outgoing: Outgoing | None) -> None:
        assert outgoing is not None
        row, now = outgoing.row, outgoing.timebase
        envelope = Envelope(
            encoding=Encoding.RAW if row is None else row.encoding,
            key=None if row is None else row.key,
            statement=outgoing.statement,
            base=None if row is None else row.base,
            sent=Sent(now.boot, now.mono_ms, now.state),
            through=outgoing.through,
        )
        self._send(TOPICS[lane], b"[]" if row is None else row.payload, envelope)

    def _send(self, kind: Up, payload: bytes, envelope: Envelope) -> None:
        properties, of = to_properties(envelope), content_type(envelope.encoding)
        self.queue.append(Arrival(up(GATEWAY, kind), payload, properties, of, 0))

    async def _take_in(self, waiting: list[Arrival]) -> None:
        now_us = self.rig.clock.utc_us()
        for first in range(0, len(waiting), 20):
            arrivals = [
                Arrival(one.topic, one.payload, one.properties, one.content_type, now_us)
                for one in waiting[first : first + 20]
            ]
            committed = await self.desk.enter(arrivals)
            for answer in committed.answers:
                await self.lanes.receive(answer.receipt)
                echo = answer.receipt.answers
                if self.hears_time and echo is not None:
                    self.keeper.heard(echo.boot, echo.mono, answer.receipt.time)

    # What is held

    async def check(self) -> None:
        points = await self.store.range(Series(GATEWAY, "smoke-01", "number"), EVER, 100_000)
        assert [one.value for one in points] == [n + 1.0 for n in range(len(self.taken))]
        for one, true_us in zip(points, self.taken, strict=True):
            assert_honest(one, true_us)
        smoke = await self.store.range(Series(GATEWAY, "smoke-01", "smoke"), EVER, 100_000)
        assert len(smoke) == len(self.taken)
        told = await self.rig.told()
        assert [one.change in NEWS for one in told if one.rule == "smoke"].count(True) == (
            self.episodes
        )
        assert [one for one in told if one.rule == "offline"] == []
        episodes = [one for one in await self.rig.episodes() if one[1] == "smoke"]
        assert len(episodes) == self.episodes
        assert all(end is not None for *_, end in episodes)


def assert_honest(one: Point, true_us: int) -> None:
    error_us = abs(one.time_us - true_us)
    assert one.clock in MARKED or error_us <= TOLERANCE_US, (one, error_us / SECOND)


SECONDS = st.sampled_from((5, 20, 45, 70, 130))
DEED = st.one_of(
    st.tuples(st.just("wait"), SECONDS),
    st.tuples(st.just("burn"), st.booleans()),
    st.tuples(st.just("step"), st.sampled_from((-3_600, -90, -4, 4, 90, 3_600))),
    st.tuples(st.just("set"), st.none()),
    st.tuples(st.just("reboot"), st.booleans()),
    st.tuples(st.just("online"), st.booleans()),
    st.tuples(st.just("server"), st.booleans()),
    st.tuples(st.just("hears"), st.booleans()),
    st.tuples(st.just("person"), st.sampled_from((-3_600, -90, -3, 0, 3, 90, 3_600))),
)


async def play(deeds: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        async with World(Path(folder)) as world:
            await world.wait(10 * SECOND)
            for name, how in deeds:
                await do(world, name, how)
            await world.end()
            await world.check()


async def do(world: World, name: str, how: int) -> None:
    match name:
        case "wait":
            await world.wait(how * SECOND)
        case "burn":
            await world.burn(smoke=bool(how))
        case "step":
            await world.step(how * SECOND)
        case "set":
            await world.set_clock()
        case "reboot":
            await world.reboot(has_clock=bool(how))
        case "person":
            world.keeper.set_by_person(world.clock.now_us + how * SECOND)
        case _:
            switch(world, name, is_on=bool(how))


def switch(world: World, name: str, *, is_on: bool) -> None:
    match name:
        case "online":
            world.is_online = is_on
        case "hears":
            world.hears_time = is_on
        case _:
            world.is_server_here = is_on


@settings(max_examples=40)
@given(st.lists(DEED, max_size=14))
def test_no_time_is_invented_and_no_alarm_lost_or_doubled(deeds: list[tuple[str, int]]) -> None:
    asyncio.run(play(deeds))
