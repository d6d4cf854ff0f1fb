"""The whole server with a real broker: golden messages in, receipts, webhooks; and its end."""

import asyncio
import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest_server.api.server import BindError
from ingest_server.app import App
from ingest_server.config import load
from ingest_server.db.journal import migrate_journal
from ingest_server.db.migrate import NewerDatabaseError
from ingest_server.intake.receiver import KINDS, Intake
from runtime.clock import SystemClock
from runtime.database import Database
from runtime.mqtt import Message, Session
from simulators.broker import Broker
from simulators.webhook_check import Verdict
from tests.conftest import Connect
from tests.golden_message import golden
from tests.patience import PATIENCE_S, until
from tests.running_server import RunningServer, running_server
from wire.receipt import Receipt, decode_receipt
from wire.topic import Down, down, up_filters

GATEWAY = "gw-001"
HEARTBEAT_MS = 3_610_000  # when the golden heartbeat left


@pytest.fixture
def gateway(connect: Connect, broker: Broker) -> Session:
    """A gateway's session, which hears its receipts."""
    return connect(broker, GATEWAY, subscriptions=[down(GATEWAY, Down.RECEIPT)])


async def send(gateway: Session, *messages: Message) -> None:
    for one in messages:
        await gateway.publish(
            one.topic, one.payload, properties=one.properties, content_type=one.content_type
        )


async def receipts(gateway: Session, count: int) -> list[Receipt]:
    async with asyncio.timeout(PATIENCE_S):
        return [decode_receipt((await gateway.receive()).payload) for _ in range(count)]


async def through(gateway: Session, mono: int) -> list[Receipt]:
    """The next receipts, up to the one for what left at `mono`: what came before it is answered."""
    found = await receipts(gateway, 1)
    while found[-1].answers is None or found[-1].answers.mono != mono:
        found += await receipts(gateway, 1)
    return found


async def stored(server: RunningServer) -> int:
    """How many readings the ledger of both lanes says are stored."""
    lanes = (await server.get(f"/v1/gateways/{GATEWAY}"))["lanes"].values()
    return sum(int(lane["ledger"]["stored"]) for lane in lanes)


async def found(server: RunningServer, path: str) -> Any:
    """What it answers once it has an item: store and newest values come after receipt and alarm."""
    async with asyncio.timeout(PATIENCE_S):
        while not (said := await server.get(path))["items"]:
            await asyncio.sleep(0.02)
    return said


async def test_from_the_wire_to_the_alarm_centre(
    tmp_path: Path, broker: Broker, gateway: Session
) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        await gateway.connected()
        await send(gateway, golden("birth"), golden("urgent_good"), golden("bulk_good"))
        told = {(one.lane, one.have) for one in await receipts(gateway, 3)}
        assert told >= {("urgent", ((7, 7),)), ("bulk", ((12, 12),))}
        raised = await server.centre.wait_for(
            lambda one: one.type == "alarm.raised" and one.data.get("rule") == "smoke"
        )
        assert raised.verdict is Verdict.VERIFIED
        assert raised.data["device"] == "smoke-01"
        latest = await found(server, "/v1/readings/latest?device=smoke-01")
        assert latest["items"][0]["value"] is True
        assert await stored(server) == 13
        assert "API token" in server.shown[0]
        assert server.centre.violations == []


async def test_the_same_again_changes_nothing(
    tmp_path: Path, broker: Broker, gateway: Session
) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        await gateway.connected()
        await send(gateway, golden("birth"), golden("urgent_good"))
        await receipts(gateway, 2)
        await server.centre.wait_for(lambda one: one.data.get("rule") == "smoke")
        series = f"/v1/readings?gateway={GATEWAY}&device=smoke-01&point=smoke"
        before = (await found(server, series), await server.get("/v1/alarms?class=hazard"))
        await send(gateway, *[golden("urgent_good")] * 5, golden("urgent_heartbeat"))
        answers = await through(gateway, HEARTBEAT_MS)
        assert {had for one in answers for had in one.have} == {(7, 7)}
        await asyncio.sleep(0.3)
        after = (await server.get(series), await server.get("/v1/alarms?class=hazard"))
        assert after == before
        hazards = [one for one in server.centre.alarms if one.data["rule"] == "smoke"]
        assert len(hazards) == 1


class Mute(Session):
    """As a server that is killed between its commit and the PUBACK."""

    def acknowledge(self, message: Message) -> None:
        """Say nothing."""


async def test_killed_between_commit_and_acknowledgement_takes_nothing_twice(
    tmp_path: Path, broker: Broker, gateway: Session
) -> None:
    async with running_server(tmp_path, broker) as server:  # so that the broker knows the sessions
        await server.until_ready()
    await gateway.connected()
    await send(gateway, golden("birth"), golden("urgent_good"), golden("bulk_good"))
    config = load(tmp_path / "server.toml")
    async with Database(config.data / "journal.db", migrate_journal) as journal:
        sessions = {
            name: Mute(config.mqtt.options(name), subscriptions=up_filters(range(64), kinds))
            for name, kinds in KINDS.items()
        }
        intake = Intake(sessions=sessions, journal=journal, clock=SystemClock())
        async with asyncio.TaskGroup() as group:
            task = group.create_task(intake.run())
            await receipts(gateway, 3)
            task.cancel()
    async with running_server(tmp_path, broker) as server:
        await receipts(gateway, 3)  # the broker delivered them again
        await server.until_ready()
        assert await stored(server) == 13
        await server.centre.wait_for(lambda one: one.data.get("rule") == "smoke")
        assert len([one for one in server.centre.alarms if one.data["rule"] == "smoke"]) == 1


async def test_what_comes_while_the_server_is_away_comes_after_its_start(
    tmp_path: Path, broker: Broker, gateway: Session
) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
    await gateway.connected()
    await send(gateway, golden("birth"), golden("urgent_good"), golden("bulk_good"))
    async with running_server(tmp_path, broker) as server:
        await receipts(gateway, 3)
        await server.until_ready()
        assert await stored(server) == 13
        assert server.shown == []


async def test_a_broker_that_goes_is_named_and_found_again(tmp_path: Path, broker: Broker) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        broker.stop()
        async with asyncio.timeout(PATIENCE_S):
            while "broker_away" not in await server.readiness():
                await asyncio.sleep(0.05)
        broker.start()
        await server.until_ready()


async def test_heartbeats_come_in_the_interval_of_the_receiver(
    tmp_path: Path, broker: Broker
) -> None:
    async with running_server(tmp_path, broker) as server:
        beats = await server.centre.wait_for(
            lambda one: one.type == "heartbeat" and one.data.get("beat") == 2
        )
        assert beats.data["interval_seconds"] == 1.0


async def test_a_broken_file_is_set_aside_and_told(
    tmp_path: Path, broker: Broker, gateway: Session
) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        await gateway.connected()
        await send(gateway, golden("birth"), golden("urgent_good"))
        await receipts(gateway, 2)
        await until(lambda: server.centre.alarms)
    for name in ("journal.db", "store.db"):
        (tmp_path / "data" / name).write_bytes(b"torn" * 10_000)
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        notices = (await server.get("/readyz"))["notices"]
        assert ["journal.db" in notices[0], "store.db" in notices[1]] == [True, True]
        assert list((tmp_path / "data").glob("journal.db.broken-*Z"))
        # The new journal's entries must come after what the alarm stage had read of the old one.
        await send(gateway, golden("urgent_test"))
        await receipts(gateway, 1)
        async with asyncio.timeout(PATIENCE_S):
            while not (await server.get("/v1/readings/latest"))["items"]:
                await asyncio.sleep(0.02)
        assert (await server.get("/v1/alarms?state=all"))["items"]


async def test_the_journal_is_trimmed_behind_store_and_alarm(
    tmp_path: Path, broker: Broker, gateway: Session
) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        await gateway.connected()
        await send(gateway, golden("birth"), golden("urgent_good"), golden("bulk_good"))
        await receipts(gateway, 3)
        journal = Database(tmp_path / "data" / "journal.db", migrate_journal)
        async with asyncio.timeout(PATIENCE_S):
            while await journal.read(lambda c: c.execute("SELECT id FROM entry").fetchall()):
                await asyncio.sleep(0.05)


async def test_it_leaves_no_port_thread_or_task(tmp_path: Path, broker: Broker) -> None:
    before = set(threading.enumerate())
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        url = httpx.URL(server.app.url)
    with socket.create_server((url.host, url.port or 0)):
        pass
    assert server.task.cancelled()
    assert [task.get_name() for task in asyncio.all_tasks() if "mqtt" in task.get_name()] == []
    # The loop's own pool stays as long as the loop; a thread that was let go may need a moment.
    await until(lambda: not [t for t in set(threading.enumerate()) - before if not _is_pool(t)])


def _is_pool(thread: threading.Thread) -> bool:
    return thread.name.startswith("asyncio_")


async def test_a_port_that_is_taken_is_named(tmp_path: Path, broker: Broker) -> None:
    async with running_server(tmp_path, broker) as server:
        port = httpx.URL(server.app.url).port or 0
        other = load(tmp_path / "server.toml")
        api = replace(other.api, port=port)
        second = App(replace(other, api=api, data=tmp_path / "other"), SystemClock(), tell=print)
        with pytest.raises(BindError, match=f"127.0.0.1:{port}"):
            await second.run()


async def test_a_newer_file_is_left_alone(tmp_path: Path, broker: Broker) -> None:
    async with running_server(tmp_path, broker):
        pass
    path = tmp_path / "data" / "book.db"
    async with Database(path, lambda _: None) as book:
        await book.transact(lambda c: c.execute("INSERT INTO migration VALUES ('book_999_x.sql')"))
    app = App(load(tmp_path / "server.toml"), SystemClock())
    with pytest.raises(NewerDatabaseError):
        await app.run()
    assert path.exists()
