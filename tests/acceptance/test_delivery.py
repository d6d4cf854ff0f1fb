"""From a committed revision to the centre over real HTTP, with every kind of bad answer between."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook as Verifier

from ingest_server.db import delivery_list, outbox
from ingest_server.db.delivery import DeliveryState
from ingest_server.db.migrate import migrate
from ingest_server.db.snapshot import Snapshot
from ingest_server.notify.deliverer import Deliverer
from ingest_server.notify.pace import Pace
from ingest_server.notify.webhook import Limits, Webhook
from ingest_server.receiver import Receiver
from runtime.clock import SystemClock
from runtime.database import Database
from simulators.alarm_centre import AlarmCentre
from simulators.delivery_book import Delivery
from tests.patience import PATIENCE_S

GOLDEN = Path(__file__).parents[1] / "contract" / "webhook" / "alarm_raised.json"
KEYS = (bytes(range(24)), bytes(range(64)))
SECRETS = ["whsec_" + base64.b64encode(key).decode() for key in KEYS]
LIMITS = Limits(total_s=0.4, connect_s=0.2)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "book.db", lambda c: migrate(c, "book")) as database:
        yield database


def revision(alarm_id: str, number: int = 1) -> Snapshot:
    words = json.loads(GOLDEN.read_text(encoding="utf-8"))["snapshot"]
    return msgspec.convert({**words, "alarm_id": alarm_id, "revision": number}, Snapshot)


@asynccontextmanager
async def delivering(book: Database, *receivers: Receiver) -> AsyncIterator[asyncio.Event]:
    clock, wake = SystemClock(), asyncio.Event()
    async with Webhook(clock, limits=LIMITS) as webhook:
        pace = Pace(heartbeat_s=0.2)
        deliverer = Deliverer(book, clock, receivers, {}, webhook, wake=wake, pace=pace)
        task = asyncio.create_task(deliverer.run())
        try:
            yield wake
        finally:
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()


async def test_no_bad_answer_costs_a_revision_or_its_order(book: Database) -> None:
    alarms = [f"al-{n}" for n in range(5)]
    async with AlarmCentre(SECRETS[0]) as centre:
        for mode in ("503", "429", "410", "timeout", "reset"):
            centre.answer_next(mode)
        city = Receiver(id="city", url=centre.url, secrets=KEYS, allow_private=True)
        async with delivering(book, city) as wake:
            for number in (1, 2):
                for alarm in alarms:
                    await enqueue(book, revision(alarm, number), city)
            wake.set()
            for alarm in alarms:
                await centre.wait_for(partial(was_taken, alarm, 2))
            await centre.wait_for(lambda d: d.type == "heartbeat" and d.verified)
            async with asyncio.timeout(PATIENCE_S):
                while await owed(book):
                    await asyncio.sleep(0.01)
        assert centre.violations == []
        assert centre.book.duplicates == 5  # each bad answer, tried again under its own id
        answers = {d.answer for d in centre.alarms}
    assert answers == {"200", "503", "429", "410", "timeout", "reset"}
    rows = await book.read(delivery_list.page)
    assert {row.state for row in rows} == {DeliveryState.DELIVERED}
    log = await book.read(
        lambda c: [one for row in rows for one in delivery_list.attempts(c, row.id)],
    )
    outcomes = {one.outcome for one in log}
    assert outcomes == {"delivered", "server_error", "throttled", "gone", "timed_out", "reset"}


async def enqueue(book: Database, snapshot: Snapshot, receiver: Receiver) -> None:
    await book.transact(lambda c: outbox.enqueue(c, snapshot, [receiver], 0))


def was_taken(alarm: str, number: int, delivery: Delivery) -> bool:
    return (delivery.alarm_id, delivery.revision, delivery.answer) == (alarm, number, "200")


async def owed(book: Database) -> list[Any]:
    return list(await book.read(delivery_list.backlog))


async def test_the_reference_library_verifies_what_arrives(book: Database) -> None:
    verified: list[str] = []
    enough = asyncio.Event()

    async def receive(request: web.Request) -> web.Response:
        raw, headers = await request.read(), dict(request.headers)
        verified.extend(Verifier(secret).verify(raw, headers)["type"] for secret in SECRETS)
        if len(verified) >= 4 and "heartbeat" in verified and "alarm.raised" in verified:
            enough.set()
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/", receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    city = Receiver(id="city", url=url, secrets=KEYS, allow_private=True)
    await enqueue(book, revision("al-1"), city)
    async with delivering(book, city), asyncio.timeout(PATIENCE_S):
        await enough.wait()
    await runner.cleanup()
