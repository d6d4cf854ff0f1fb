"""One gateway's uplink in a process of its own: real buffer, real session, readings by order."""

import asyncio
import contextlib
import multiprocessing
import random
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import GROUP_READINGS, Lanes, PointPlan
from edge_agent.buffer.pace import Budget, Pace
from edge_agent.buffer.retention import Limits
from edge_agent.buffer.rows import Draft
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from edge_agent.uplink.publisher import Publisher
from runtime.clock import SystemClock
from runtime.database import Database, connect, run_transaction
from runtime.mqtt import Options, Session
from wire.batch import Batch, encode_batch
from wire.codec import pack
from wire.envelope import Base, ClockState
from wire.identity import Anchor, Birth, Device, Line, Software
from wire.reading import Reading
from wire.topic import Down, Lane, down

URGENT_POINT = "smoke"
_UNBOUNDED = Budget(1 << 40, 1 << 40)
ROOM = Limits(1 << 40, 1 << 30)
_US = 1_000_000
_PORTION = 2_000
_DEVICES = 50
_UNITS, _REGISTERS, _TURN_US, _GROUP_S = 16, 10, 44_712, 0.01
_ENDS_S = 20.0


@dataclass(frozen=True, slots=True)
class Account:
    """A gateway's place at the broker of this machine."""

    gateway: str
    port: int
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """`urgent_every_s`, `live_every_s`: how often a reading is taken; 0: never.

    `groups` of `grouped` readings each are committed, one row each.
    """

    path: Path
    account: Account
    urgent_every_s: float = 0.0
    live_every_s: float = 0.0
    groups: int = 0
    grouped: int = 0


@dataclass(slots=True)
class Told:
    """What the process says at its end."""

    urgent: int = 0
    live: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    ledgers: dict[str, dict[str, int]] = field(default_factory=dict)


def payloads(gateway: str, readings: int, kinds: int = 50) -> list[bytes]:
    """So many different batches: registers of sixteen units, each instant with its ten values."""
    dice = random.Random(1)  # noqa: S311 - values
    made = []
    for _ in range(kinds):
        start_us = 1_790_000_000 * _US + dice.randrange(10**9)
        found = [
            Reading(
                f"detector-{n // 10 % 16:02d}",
                f"r{n % 10}",
                start_us + n // 160 * _US + n // 10 % 16 * 46_712,
                round(dice.gauss(20, 1), 1),
            )
            for n in range(readings)
        ]
        made.append(encode_batch(Batch(gateway, tuple(found)), tight=True))
    return made


def fill(
    path: Path,
    batches: int,
    readings: int,
    *,
    gateway: str = "gw-bench",
    epoch: str = "0a" * 8,
) -> None:
    """A backlog of an earlier run: `batches` rows of bulk, each of so many readings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    base = Base("boot-before", 1_000, ClockState.SYNCHRONISED)
    packed = [pack(one) for one in payloads(gateway, readings)]
    some = [Draft(readings, base, encoding, payload) for payload, encoding in packed]
    with contextlib.closing(connect(path)) as connection:
        rows.migrate(connection)
        for start in range(0, batches, _PORTION):
            numbers = range(start, min(start + _PORTION, batches))
            drafts = [some[n % len(some)] for n in numbers]
            run_transaction(connection, lambda c, d=drafts: _commit(c, epoch, d))  # type: ignore[misc]  # a default in a lambda


def _commit(connection: sqlite3.Connection, epoch: str, drafts: list[Draft]) -> None:
    rows.commit(connection, Lane.BULK, epoch, drafts)


@contextmanager
def uplink(orders: Orders) -> Iterator[Told]:
    """Run it until the block ends; then it tells."""
    made = multiprocessing.get_context("spawn")
    ours, theirs = made.Pipe()
    process = made.Process(target=_play, args=(theirs, orders), daemon=True)
    process.start()
    told = Told()
    try:
        yield told
    finally:
        ours.send(None)
        if ours.poll(_ENDS_S):
            found: Told = ours.recv()
            told.urgent, told.live = found.urgent, found.live
            told.cpu_s, told.wall_s, told.ledgers = found.cpu_s, found.wall_s, found.ledgers
        process.join(_ENDS_S)


def _play(pipe: Connection, orders: Orders) -> None:
    asyncio.run(_run(pipe, orders))


async def _run(pipe: Connection, orders: Orders) -> None:
    clock, account, told = SystemClock(), orders.account, Told()
    keeper = Timekeeper(clock)
    options = Options(
        host="127.0.0.1",
        port=account.port,
        client_id=account.gateway,
        username=account.gateway if account.password else None,
        password=account.password,
        tls=False,
    )
    session = Session(options, subscriptions=[down(account.gateway, kind) for kind in Down])
    began = time.perf_counter()
    async with Database(orders.path, rows.migrate) as database:
        lanes = Lanes(
            database=database,
            timekeeper=keeper,
            gateway=account.gateway,
            epoch=secrets.token_hex(8),
            limits=ROOM,
            plan=_plan,
            progress=lambda _: None,
            group_readings=orders.grouped or GROUP_READINGS,
            pace=Pace(_UNBOUNDED, _UNBOUNDED),  # each is committed at once: that is what is timed
        )
        await lanes.remember()
        publisher = Publisher(
            gateway=account.gateway,
            lanes=lanes,
            control=Control(database, keeper, {}),
            session=session,
            clock=clock,
            timekeeper=keeper,
            birth=lambda boot, anchors: _birth(account.gateway, boot, anchors),
            progress=lambda _: None,
        )
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(one)
                for one in (
                    session.run(),
                    lanes.run(),
                    publisher.run(),
                    _urgent(lanes, clock, orders.urgent_every_s, told),
                    _live(lanes, clock, orders.live_every_s, told),
                    _groups(lanes, clock, orders),
                )
            ]
            await asyncio.to_thread(pipe.recv)
            for task in tasks:
                task.cancel()
        ledgers = await lanes.ledgers()
    told.ledgers = {
        lane.value: {"taken": one.taken, "stored": one.stored, "buffered": one.buffered}
        for lane, one in ledgers.items()
    }
    told.cpu_s, told.wall_s = time.process_time(), time.perf_counter() - began
    pipe.send(told)


def _plan(_device: str, point: str) -> PointPlan:
    return PointPlan(Lane.URGENT if point == URGENT_POINT else Lane.BULK, None)


def _birth(gateway: str, boot: str, anchors: tuple[Anchor, ...]) -> Birth:
    """Fifty devices: what a birth of some size takes of a slow link."""
    digits = "0123456789abcdef"
    devices = tuple(
        Device(f"detector-{n:02d}", "calectro_ug3", digits, "line", digits, f"place-{n}", f"No {n}")
        for n in range(_DEVICES)
    )
    software, lines = Software("bench", "1"), (Line("line", "modbus-rtu"),)
    return Birth(gateway, software, boot, 1, digits, lines, devices, anchors)


async def _urgent(lanes: Lanes, clock: SystemClock, every_s: float, told: Told) -> None:
    """The value is the moment at which it was taken: who receives it knows how long it took."""
    dice = random.Random(7)  # noqa: S311 - moments
    while every_s:
        await asyncio.sleep(every_s * dice.uniform(0.5, 1.5))
        now_us = clock.mono_us()
        told.urgent += 1
        device = f"detector-{told.urgent % 16:02d}"  # no point chatters
        await lanes.take(device, [Sample(URGENT_POINT, float(now_us), now_us)])


async def _live(lanes: Lanes, clock: SystemClock, every_s: float, told: Told) -> None:
    while every_s:
        await asyncio.sleep(every_s)
        now_us = clock.mono_us()
        told.live += 1
        await lanes.take("detector-00", [Sample("live", float(now_us), now_us)])


async def _groups(lanes: Lanes, clock: SystemClock, orders: Orders) -> None:
    """Sixteen units of ten registers, one after the other as a line at 9600 baud reads them."""
    dice, unit = random.Random(3), 0  # noqa: S311 - values
    for _ in range(orders.groups):
        at_us = clock.mono_us()
        for _ in range(orders.grouped // _REGISTERS):
            unit, at_us = (unit + 1) % _UNITS, at_us + _TURN_US + dice.randrange(4_000)
            said = [Sample(f"r{n}", round(dice.gauss(20, 1), 1), at_us) for n in range(_REGISTERS)]
            await lanes.take(f"detector-{unit:02d}", said)
        await lanes.flush()
        await asyncio.sleep(_GROUP_S)
