"""P9: whatever receivers answer and whenever we die, each line is told whole and in order."""

import asyncio
import json
import random
import sqlite3
import tempfile
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_server.db import delivery_list, outbox
from ingest_server.db.delivery import DeliveryState
from ingest_server.db.migrate import migrate
from ingest_server.db.snapshot import Snapshot
from ingest_server.notify.answer import Answer, Outcome
from ingest_server.notify.deliverer import Deliverer
from ingest_server.notify.slots import SlotPlan
from ingest_server.receiver import Receiver
from runtime.database import Database
from tests.standing_clock import StandingClock

START_US = 1_795_251_845_000_000
RECEIVERS = [
    Receiver(id=name, url="https://centre.example/", secrets=(bytes(32),))
    for name in ("city", "district")
]
ALARMS = ("al-1", "al-2", "al-3")
FLAGS = ["active", "acknowledged", "latched", "shelved", "suppressed", "out_of_service", "closed"]
FLAGS += ["test", "late"]
OK = Answer(outcome=Outcome.DELIVERED, status=200)


class Heard:
    """A poster that keeps all that reached a receiver and answers from a script, then 200.

    Every other attempt is slow: it lasts until `gate` opens, while the deliverer looks again. None
    in the script never answers (`crash`): the receiver has had it, we shall never know.
    """

    def __init__(self, script: list[Answer | None], chance: random.Random) -> None:
        self.script = deque(script)
        self.chance = chance
        self.arrived: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.ids: dict[tuple[str, str, int], set[str]] = defaultdict(set)
        self.succeeded: set[tuple[str, str, int]] = set()
        self.crash = asyncio.Event()
        self.gate = asyncio.Event()
        self.under_way: set[tuple[str, str]] = set()

    async def post(self, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> Answer:
        data = json.loads(body)["data"]
        name = (receiver.id, data["alarm_id"], data["revision"])
        answer = self.script.popleft() if self.script else OK
        if answer is None or answer.outcome not in NEVER_ARRIVES:
            self.arrived[name[:2]].append(name[2])
            self.ids[name].add(headers["webhook-id"])
        assert name[:2] not in self.under_way, "two attempts of one line at once"
        self.under_way.add(name[:2])
        try:
            return await self._answer(answer, name)
        finally:
            self.under_way.discard(name[:2])

    async def _answer(self, answer: Answer | None, name: tuple[str, str, int]) -> Answer:
        if self.chance.random() < 0.5:
            await self.gate.wait()
        if answer is None:
            self.crash.set()
            await asyncio.Event().wait()
            raise AssertionError
        if answer is OK:
            self.succeeded.add(name)
        return answer


NEVER_ARRIVES = (Outcome.REFUSED, Outcome.NAME_UNKNOWN, Outcome.TLS_FAILED)


@dataclass
class Revise:
    """The watcher commits one more revision of these alarms, and may repeat the pass."""

    alarms: list[str]
    again: bool


@dataclass
class Pass:
    """So much time passes, then the deliverer looks; the wall clock may step as well."""

    seconds: float
    step_s: int = 0


@dataclass
class Restart:
    """We are killed and come back, maybe with another wall clock."""

    step_s: int


Action = Revise | Pass | Restart


@dataclass
class Scene:
    """A book, a poster and a deliverer that can be killed."""

    database: Database
    heard: Heard
    chance: random.Random
    clock: StandingClock = field(default_factory=lambda: StandingClock(START_US))
    revisions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ALARMS, 0))

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.deliverer = Deliverer(
            self.database,
            self.clock,
            RECEIVERS,
            {},
            self.heard,
            slots=SlotPlan(total=3, reserved=1),
            jitter=self.chance.random,
        )

    async def revise(self, action: Revise) -> None:
        for alarm_id in action.alarms:
            self.revisions[alarm_id] += 1
        snapshots = [snapshot(name, self.revisions[name]) for name in action.alarms]
        for _ in range(1 + action.again):
            for one in snapshots:
                await self.database.transact(partial(commit, one))

    async def look(self, action: Pass) -> None:
        self.clock.advance(round(action.seconds * 1_000_000))
        self.clock.step(action.step_s * 1_000_000)
        self.heard.crash.clear()
        looking = asyncio.create_task(self._step())
        crash = asyncio.create_task(self.heard.crash.wait())
        await asyncio.wait([looking, crash], return_when=asyncio.FIRST_COMPLETED)
        if self.heard.crash.is_set():
            looking.cancel()
            self.start()
        crash.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    def restart(self, action: Restart) -> None:
        self.clock.step(action.step_s * 1_000_000)
        self.start()

    async def act(self, action: Action) -> None:
        if isinstance(action, Revise):
            await self.revise(action)
        elif isinstance(action, Pass):
            await self.look(action)
        else:
            self.restart(action)

    async def _step(self) -> None:
        self.heard.gate.clear()
        async with asyncio.TaskGroup() as group:
            await self.deliverer.step(group)
            await self.deliverer.step(group)
            self.heard.gate.set()


def snapshot(alarm_id: str, revision: int) -> Snapshot:
    words = {
        "alarm_id": alarm_id,
        "revision": revision,
        "event": "alarm.changed",
        "change": "acknowledged",
        "alarm_class": "hazard",
        "severity": "critical",
        "life_safety": alarm_id == ALARMS[0],
        "gateway": "gw-001",
        "device": None,
        "rule": "smoke",
        "title": {},
        "guidance": {},
        "since": START_US,
        "until": None,
        "learned": START_US,
        "age_us": 0,
        "clock": "synchronised",
    }
    return msgspec.convert({**dict.fromkeys(FLAGS, False), **words}, Snapshot)


def commit(revision: Snapshot, book: sqlite3.Connection) -> None:
    outbox.enqueue(book, revision, RECEIVERS, START_US)


def answers() -> st.SearchStrategy[Answer | None]:
    failures = [outcome for outcome in Outcome if outcome is not Outcome.DELIVERED]
    failed = st.builds(
        Answer,
        outcome=st.sampled_from(failures),
        retry_after_s=st.none() | st.sampled_from([0, 3, 90, 10**6]),
    )
    return st.just(OK) | failed | failed | st.none()


def actions() -> st.SearchStrategy[Action]:
    some = st.lists(st.sampled_from(ALARMS), min_size=1, max_size=3, unique=True)
    steps = st.sampled_from([0] * 8 + [-86_400, -30, 30, 86_400])
    seconds = st.sampled_from([0.0, 0.5, 1.0, 3.0, 11.0, 40.0])
    passes = st.builds(Pass, seconds, steps)
    return st.builds(Revise, some, st.booleans()) | passes | passes | st.builds(Restart, steps)


async def play(story: list[Action], script: list[Answer | None], seed: int) -> None:
    chance = random.Random(seed)
    heard = Heard(script, chance)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.db"
        async with Database(path, lambda book: migrate(book, "book")) as database:
            scene = Scene(database, heard, chance)
            for action in story:
                await scene.act(action)
            heard.script.clear()  # all receivers are well again
            for _ in range(2 + sum(scene.revisions.values())):
                await scene.look(Pass(301.0))
            rows = await database.read(lambda book: delivery_list.page(book, limit=10_000))
    assert {row.state for row in rows} <= {DeliveryState.DELIVERED, DeliveryState.SUPERSEDED}
    assert len(rows) == len(RECEIVERS) * sum(scene.revisions.values())
    by_id = {row.id: row for row in rows}
    for row in rows:
        name = (row.receiver, row.alarm_id, row.revision)
        if row.state is DeliveryState.DELIVERED:
            assert name in heard.succeeded
        else:
            winner = by_id[row.superseded_by or ""]
            assert (winner.receiver, winner.alarm_id) == name[:2]
            assert winner.revision > row.revision
            assert row.revision < scene.revisions[row.alarm_id]
    for line, revisions in heard.arrived.items():
        assert revisions == sorted(revisions), line
        assert revisions[-1] == scene.revisions[line[1]]
    assert all(len(ids) == 1 for ids in heard.ids.values())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(actions(), min_size=1, max_size=25),
    st.lists(answers(), max_size=40),
    st.integers(0, 2**16),
)
def test_every_line_is_told_in_order_or_superseded_by_a_newer_whole_revision(
    story: list[Action],
    script: list[Answer | None],
    seed: int,
) -> None:
    asyncio.run(play(story, script, seed))
