"""The deliverer against a real book.db and a receiver that answers as the test tells it."""

import asyncio
import json
import logging
import sqlite3
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest_server.db import delivery_list, outbox
from ingest_server.db.delivery import Delivery, DeliveryState, delivery_id
from ingest_server.db.migrate import migrate
from ingest_server.db.snapshot import Snapshot
from ingest_server.notify.answer import Answer, Outcome
from ingest_server.notify.deliverer import Deliverer
from ingest_server.notify.pace import Pace
from ingest_server.notify.slots import SlotPlan
from ingest_server.receiver import Receiver
from runtime.clock import Clock
from runtime.database import Database, Work, nothing
from tests.patience import PATIENCE_S
from tests.standing_clock import StandingClock

MakeSnapshot = Callable[..., Snapshot]
MakeReceiver = Callable[..., Receiver]
OK = Answer(outcome=Outcome.DELIVERED, status=200)
BUSY = Answer(outcome=Outcome.SERVER_ERROR, status=503, text="busy")
QUICK = Pace(heartbeat_s=3600.0, look_s=0.01, commit_s=0.01)


class ScriptedPoster:
    """Answers from a script, then 200; `None` in the script never answers."""

    def __init__(self) -> None:
        self.script: dict[str, deque[Answer | None]] = defaultdict(deque)
        self.came: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.arrived = asyncio.Condition()
        self.under_way = 0

    @property
    def alarms(self) -> list[tuple[str, str, int]]:
        """What came of alarms: receiver, alarm, revision."""
        return [
            (receiver, body["data"]["alarm_id"], body["data"]["revision"])
            for receiver, _, body in self.came
            if "alarm_id" in body["data"]
        ]

    async def post(self, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> Answer:
        words = json.loads(body)
        self.came.append((receiver.id, dict(headers), words))
        async with self.arrived:
            self.arrived.notify_all()
        script = self.script[receiver.id]
        answer = script.popleft() if script and words["type"].startswith("alarm") else OK
        self.under_way += 1
        try:
            if answer is None:
                await asyncio.Event().wait()
                raise AssertionError
        finally:
            self.under_way -= 1
        return answer

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self.arrived:
            await self.arrived.wait_for(condition)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "book.db", lambda c: migrate(c, "book")) as database:
        yield database


@pytest.fixture
def poster() -> ScriptedPoster:
    return ScriptedPoster()


async def enqueue(book: Database, snapshot: Snapshot, *receivers: Receiver) -> None:
    await book.transact(lambda c: outbox.enqueue(c, snapshot, receivers, snapshot.learned))


async def get(book: Database, delivery: str) -> Delivery:
    found = await book.read(lambda c: delivery_list.get(c, delivery))
    assert found is not None
    return found


async def step(deliverer: Deliverer) -> None:
    """One look, and every attempt that it starts to its end."""
    async with asyncio.TaskGroup() as group:
        await deliverer.step(group)


@asynccontextmanager
async def running(deliverer: Deliverer) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(deliverer.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def test_one_revision_after_the_other_each_signed_under_its_id(
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
) -> None:
    city = make_receiver()
    for revision in (1, 2):
        await enqueue(book, make_snapshot(revision=revision), city)
    deliverer = Deliverer(book, clock, [city], {}, poster)
    await step(deliverer)
    await step(deliverer)
    assert poster.alarms == [("city", "al-1", 1), ("city", "al-1", 2)]
    assert [headers["webhook-id"] for _, headers, _ in poster.came] == [
        delivery_id("al-1", revision, "city") for revision in (1, 2)
    ]


async def test_each_attempt_is_signed_anew_under_the_same_id_and_logged(
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
) -> None:
    city = make_receiver()
    await enqueue(book, make_snapshot(), city)
    poster.script["city"] += [BUSY, BUSY]
    deliverer = Deliverer(book, clock, [city], {}, poster, jitter=lambda: 0.0)
    for seconds in (0.0, 0.9, 0.1, 1.9, 0.1):
        clock.advance(round(seconds * 1_000_000))
        await step(deliverer)
    _, first, body = poster.came[0]
    _, last, same_body = poster.came[2]
    assert len(poster.came) == 3
    assert body == same_body
    assert first["webhook-id"] == last["webhook-id"]
    assert int(last["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 3
    assert first["webhook-signature"] != last["webhook-signature"]
    log = await book.read(lambda c: delivery_list.attempts(c, first["webhook-id"]))
    assert [(one.outcome, one.status, one.answer) for one in log] == [
        ("server_error", 503, "busy"),
        ("server_error", 503, "busy"),
        ("delivered", 200, ""),
    ]


async def test_the_newest_passes_when_ten_seconds_brought_no_success(
    *,
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    city = make_receiver()
    poster.script["city"] += [BUSY] * 4
    deliverer = Deliverer(book, clock, [city], {}, poster, jitter=lambda: 0.0)
    for revision in (1, 2, 3):
        await enqueue(book, make_snapshot(revision=revision), city)
    for _ in range(11):
        await step(deliverer)
        clock.advance(1_000_000)
    assert poster.alarms == [("city", "al-1", 1)] * 4 + [("city", "al-1", 3)]
    assert "revision 3" in caplog.text
    assert "supersedes undelivered 2" in caplog.text
    first = await get(book, delivery_id("al-1", 1, "city"))
    assert first.state is DeliveryState.SUPERSEDED


async def test_a_crash_between_2xx_and_commit_delivers_again_under_the_same_id(
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
) -> None:
    city = make_receiver()
    await enqueue(book, make_snapshot(), city)
    poster.script["city"].append(None)
    async with running(Deliverer(book, clock, [city], {}, poster, pace=QUICK)):
        await poster.until(lambda: len(poster.alarms) == 1)
    assert (await get(book, delivery_id("al-1", 1, "city"))).state is DeliveryState.WAITING
    await step(Deliverer(book, clock, [city], {}, poster))
    ids = {headers["webhook-id"] for _, headers, body in poster.came if body["type"] != "heartbeat"}
    assert len(poster.alarms) == 2
    assert ids == {delivery_id("al-1", 1, "city")}


async def test_a_receiver_that_hangs_delays_neither_another_nor_life_safety(
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
) -> None:
    city, district = make_receiver(), make_receiver(id="district")
    poster.script["city"] += [None] * 3
    for n in range(5):
        await enqueue(book, make_snapshot(alarm_id=f"al-{n}", life_safety=False), city, district)
    plan = SlotPlan(total=4, reserved=1)
    deliverer = Deliverer(book, clock, [city, district], {}, poster, pace=QUICK, slots=plan)
    async with running(deliverer):
        await poster.until(lambda: sum(who == "district" for who, *_ in poster.alarms) == 5)
        assert poster.under_way == 3
        await enqueue(book, make_snapshot(alarm_id="fire"), city)
        await poster.until(lambda: ("city", "fire", 1) in poster.alarms)
        assert poster.under_way == 3


async def test_waking_it_is_quicker_than_its_own_look(
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
) -> None:
    city, wake = make_receiver(), asyncio.Event()
    pace = Pace(heartbeat_s=3600.0, look_s=3600.0)
    async with running(Deliverer(book, clock, [city], {}, poster, wake=wake, pace=pace)):
        for revision in (1, 2, 3):
            await enqueue(book, make_snapshot(revision=revision), city)
        wake.set()
        await poster.until(lambda: len(poster.alarms) == 3)


async def test_heartbeats_go_to_every_receiver_and_stand_in_no_table(
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_receiver: MakeReceiver,
) -> None:
    receivers = [make_receiver(), make_receiver(id="district")]
    pace = Pace(heartbeat_s=0.01)
    async with running(Deliverer(book, clock, receivers, {}, poster, pace=pace)):
        await poster.until(lambda: len(poster.came) >= 6)
    beats = [(who, body["data"]["beat"]) for who, _, body in poster.came]
    assert {("city", 1), ("city", 2), ("district", 1), ("district", 2)} <= set(beats)
    assert len({headers["webhook-id"] for _, headers, _ in poster.came}) == len(poster.came)
    assert await book.read(delivery_list.page) == []


async def test_a_receiver_may_have_a_beat_of_its_own(
    book: Database, clock: StandingClock, poster: ScriptedPoster, make_receiver: MakeReceiver
) -> None:
    quick = make_receiver(heartbeat_s=0.01)
    slow = make_receiver(id="district")
    async with running(Deliverer(book, clock, [quick, slow], {}, poster)):
        await poster.until(lambda: sum(who == "city" for who, *_ in poster.came) >= 3)
    told = {(who, body["data"]["interval_seconds"]) for who, _, body in poster.came}
    assert told == {("city", 0.01), ("district", 30.0)}


async def test_a_step_of_the_wall_clock_moves_no_retry(
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
) -> None:
    city = make_receiver()
    poster.script["city"] += [BUSY, BUSY]
    await enqueue(book, make_snapshot(), city)
    deliverer = Deliverer(book, clock, [city], {}, poster, jitter=lambda: 0.0)
    await step(deliverer)
    clock.step(-3_600_000_000)
    clock.advance(1_000_000)
    await step(deliverer)
    clock.step(7_200_000_000)
    await step(deliverer)
    assert len(poster.alarms) == 2


async def test_reach_and_a_test_by_hand(
    book: Database, clock: StandingClock, poster: ScriptedPoster, make_receiver: MakeReceiver
) -> None:
    deliverer = Deliverer(book, clock, [make_receiver()], {}, poster)
    assert deliverer.reach()["city"].outcome is None
    assert await deliverer.test("city") == OK
    assert deliverer.reach()["city"].outcome is Outcome.DELIVERED
    assert poster.came[0][2]["type"] == "receiver.test"
    with pytest.raises(KeyError):
        await deliverer.test("nobody")


@pytest.mark.parametrize("damage", [b"{", b'{"alarm_id":1}'])
async def test_a_damaged_row_holds_up_nothing_and_is_named(
    *,
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
    caplog: pytest.LogCaptureFixture,
    damage: bytes,
) -> None:
    city = make_receiver()
    for alarm in ("al-1", "al-2"):
        await enqueue(book, make_snapshot(alarm_id=alarm), city)
    broken = delivery_id("al-1", 1, "city")
    sql = "UPDATE delivery SET snapshot = ? WHERE id = ?"
    await book.transact(lambda c: c.execute(sql, (damage, broken)).rowcount)
    await step(Deliverer(book, clock, [city], {}, poster))
    assert poster.alarms == [("city", "al-2", 1)]
    assert f"delivery {broken} is damaged" in caplog.text
    assert (await get(book, broken)).state is DeliveryState.WAITING


async def test_a_receiver_that_is_gone_from_the_configuration_is_named(
    *,
    book: Database,
    clock: StandingClock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await enqueue(book, make_snapshot(), make_receiver(id="old-centre"))
    async with running(Deliverer(book, clock, [make_receiver()], {}, poster, pace=QUICK)):
        async with asyncio.timeout(PATIENCE_S):
            while "old-centre" not in caplog.text:
                await asyncio.sleep(0.005)
    assert poster.alarms == []


class FullDisk(Database):
    """A database that refuses the next writes, as a full disk does."""

    refusals = 0

    async def transact(
        self, work: Work[Any], *, hurry: bool = False, committed: Callable[[], None] = nothing
    ) -> Any:
        if self.refusals:
            self.refusals -= 1
            raise sqlite3.OperationalError("database or disk is full")
        return await super().transact(work, hurry=hurry, committed=committed)


async def test_while_the_disk_is_full_the_commit_is_repeated_not_the_delivery(
    *,
    tmp_path: Path,
    clock: Clock,
    poster: ScriptedPoster,
    make_snapshot: MakeSnapshot,
    make_receiver: MakeReceiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    city = make_receiver()
    async with FullDisk(tmp_path / "full.db", lambda c: migrate(c, "book")) as book:
        await enqueue(book, make_snapshot(), city)
        book.refusals = 2
        await step(Deliverer(book, clock, [city], {}, poster, pace=QUICK))
        first = await get(book, delivery_id("al-1", 1, "city"))
    assert first.state is DeliveryState.DELIVERED
    assert len(poster.alarms) == 1
    assert caplog.text.count("can not be recorded") == 2


async def test_a_book_that_can_not_be_read_is_logged_and_looked_at_again(
    tmp_path: Path,
    clock: Clock,
    poster: ScriptedPoster,
    make_receiver: MakeReceiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed = Database(tmp_path / "none.db", lambda c: migrate(c, "book"))
    await step(Deliverer(closed, clock, [make_receiver()], {}, poster))
    assert "can not be read" in caplog.text
