"""The health of an agent is gathered from its parts as they stand, and invents no age."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.backlog import Backlog
from edge_agent.buffer.bringing import Extent, Part
from edge_agent.buffer.lanes import Lanes, PointPlan
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.rows import Ledger
from edge_agent.buffer.timebase import Timebase, Timekeeper
from edge_agent.config.desired import Book
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.config.source import Found
from edge_agent.configuration import Configuration
from edge_agent.exchange import Sample
from edge_agent.health import DeviceHealth, DeviceState, LineHealth, UnitHealth
from edge_agent.link_count import LinkCount
from edge_agent.observe import Notices, Observer, Parts, lane_health, number
from edge_agent.own_health import LocalActionHealth, SalvageHealth
from edge_agent.uplink.window import Window
from runtime.database import Database
from runtime.progress import Progress
from tests.standing_clock import StandingClock
from wire.envelope import ClockState
from wire.topic import Lane

TIMEBASE = Timebase(ClockState.UNSET, None, "boot-1", 9_000_000)
EPOCH = "a" * 16
SIREN = LocalActionHealth("siren", "siren-01", "sound", "acted", "holds")
SECOND = 1_000_000


class StandingWatch:
    """A line whose port is gone, with one device."""

    name = "line shed"

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.units: tuple[UnitHealth, ...] = ()

    async def run(self) -> None: ...

    def stop(self) -> None: ...

    def line_health(self) -> LineHealth:
        return LineHealth("shed", is_open=False, problem="pulled out", units=self.units)

    def device_health(self) -> tuple[DeviceHealth, ...]:
        return (
            DeviceHealth(
                "smoke-01", "shed", DeviceState.DEAD, None, 7, "port_gone", None, "port", 0,
                is_test=False,
            ),
        )  # fmt: skip


@dataclass
class StandingParts:
    """What an observer looks at, without a loop running."""

    database: Database
    lanes: Lanes
    progress: Progress
    roster: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(watches=(StandingWatch(),))
    )
    session: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(is_connected=True))
    publisher: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(
            receipt_us=4_000_000,
            round_trip_us=80_000,
            senders={lane: SimpleNamespace(window=Window(4)) for lane in Lane},
        )
    )
    actor: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(health=lambda: (SIREN,)))
    connection: int = 7
    salvor: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(
            extents=lambda: (Extent("buffer.db.broken-1", Part.BRINGING, 0.25, 70),)
        )
    )


@dataclass
class Rig:
    """An observer, and all that it looks at."""

    clock: StandingClock
    config: Config
    parts: StandingParts
    notices: Notices
    observer: Observer
    configuration: Configuration


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    file = tmp_path / "agent.toml"
    file.write_text(
        'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
        'buffer.path = "buffer.db"\n'
    )
    loaded, clock = load_config(file, {}), StandingClock()
    config = loaded.config
    progress, notices, timekeeper = Progress(clock), Notices(clock), Timekeeper(clock)
    async with Database(config.buffer.path, rows.migrate) as database:
        lanes = Lanes(
            database=database,
            timekeeper=timekeeper,
            gateway="gw-001",
            epoch=EPOCH,
            limits=Limits(1 << 20, 1 << 18),
            plan=lambda _device, _point: PointPlan(Lane.URGENT, None),
            progress=progress.shown,
        )
        parts = StandingParts(database, lanes, progress)
        found = Found(loaded, Book(), config.watched_hash)

        def tell(text: str) -> None:
            notices.add(text)

        standing = Configuration(found, None, tell)
        observer = Observer(
            configuration=standing,
            version="1.2.3",
            epoch=EPOCH,
            clock=clock,
            timekeeper=timekeeper,
            notices=notices,
            parts=cast("Parts", parts),  # the fields that an observer reads
        )
        yield Rig(clock, config, parts, notices, observer, standing)


async def test_everything_at_this_instant(rig: Rig) -> None:
    began_us = rig.clock.mono_us()
    rig.clock.advance(5 * SECOND)
    said = await rig.observer.health()
    assert (said.gateway, said.version, said.epoch, said.boot) == (
        "gw-001", "1.2.3", EPOCH, "boot-1",
    )  # fmt: skip
    assert (said.started_us, said.now_us) == (began_us, rig.clock.mono_us())
    assert (said.clock, said.config.hash) == ("synchronised", rig.config.hash)
    assert (said.uplink.broker, said.uplink.is_connected) == ("localhost:1883", True)
    assert (said.uplink.connection, said.uplink.receipt_us) == (7, 4_000_000)
    assert said.uplink.round_trip_us == 80_000
    assert [(one.line, one.problem) for one in said.lines] == [("shed", "pulled out")]
    assert [(one.device, one.state) for one in said.devices] == [("smoke-01", DeviceState.DEAD)]
    assert (said.is_in_memory, said.not_taken, said.refusal) == (False, 0, "")
    assert said.machine.disk_free is not None
    assert said.wear.most_per_day > 0
    assert said.wear.chattering == ()
    assert said.local_actions == (SIREN,)
    assert said.salvage == (SalvageHealth("buffer.db.broken-1", "bringing", 0.25, 70),)
    assert (said.clock_offset_us, said.buffer_size) == (0, rig.config.buffer.size)


async def test_a_step_of_the_clock_shows_as_its_offset(rig: Rig) -> None:
    await rig.observer.health()
    rig.clock.step(-90 * SECOND)
    assert (await rig.observer.health()).clock_offset_us == -90 * SECOND


async def test_the_link_of_a_device_is_that_of_its_unit(rig: Rig) -> None:
    file = rig.config.buffer.path.with_name("asked.toml")
    file.write_text(
        'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
        '[lines.shed]\nkind = "modbus-rtu"\nport = "/dev/ttyS0"\n'
        '[devices.smoke-01]\nprofile = "calectro_ug3"\nline = "shed"\nunit = 4\n'
    )
    rig.configuration.enter(load_config(file, {}).config)
    watch = StandingWatch()
    watch.units = (UnitHealth(4, requests=9, replies=7, time_outs=2),)
    rig.parts.roster.watches = (watch,)
    (device,) = (await rig.observer.health()).devices
    assert device.link == LinkCount(polls=9, good=7, time_outs=2)


async def test_what_waits_and_what_is_on_its_way(rig: Rig) -> None:
    at_us = rig.clock.mono_us()
    await rig.parts.lanes.take("smoke-01", [Sample("smoke", True, at_us)])
    rig.parts.publisher.senders[Lane.URGENT].window.sent(1, at_us)
    rig.clock.advance(30 * SECOND)
    urgent, bulk = (await rig.observer.health()).lanes
    assert (urgent.lane, urgent.taken, urgent.buffered, urgent.batches) == ("urgent", 1, 1, 1)
    assert (urgent.in_flight, bulk.in_flight) == (1, 0)
    assert urgent.size > 0
    assert urgent.oldest_us is not None
    assert urgent.oldest_us <= at_us
    assert (bulk.taken, bulk.batches, bulk.oldest_us) == (0, 0, None)


async def test_a_loop_that_shows_nothing_is_named(rig: Rig) -> None:
    rig.parts.progress.enrol("line shed", 5_000_000)
    assert (await rig.observer.health()).late == ()
    rig.clock.advance(6 * SECOND)
    assert (await rig.observer.health()).late == ("line shed",)


async def test_a_buffer_elsewhere_than_configured_is_in_memory(rig: Rig, tmp_path: Path) -> None:
    async with Database(tmp_path / "spare.db", rows.migrate) as spare:
        rig.parts.database = spare
        assert (await rig.observer.health()).is_in_memory


def test_notices_are_the_last_twenty_each_once() -> None:
    clock = StandingClock(1_795_251_846_250_000)
    notices = Notices(clock)
    news = []
    for text in ("disk", "disk", "load", "disk"):  # what fails some times a second
        news.append(notices.add(text))
        clock.advance(1 * SECOND)
    assert news == [True, False, True, False]
    clock.advance(6 * SECOND)
    assert notices.add("disk")
    assert [(one.at, one.text) for one in notices.all()] == [
        ("2026-11-21T09:04:08+00:00", "load"),
        ("2026-11-21T09:04:16+00:00", "disk"),
    ]
    for count in range(30):
        notices.add(f"notice {count}")
    assert [one.text for one in notices.all()] == [f"notice {count}" for count in range(10, 30)]


def test_connections_are_numbered_over_all_starts() -> None:
    """A later start is above every connection of the one before, however many those were."""
    assert number(1, 0) < number(1, 1) < number(1, 2**20 - 1) < number(2, 0)


@pytest.mark.parametrize(
    ("waiting", "oldest_us"),
    [
        (Backlog(2, 300, "boot-1", 8_500), 8_500_000),
        (Backlog(2, 300, "boot-0", 8_500), None),
        (Backlog(0, 0, None, 0), None),
    ],
    ids=["this boot", "an earlier boot", "nothing waits"],
)
def test_only_what_began_under_this_boot_has_an_age(
    waiting: Backlog, oldest_us: int | None
) -> None:
    ledger = Ledger(taken=10, stored=4, buffered=3, thinned=1, dropped={"bulk_full": 2})
    said = lane_health(Lane.BULK, ledger, waiting, TIMEBASE, 5)
    assert (said.lane, said.oldest_us, said.in_flight) == ("bulk", oldest_us, 5)
    assert (said.batches, said.size) == (waiting.batches, waiting.size)
    assert said.taken == said.stored + said.buffered + said.thinned + sum(said.dropped.values())
