"""The server's stages on real files, stepped by hand, and its API without a port."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ingest_server.alarm.watcher import Watcher
from ingest_server.api.office import Office
from ingest_server.api.web import build
from ingest_server.db.outbox import enqueue
from ingest_server.db.snapshot import Snapshot
from ingest_server.files import Files, opened
from ingest_server.health import Health
from ingest_server.intake.admit import Arrival
from ingest_server.intake.desk import Desk
from ingest_server.receiver import Place, Receiver
from ingest_server.store.writer import Writer
from runtime.mqtt import Message
from tests.golden_message import golden
from tests.shipped import PROFILES
from tests.standing_clock import StandingClock

TOKEN = "t" * 40
T0 = 1_790_000_001_000_000
"""A second after most golden messages, in UTC microseconds."""

PLACES = {"tunnel-3": Place(id="tunnel-3", address="Tunnel 3")}
CENTRE = Receiver(id="centre", url="https://centre.example/", secrets=(b"s" * 32,))


@dataclass
class ServerRig:
    """`client` carries the token. `health` is what /readyz says."""

    files: Files
    client: httpx.AsyncClient
    office: Office
    clock: StandingClock
    health: list[Health] = field(default_factory=lambda: [Health((), ())])

    async def feed(self, *messages: str | Message) -> None:
        """Golden messages by name, or any: admit, commit, judge, store."""
        arrivals = [_arrival(one, self.clock.utc_us()) for one in messages]
        await Desk(self.files.journal, self.clock).enter(arrivals)
        while await self.watcher.pass_once():
            pass
        while await self.writer.pass_once():
            pass

    async def get(self, path: str, status: int = 200) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def post(self, path: str, body: object, status: int = 200) -> Any:
        answer = await self.client.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def __post_init__(self) -> None:
        self.watcher = Watcher(
            journal=self.files.journal,
            book=self.files.book,
            profiles=PROFILES,
            clock=self.clock,
            enqueue=self.office.enqueue,
            reachable_since=lambda: 1,
            wake=asyncio.Event(),
        )
        self.writer = Writer(
            journal=self.files.journal,
            store=self.files.store,
            clock=self.clock,
            wake=asyncio.Event(),
        )


@asynccontextmanager
async def server_rig(folder: Path) -> AsyncIterator[ServerRig]:
    clock, queued = StandingClock(T0), asyncio.Event()
    said = [Health((), ())]

    def queue(book: sqlite3.Connection, snapshot: Snapshot) -> None:
        enqueue(book, snapshot, [CENTRE], clock.utc_us())

    async def health() -> Health:
        return said[-1]

    async with opened(folder, clock.utc_us(), queued) as files:
        office = Office(
            journal=files.journal,
            book=files.book,
            store=files.store,
            clock=clock,
            enqueue=queue,
            places=PLACES,
            alarms_url="http://127.0.0.1:8470/v1/alarms",
            gateway_silent_us=30_000_000,
            health=health,
            profiles=PROFILES,
        )
        transport = httpx.ASGITransport(build(office, TOKEN), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://server",
            headers={"authorization": f"Bearer {TOKEN}"},
        ) as client:
            yield ServerRig(files, client, office, clock, said)


def _arrival(one: str | Message, at_us: int) -> Arrival:
    message = golden(one) if isinstance(one, str) else one
    return Arrival(message.topic, message.payload, message.properties, message.content_type, at_us)
