"""A watcher between a real journal and a real alarm book, and hands to feed and to read them."""

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from alarm_rules.in_force import in_force
from alarm_rules.override import Override
from device_profiles.load import profile_hash
from ingest_server.alarm.operate import Order, acknowledge
from ingest_server.alarm.watcher import Watcher, WatcherSettings
from ingest_server.db.alarm_book import Which, list_alarms, migrate_book
from ingest_server.db.journal import Draft, Kind, append, migrate_journal
from ingest_server.db.snapshot import Snapshot
from runtime.database import Database
from tests.gauge_profile import gauge_profile
from tests.shipped import PROFILES as SHIPPED_PROFILES
from tests.standing_clock import StandingClock
from wire.batch import Batch, encode_batch
from wire.envelope import Encoding
from wire.identity import Birth, Device, SiteRules, Software, Status, encode_identity
from wire.quality import GOOD, Quality
from wire.reading import Reading, Value
from wire.topic import Lane

SECOND = 1_000_000
HOUR = 3_600 * SECOND
GAUGE = gauge_profile()
PROFILES = {**SHIPPED_PROFILES, GAUGE.id: GAUGE}
SMOKE = PROFILES["calectro_ug3"]
RADAR = PROFILES["micradar_r60afd1"]
GATEWAY = "gw-001"


class PowerCutError(RuntimeError):
    """What a test raises in the middle of a transaction."""


@dataclass
class Outbox:
    """Writes what it is told into a table of book.db; `cut` counts down to a power cut."""

    cut: int | None = None

    def __call__(self, connection: sqlite3.Connection, snapshot: Snapshot) -> None:
        if self.cut is not None:
            self.cut -= 1
            if self.cut < 0:
                raise PowerCutError
        connection.execute(
            "INSERT INTO told (body) VALUES (?)", (msgspec.json.encode(snapshot).decode(),)
        )


def migrate_fast(connection: sqlite3.Connection) -> None:
    """Crashes here are exceptions, not power cuts: syncing would only cost time."""
    connection.execute("PRAGMA synchronous=OFF")
    migrate_journal(connection)


def migrate_rig(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    migrate_book(connection)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY, body TEXT) STRICT"
    )


def reading(
    at_us: int,
    value: Value | None,
    *,
    device: str = "smoke-01",
    point: str = "smoke",
    quality: Quality = GOOD,
) -> Reading:
    return Reading(device, point, at_us, value, None, quality)


def device(
    name: str = "smoke-01",
    profile: str = "calectro_ug3",
    rules: str | None = None,
    site: SiteRules | None = None,
) -> Device:
    """What a gateway's birth says of it; `site`: what its configuration changed."""
    known = PROFILES.get(profile)
    overrides = () if site is None else msgspec.convert(site.overrides, tuple[Override, ...])
    site_class = None if site is None else site.site_class
    return Device(
        device=name,
        profile=profile,
        profile_hash="0" * 16 if known is None else profile_hash(known),
        line="bus-1",
        rules_hash=rules
        or ("0" * 16 if known is None else in_force(known.rules, overrides, site_class).hash),
        place="tunnel-3",
        site=site or msgspec.UNSET,
    )


@dataclass
class Rig:
    """Enter it with `async with`; `folder` holds the two files."""

    folder: Path
    clock: StandingClock = field(default_factory=StandingClock)
    settings: WatcherSettings = field(default_factory=WatcherSettings)
    outbox: Outbox = field(default_factory=Outbox)
    reachable_us: int | None = 1
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self.journal = Database(self.folder / "journal.db", migrate_fast)
        self.book = Database(self.folder / "book.db", migrate_rig)
        await self.journal.__aenter__()
        await self.book.__aenter__()
        self.watcher = self.new_watcher()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.book.__aexit__(kind, error, trace)
        await self.journal.__aexit__(kind, error, trace)

    def new_watcher(self) -> Watcher:
        return Watcher(
            journal=self.journal,
            book=self.book,
            profiles=PROFILES,
            clock=self.clock,
            enqueue=self.outbox,
            reachable_since=lambda: self.reachable_us,
            wake=self.wake,
            settings=self.settings,
        )

    async def put(self, kind: Kind, payload: bytes, clock: str, gateway: str) -> None:
        draft = Draft(kind, gateway, self.clock.utc_us(), clock, 0, Encoding.RAW, payload)
        await self.journal.transact(lambda connection: append(connection, draft))

    async def birth(
        self, *devices: Device, connection: int = 1, gateway: str = GATEWAY, boot: str = "b-1"
    ) -> None:
        message = Birth(
            gateway=gateway,
            software=Software("edge-agent", "0.1.0"),
            boot=boot,
            connection=connection,
            config_hash="c" * 16,
            lines=(),
            devices=devices,
        )
        await self.put(Kind.BIRTH, encode_identity(message), "synchronised", gateway)

    async def status(self, status: Status, gateway: str = GATEWAY) -> None:
        await self.put(Kind.STATUS, encode_identity(status), "synchronised", gateway)

    async def send(
        self,
        *readings: Reading,
        lane: Lane = Lane.URGENT,
        clock: str = "synchronised",
        gateway: str = GATEWAY,
    ) -> None:
        kind = Kind.URGENT if lane is Lane.URGENT else Kind.BULK
        await self.put(kind, encode_batch(Batch(gateway, readings)), clock, gateway)

    async def hear(
        self,
        through_us: int | None,
        *,
        lane: Lane = Lane.URGENT,
        clones: int = 0,
        gateway: str = GATEWAY,
        live: tuple[int, int] = (0, 0),
    ) -> None:
        """A word of the lane now, a heartbeat say, complete through that source time.

        `live`: since when and through when the epoch that speaks is complete by itself.
        """
        row = (gateway, lane.value, clones, self.clock.utc_us(), through_us, *live)
        await self.journal.transact(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO lane (gateway, lane, spoken, clones, arrival_us,"
                " through_us, live_epoch, live_since_us, live_through_us)"
                " VALUES (?, ?, '[]', ?, ?, ?, 'a', ?, ?)",
                row,
            )
        )

    async def watch(self) -> None:
        while await self.watcher.pass_once():
            pass

    async def told(self) -> list[Snapshot]:
        rows = await self.rows("SELECT body FROM told ORDER BY number")
        return [msgspec.json.decode(str(row[0]), type=Snapshot) for row in rows]

    async def alarms(self, which: Which = Which.ALL) -> list[Snapshot]:
        """Oldest first."""
        page = await self.book.read(
            lambda connection: list_alarms(connection, which=which, limit=1_000)
        )
        return list(reversed(page.alarms))

    async def one(self, rule: str) -> Snapshot:
        """The only alarm of that rule."""
        (alarm,) = [alarm for alarm in await self.alarms() if alarm.rule == rule]
        return alarm

    async def acknowledge_all(self) -> None:
        for alarm in await self.alarms(Which.OPEN):
            order = Order(alarm.alarm_id, "li", None, self.clock.utc_us())
            await self.book.transact(partial(acknowledge, order=order, enqueue=self.outbox))

    async def episodes(self) -> list[tuple[object, ...]]:
        """(device, rule, start, end), without what was withdrawn."""
        return await self.rows(
            "SELECT device, rule, start_us, end_us FROM episode WHERE withdrawn = 0"
            " ORDER BY device, rule, start_us"
        )

    async def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return await self.book.read(lambda connection: connection.execute(query, values).fetchall())


def changes(told: Iterable[Snapshot]) -> list[str]:
    """`rule: change/event` of each, to compare at a glance."""
    return [f"{one.rule}: {one.change}/{one.event}" for one in told]
