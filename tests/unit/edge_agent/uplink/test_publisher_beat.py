"""When the uplink wakes: told at once, else by a look each second.

In virtual time, on a real file.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from edge_agent.buffer.control import Control
from edge_agent.buffer.lanes import Lanes
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.exchange import Sample
from edge_agent.uplink.config_answers import ConfigAnswers
from edge_agent.uplink.publisher import HEARTBEAT_US, Publisher
from runtime.link_rate import LinkRate
from runtime.mqtt import Message, Outcome
from tests.instant_database import InstantDatabase
from tests.lanes_rig import lanes_on
from tests.virtual_time import LateClock, VirtualLoop, now_s, run
from wire.command import Outcome as Ending
from wire.command import Result
from wire.identity import Anchor, Birth, Software
from wire.topic import Up, parse_up

HEARTBEAT_S = HEARTBEAT_US / 1e6


@dataclass
class Session:
    """A broker that takes all at once; what was said, and when."""

    connection: int = 0
    is_connected: bool = False
    is_resumed: bool = False
    slots: int = 1_000
    waiting: int = 0
    rate: LinkRate = field(default_factory=LinkRate)
    said: list[tuple[Up, float]] = field(default_factory=list)
    heralds: list[asyncio.Event] = field(default_factory=list)
    online: asyncio.Event = field(default_factory=asyncio.Event)

    def announce(self, herald: asyncio.Event) -> None:
        self.heralds.append(herald)

    def connect(self, *, is_told: bool = True) -> None:
        """Anew, without a moment in between."""
        self.connection += 1
        self.is_connected = True
        self.online.set()
        for herald in self.heralds if is_told else ():
            herald.set()

    async def connected(self) -> int:
        await self.online.wait()
        return self.connection

    async def publish(self, topic: str, _payload: bytes, **_said: Any) -> Outcome:
        self.said.append((parse_up(topic).kind, now_s()))
        return Outcome.ACCEPTED

    send = publish

    async def receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    def since(self, began_s: float) -> list[tuple[Up, float]]:
        """What was said from then on, and after how long."""
        return [(kind, at_s - began_s) for kind, at_s in self.said if at_s >= began_s]


@dataclass
class Scene:
    session: Session
    lanes: Lanes
    publisher: Publisher
    timekeeper: Timekeeper
    clock: LateClock
    config_hash: str = "one"
    turns: Counter[str] = field(default_factory=Counter)

    async def alarm(self, *, is_on: bool) -> None:
        await self.lanes.take("d", [Sample("smoke", is_on, self.clock.mono_us())])


def birth(boot: str, anchors: tuple[Anchor, ...]) -> Birth:
    return Birth("gw", Software("agent", "1"), boot, 7, "hash", (), (), anchors)


@asynccontextmanager
async def running(path: Path, *, trusted: bool = True) -> AsyncIterator[Scene]:
    """Connected, introduced, and half a second from the next beat."""
    clock, session = LateClock(trusted=trusted), Session()
    async with InstantDatabase(path / "buffer.db") as database:
        timekeeper = Timekeeper(clock)
        lanes = lanes_on(database, timekeeper)
        publisher = Publisher(
            gateway="gw",
            lanes=lanes,
            control=Control(database, timekeeper, {}),
            session=session,  # type: ignore[arg-type]  # what a publisher uses of it
            clock=clock,
            timekeeper=timekeeper,
            birth=birth,
            progress=lambda name: scene.turns.update([name]),
            config_hash=lambda: scene.config_hash,
        )
        scene = Scene(session, lanes, publisher, timekeeper, clock)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(publisher.run()), group.create_task(lanes.run())]
            session.connect()
            await asyncio.sleep(7.5)
            yield scene
            for task in tasks:
                task.cancel()


NEW = [(Up.BIRTH, 0.0), (Up.STATUS, 0.0), (Up.URGENT, 0.0)]
KNOWN = [(Up.STATUS, 0.0), (Up.URGENT, 0.0)]


def test_idle_it_wakes_once_a_second_and_speaks_every_ten(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, VirtualLoop)
            wakes, began_s = loop.wakes, now_s()
            await asyncio.sleep(60)
            assert loop.wakes - wakes <= 60 + 6 + 2
            said = here.session.since(began_s)
            assert [kind for kind, _ in said] == [Up.URGENT] * 6
            assert all(b - a == HEARTBEAT_S for (_, a), (_, b) in pairwise(said))

    run(played())


def test_a_new_connection_is_introduced_at_once(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            here.session.connect()
            began_s = now_s()
            await asyncio.sleep(0.1)
            assert here.session.since(began_s) == KNOWN
            await asyncio.sleep(5)
            assert (Up.BIRTH, 5.0) in here.session.since(began_s)  # it was put off for so long

    run(played())


def test_a_birth_follows_a_new_anchor_at_once(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path, trusted=False) as here:
            here.clock.trusted = True
            here.timekeeper.now()
            began_s = now_s()
            await asyncio.sleep(0.1)
            assert here.session.since(began_s) == NEW

    run(played())


def test_an_event_that_is_lost_costs_one_look(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            for config_hash in ("one", "two"):
                here.config_hash = config_hash
                if config_hash == "one":
                    here.session.connect(is_told=False)
                began_s = now_s()
                await asyncio.sleep(1)
                assert (Up.STATUS, 0.5) in here.session.since(began_s)

    run(played())


def test_an_alarm_does_not_wait_for_that_look(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            here.config_hash = "two"  # and nobody says so
            began_s = now_s()
            await here.alarm(is_on=True)
            await asyncio.sleep(0.1)
            assert here.session.since(began_s) == [*KNOWN, (Up.URGENT, 0.0)]

    run(played())


def test_answers_of_the_broker_wake_nobody_who_has_nothing_to_send(tmp_path: Path) -> None:
    async def played() -> None:
        async with running(tmp_path) as here:
            await here.alarm(is_on=False)
            await asyncio.sleep(1)
            turns, began_s = here.turns.copy(), now_s()
            for is_on in (True, False, True):
                await here.alarm(is_on=is_on)
                await asyncio.sleep(0.05)
            assert [kind for kind, _ in here.session.since(began_s)] == [Up.URGENT] * 3
            assert here.turns == turns

    run(played())


def test_what_became_of_a_configuration_is_told_at_once_or_after_one_look() -> None:
    async def played() -> None:
        session, answered = Session(), asyncio.Event()
        answers = ConfigAnswers(
            gateway="gw",
            session=session,  # type: ignore[arg-type]  # what it uses
            answers=lambda: (Result("config/1", Ending.APPLIED),),
            answered=answered,
        )
        task = asyncio.create_task(answers.run())
        for change, delay_s in (
            (session.connect, 0.0),
            (answered.set, 0.0),
            (session.connect, 0.0),
            (lambda: session.connect(is_told=False), 0.5),
        ):
            await asyncio.sleep(10.5 - now_s() % 1)
            change()
            began_s = now_s()
            await asyncio.sleep(3)
            assert session.since(began_s) == [(Up.RESULT, delay_s)]
        task.cancel()

    run(played())
