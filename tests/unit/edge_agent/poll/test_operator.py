"""Commands are carried out one after the other, once, and answered although the disk refuses."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.poll.hand import Done
from edge_agent.poll.operator import Operator
from runtime.clock import SystemClock
from runtime.database import Database, Work
from tests.patience import PATIENCE_S
from tests.shipped import PROFILES
from wire.command import Command, CommandKind, Outcome, Result, decode_command

DEVICES = {"smoke-1": PROFILES["calectro_ug3"], "smoke-2": PROFILES["calectro_ug3"]}


class FullDisk(Database):
    """Refuses as often as it is told to."""

    refusals = 0

    async def transact(self, work: Work) -> object:  # type: ignore[type-arg, override]  # a fake that hands over anything
        if self.refusals:
            self.refusals -= 1
            raise sqlite3.OperationalError("database or disk is full")
        return await super().transact(work)


class FakeHand:
    def __init__(self, before: Callable[[], None] = lambda: None) -> None:
        self.carried_out: list[str] = []
        self.before = before

    async def carry_out(self, command: Command) -> Done:
        await asyncio.sleep(0)
        self.before()
        self.carried_out.append(command.id)
        return Done(Outcome.DONE, "well")


@asynccontextmanager
async def control(path: Path) -> AsyncIterator[tuple[Control, FullDisk]]:
    async with FullDisk(path / "buffer.db", rows.migrate) as database:
        yield Control(database, Timekeeper(SystemClock()), DEVICES), database


@asynccontextmanager
async def working(operator: Operator) -> AsyncIterator[None]:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        group.create_task(operator.run())
        yield
        operator.stop()


def reset(number: int, device: str = "smoke-1") -> Command:
    return Command(f"c-{number}", CommandKind.ACTION, "desk", device, "reset")


async def answered(control: Control, count: int) -> list[str]:
    while len(found := await control.unsent(100)) < count:
        await asyncio.sleep(0.005)
    return [decode_command(payload, Result).answers for _, payload in found]


async def test_those_that_waited_and_those_that_come_each_once_in_order(tmp_path: Path) -> None:
    hand, seen = FakeHand(), list[str]()
    async with control(tmp_path) as (here, _):
        await here.take(reset(1))
        await here.take(reset(2))
        operator = Operator("commands", {"smoke-1": hand}, here, seen.append)
        async with working(operator):
            await answered(here, 2)
            await here.take(reset(3))
            await here.take(reset(2))
            await here.take(reset(4, "smoke-2"))
            assert await answered(here, 3) == ["c-1", "c-2", "c-3"]
        assert hand.carried_out == ["c-1", "c-2", "c-3"]
        assert set(seen) == {"commands"}


async def test_what_is_of_the_gateway_is_not_of_a_line(tmp_path: Path) -> None:
    own, of_line = FakeHand(), FakeHand()
    async with control(tmp_path) as (here, _):
        operators = [
            Operator("own", {None: own}, here, lambda _: None),
            Operator("line", {"smoke-1": of_line}, here, lambda _: None),
        ]
        async with working(operators[0]), working(operators[1]):
            await here.take(Command("c-1", CommandKind.DIAGNOSTICS, "desk", "smoke-1"))
            await here.take(reset(2))
            await answered(here, 2)
    assert (own.carried_out, of_line.carried_out) == (["c-1"], ["c-2"])


async def test_a_disk_that_refuses_the_answer_is_asked_again_not_the_device(tmp_path: Path) -> None:
    async with control(tmp_path) as (here, disk):

        def fill() -> None:
            disk.refusals = 3

        hand = FakeHand(before=fill)
        operator = Operator("commands", {"smoke-1": hand}, here, lambda _: None, again_s=0.01)
        async with working(operator):
            await here.take(reset(1))
            assert await answered(here, 1) == ["c-1"]
        assert hand.carried_out == ["c-1"]


async def test_a_disk_that_refuses_the_beginning_delays_it(tmp_path: Path) -> None:
    hand = FakeHand()
    async with control(tmp_path) as (here, disk):
        await here.take(reset(1))
        disk.refusals = 2
        operator = Operator("commands", {"smoke-1": hand}, here, lambda _: None, again_s=0.01)
        async with working(operator):
            assert await answered(here, 1) == ["c-1"]


async def test_what_nobody_at_the_server_asked_says_who_wanted_it(tmp_path: Path) -> None:
    hand = FakeHand()
    async with control(tmp_path) as (here, _):
        await here.take(Command("site-action-1", CommandKind.ACTION, "Li Lei", "smoke-1", "reset"))
        await here.take(reset(1))
        async with working(Operator("commands", {"smoke-1": hand}, here, lambda _: None)):
            await answered(here, 2)
        details = [decode_command(said, Result).detail for _, said in await here.unsent()]
        assert details == ["reset at smoke-1, asked by Li Lei: well", "well"]
