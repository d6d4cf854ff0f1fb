"""The loop over a real buffer and a real file: once, in order, over restarts and refusals."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.local_plan import LocalActionConfig
from edge_agent.exchange import Sample
from edge_agent.local_action.actor import Actor
from edge_agent.local_action.book import Book
from runtime.clock import SystemClock
from runtime.database import Database
from tests.patience import until
from tests.shipped import PROFILES
from tests.virtual_time import VirtualClock, run
from wire.command import Command, Outcome, Result
from wire.quality import Quality

CLOCK = SystemClock()
UG3 = PROFILES["calectro_ug3"]
(SMOKE,) = (rule for rule in UG3.rules if rule.id == "smoke")
PLAN = LocalActionConfig(
    "siren", (("smoke-01", SMOKE),), "smoke-02", "relay_test", "reset", None, 0, 0,
    only_when_cut_off=True, in_test=False,
)  # fmt: skip
DEVICES = {"smoke-01": UG3, "smoke-02": UG3}


@dataclass
class Town:
    """An actor with all that it meets; `done` are the actions that a hand carried out."""

    control: Control
    book: Book
    plans: list[LocalActionConfig] = field(default_factory=lambda: [PLAN])
    is_cut_off: bool = True
    outcome: Outcome = Outcome.DONE
    done: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    said: list[object] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def take(self, device: str, samples: Sequence[Sample]) -> None:
        assert device == "gateway"
        self.said += [one.value for one in samples]

    def actor(self) -> Actor:
        return Actor(
            lambda: self.plans,
            orders=_Orders(self),
            intake=self,
            book=self.book,
            clock=CLOCK,
            is_cut_off=lambda: self.is_cut_off,
            tell=self.told.append,
            progress=lambda _: None,
        )

    async def hand(self) -> None:
        """Whoever carries commands out at smoke-02."""
        while True:
            command = await self.control.begin(["smoke-02"])
            if command is None:
                await asyncio.sleep(0.005)
                continue
            self.done.append(str(command.action))
            await self.control.answer(command, self.outcome, "1 of 1")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Actor]:
        actor = self.actor()
        tasks = [asyncio.create_task(actor.run()), asyncio.create_task(self.hand())]
        try:
            yield actor
        finally:
            for task in tasks:
                task.cancel()
                await asyncio.wait([task])


@dataclass
class _Orders:
    town: Town

    async def take(self, command: Command) -> object:
        if self.town.refusals:
            raise sqlite3.OperationalError(self.town.refusals.pop())
        return await self.town.control.take(command)

    async def result(self, command_id: str) -> Result | None:
        return await self.town.control.result(command_id)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        control = Control(database, Timekeeper(CLOCK), DEVICES)
        yield Town(control, Book(tmp_path / "local-actions"))


def smoke(actor: Actor, *, value: bool, test: bool = False) -> None:
    actor.heard("smoke-01", [Sample("smoke", value, CLOCK.mono_us(), Quality(test=test))])


def state(actor: Actor) -> str:
    return "".join(one.state for one in actor.health())


async def test_it_acts_once_and_undoes_once(town: Town) -> None:
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: state(actor) == "acted")
        smoke(actor, value=True)
        assert town.done == ["relay_test"]
        smoke(actor, value=False)
        await until(lambda: town.done == ["relay_test", "reset"] and len(town.said) == 4)
    assert town.said == [
        "siren acting: smoke-02, smoke-01/smoke",
        "siren acted: smoke-02, smoke-01/smoke",
        "siren undoing: smoke-02, cleared",
        "siren idle: smoke-02, confirmed",
    ]


async def test_a_restart_in_an_alarm_neither_acts_again_nor_forgets_to_undo(town: Town) -> None:
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: state(actor) == "acted")
    async with town.running() as actor:
        await until(lambda: bool(actor.health()))
        smoke(actor, value=True)
        await asyncio.sleep(0.05)
        assert (state(actor), town.done) == ("acted", ["relay_test"])
    async with town.running() as actor:
        await until(lambda: bool(actor.health()))
        smoke(actor, value=False)
        await until(lambda: town.done == ["relay_test", "reset"])


async def test_an_order_that_was_noted_and_never_given_is_given_after_a_restart(
    town: Town,
) -> None:
    actor = town.actor()
    town.refusals = ["the disk is full"] * 3
    task = asyncio.create_task(actor.run())
    await until(lambda: bool(actor.health()))
    smoke(actor, value=True)
    await until(lambda: any("waits, the disk refuses" in one for one in town.told))
    task.cancel()
    await asyncio.wait([task])
    town.refusals.clear()
    async with town.running() as actor:
        await until(lambda: town.done == ["relay_test"] and state(actor) == "acted")


async def test_what_the_server_hears_is_left_to_it_until_it_is_cut_off(town: Town) -> None:
    town.is_cut_off = False
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: [one.reason for one in actor.health()] == ["server_hears"])
        assert town.done == []
        town.is_cut_off = True
        await until(lambda: town.done == ["relay_test"])


async def test_a_test_does_nothing_unless_it_is_wanted(town: Town) -> None:
    async with town.running() as actor:
        smoke(actor, value=True, test=True)
        await until(lambda: [one.reason for one in actor.health()] == ["test"])
        assert town.done == []
        town.plans = [replace(PLAN, in_test=True)]
        smoke(actor, value=True, test=True)
        await until(lambda: town.done == ["relay_test"])
    assert str(town.said[0]).startswith("test: siren acting")


async def test_a_device_that_refuses_is_tried_again(town: Town) -> None:
    town.outcome = Outcome.FAILED
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: [one.reason for one in actor.health()] == ["pause"])
        town.outcome = Outcome.DONE
        await until(lambda: state(actor) == "acted")
    assert town.done == ["relay_test", "relay_test"]


async def test_one_that_is_taken_out_of_the_configuration_is_switched_off(town: Town) -> None:
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: state(actor) == "acted")
        town.plans = []
        await until(lambda: town.done == ["relay_test", "reset"])
        await until(lambda: actor.health() == ())


async def test_and_tried_again_when_its_device_does_not_answer(town: Town) -> None:
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: state(actor) == "acted")
        town.outcome, town.plans = Outcome.FAILED, []
        await until(lambda: town.done == ["relay_test", "reset"])
        assert state(actor) == "undoing"
    town.outcome = Outcome.DONE
    async with town.running() as actor:
        await until(lambda: town.done == ["relay_test", "reset", "reset"])
        await until(lambda: actor.health() == ())


@pytest.mark.parametrize("plans", [[], [replace(PLAN, device="smoke-03", undo="relay_test")]])
async def test_one_that_is_taken_out_while_the_agent_is_stopped_is_switched_off(
    town: Town, plans: list[LocalActionConfig]
) -> None:
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: state(actor) == "acted")
    town.plans = plans
    async with town.running():
        await until(lambda: town.done == ["relay_test", "reset"])


async def test_an_old_answer_is_not_taken_for_a_new_one(town: Town, tmp_path: Path) -> None:
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: state(actor) == "acted")
    (tmp_path / "local-actions").unlink()  # its memory is lost, the table of commands is not
    async with town.running() as actor:
        await until(lambda: bool(actor.health()))
        smoke(actor, value=True)
        await until(lambda: town.done == ["relay_test", "relay_test"])


async def test_one_that_is_put_back_acts_again(town: Town) -> None:
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: state(actor) == "acted")
        town.plans = []
        await until(lambda: actor.health() == ())
        town.plans = [PLAN]
        await until(lambda: bool(actor.health()))
        smoke(actor, value=True)
        await until(lambda: town.done == ["relay_test", "reset", "relay_test"])


async def test_a_book_that_can_not_be_written_hinders_nothing(town: Town, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    town.book = Book(tmp_path / "file" / "book")
    async with town.running() as actor:
        smoke(actor, value=True)
        await until(lambda: town.done == ["relay_test"])
    assert any("can not be written" in one for one in town.told)
    assert any("can not be read" in one for one in town.told)


async def test_others_are_not_listened_to(town: Town) -> None:
    actor = town.actor()
    actor.heard("smoke-02", [Sample("smoke", value=True, mono_us=1)])
    assert not actor._waiting


@pytest.mark.parametrize(("plans", "looks"), [([], 10), ([PLAN], 10)])
def test_it_looks_at_each_beat_while_nothing_is_under_way(
    tmp_path: Path, plans: list[LocalActionConfig], looks: int
) -> None:
    shown: list[str] = []

    async def played() -> None:
        actor = Actor(
            lambda: plans,
            orders=Nobody(),
            intake=Nobody(),
            book=Book(tmp_path / "local-actions"),
            clock=VirtualClock(),
            is_cut_off=lambda: True,
            tell=lambda _: None,
            progress=shown.append,
        )
        task = asyncio.create_task(actor.run())
        while not shown:
            await asyncio.sleep(0)
        before = len(shown)
        await asyncio.sleep(10)
        assert abs(len(shown) - before - looks) <= 1
        task.cancel()

    run(played())


def test_a_delay_ends_when_it_ends_and_not_at_the_next_look(tmp_path: Path) -> None:
    shown: list[str] = []

    async def played() -> None:
        clock = VirtualClock()
        actor = Actor(
            lambda: [replace(PLAN, delay_us=3_500_000)],
            orders=Nowhere(),
            intake=Nowhere(),
            book=Book(tmp_path / "local-actions"),
            clock=clock,
            is_cut_off=lambda: True,
            tell=lambda _: None,
            progress=shown.append,
        )
        task = asyncio.create_task(actor.run())
        while not shown:
            await asyncio.sleep(0)
        await asyncio.sleep(0.345_678)
        alarm_us = clock.mono_us()
        actor.heard("smoke-01", [Sample("smoke", value=True, mono_us=alarm_us)])
        await asyncio.sleep(3.4)
        assert state(actor) == "idle"
        assert len(shown) <= 7
        await asyncio.sleep(0.2)
        (told,) = actor.health()
        assert told.state == "acting"
        assert told.since_us == alarm_us + 3_500_000
        task.cancel()

    run(played())


class Nowhere:
    """Takes all, and nothing ever comes of it."""

    async def take(self, *_: object) -> None: ...

    async def result(self, _command_id: str) -> Result | None: ...


class Nobody:
    """Neither orders are given here nor samples said."""

    async def take(self, *_: object) -> None:
        raise AssertionError

    async def result(self, _command_id: str) -> Result | None:
        raise AssertionError
