"""Points of a real InfluxDB at other times, in small pages, however often it fails on the way."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest

from ingest_server.config_store import InfluxConfig
from ingest_server.db.retime import Moves, Retime
from ingest_server.store import opening
from ingest_server.store.embedded import migrate_store
from ingest_server.store.influx import Influx
from ingest_server.store.influx_retime import move_page
from ingest_server.store.port import StoreError
from ingest_server.store.verdict import Answer
from runtime.database import Database
from simulators.influxd import ORG, Influxd
from tests.standing_clock import StandingClock
from tests.store_contract import EVER, SECOND, SMOKE, T0, point

POINTS = 30


@dataclass
class Unreliable:
    """Some requests it refuses, some it carries out and says nothing."""

    client: Influx
    random: Random = field(default_factory=lambda: Random(1))

    def _luck(self) -> int:
        return self.random.randrange(4)

    async def write(self, body: bytes) -> Answer:
        luck = self._luck()
        answer = Answer(503, "busy") if luck == 0 else await self.client.write(body)
        return Answer(None, "the way back was cut") if luck == 1 else answer

    async def delete(self, predicate: str, first_us: int, last_us: int) -> Answer:
        luck = self._luck()
        if luck == 0:
            return Answer(503, "busy")
        answer = await self.client.delete(predicate, first_us, last_us)
        return Answer(None, "the way back was cut") if luck == 1 else answer

    async def query(self, flux: str) -> str:
        if self._luck() == 0:
            raise StoreError("busy")
        return await self.client.query(flux)

    def said(self, answer: Answer) -> str:
        return self.client.said(answer)


@pytest.fixture
def config(influxd: Influxd) -> InfluxConfig:
    name = uuid.uuid4().hex
    return InfluxConfig(url=influxd.url, org=ORG, bucket=name, token=influxd.add_bucket(name))


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "store.db", migrate_store) as opened:
        yield opened


@pytest.mark.parametrize("delta_us", [-2 * SECOND, 2 * SECOND, 3_600 * SECOND])
async def test_each_point_is_moved_once(
    config: InfluxConfig, file: Database, delta_us: int
) -> None:
    before = [point(T0 + n * SECOND, float(n), clock="unset") for n in range(POINTS)]
    after = [replace(one, time_us=one.time_us + delta_us, clock="anchored") for one in before]
    said = Retime(Moves.TIMES, T0, T0 + POINTS * SECOND, delta_us, "anchored")
    async with opening.influx(config, StandingClock(T0))(file, file) as store:
        await store.write(before, 1)
        async with Influx(config) as client:
            unreliable, more, refused = Unreliable(client), True, 0
            while more:
                try:
                    step = ("gw-001", said, 2)
                    more = await move_page(unreliable, config.bucket, file, step, page=7)
                except StoreError:
                    refused += 1
        assert refused > 5
        assert await store.range(SMOKE, EVER) == after
        assert await store.latest() == after[-1:]
        assert await store.cursor() == 2
