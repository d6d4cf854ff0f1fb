"""The InfluxDB store on a real one keeps the contract of every store, and loses no bad line."""

import logging
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ingest_server.config_store import InfluxConfig
from ingest_server.db.journal import migrate_journal
from ingest_server.db.quarantine_list import Quarantined, page
from ingest_server.store import opening
from ingest_server.store.embedded import migrate_store
from ingest_server.store.influx import Influx
from ingest_server.store.influx_store import PROBE, InfluxStore, probe
from ingest_server.store.port import Store, StoreError
from ingest_server.store.verdict import Answer
from runtime.database import Database
from simulators.influxd import ORG, Influxd
from tests.standing_clock import StandingClock
from tests.store_contract import EVER, SECOND, SMOKE, T0, StoreContract, point

HOUR_S = 3_600


@pytest.fixture
def config(influxd: Influxd) -> InfluxConfig:
    name = uuid.uuid4().hex
    return InfluxConfig(url=influxd.url, org=ORG, bucket=name, token=influxd.add_bucket(name))


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "journal.db", migrate_journal) as opened:
        yield opened


@pytest.fixture
async def store_file(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(tmp_path / "store.db", migrate_store) as opened:
        yield opened


@pytest.fixture
async def store(
    config: InfluxConfig, store_file: Database, journal: Database
) -> AsyncIterator[Store]:
    async with opening.influx(config, StandingClock(T0))(store_file, journal) as opened:
        yield opened


class TestInflux(StoreContract):
    """All of the contract; forgetting is the bucket's own business."""


async def quarantined(journal: Database) -> list[Quarantined]:
    return await journal.read(lambda connection: page(connection, limit=500))


async def test_lines_that_do_not_parse_are_found_by_halves(store: Store, journal: Database) -> None:
    """Three numbers that are none among a thousand good ones: one answers for all, with 400."""
    points = [point(T0 + n, float(n)) for n in range(1_000)]
    for bad in (0, 500, 501):
        points[bad] = point(T0 + bad, float("nan"))
    await store.write(points, 1)
    assert len(await store.range(SMOKE, EVER, 2_000)) == 997
    assert await store.refused() == {"store_line_refused": 3}
    kept = await quarantined(journal)
    assert {one.reason for one in kept} == {"store_line_refused"}
    assert {(one.topic, one.gateway) for one in kept} == {("store/influxdb", "gw-001")}
    assert len(kept) == 3
    assert "invalid number" in kept[0].detail
    assert await store.cursor() == 1


async def test_a_type_conflict_costs_only_its_own_lines(
    config: InfluxConfig, influxd: Influxd, store: Store, journal: Database
) -> None:
    """Somebody else wrote text into `number` of this hour; InfluxDB says how many, never which."""
    stranger = 'reading,device=x,gateway=x,point=x number="high"'
    influxd.write_to(config.bucket, f"{stranger} {T0}", config.token)
    points = [point(T0 + n, True) for n in range(300)]
    points[7] = points[211] = point(T0 + 7, 1.5)
    await store.write(points, 1)
    assert len(await store.range(SMOKE, EVER, 2_000)) == 298
    assert await store.refused() == {"store_type_conflict": 2}
    assert "already exists as type string" in (await quarantined(journal))[0].detail
    assert (await store.latest())[0].value is True


async def test_all_that_is_older_than_the_bucket_keeps_is_refused_at_once(
    influxd: Influxd, store_file: Database, journal: Database
) -> None:
    name = uuid.uuid4().hex
    token = influxd.add_bucket(name, HOUR_S)
    config = InfluxConfig(url=influxd.url, org=ORG, bucket=name, token=token)
    asked = 0

    def count() -> None:
        nonlocal asked
        asked += 1

    old = [point(SECOND + n, 1.0) for n in range(50)]
    opened = opening.influx(config, StandingClock(T0), count)
    async with opened(store_file, journal) as store:
        await store.write(old, 1)
        assert await store.refused() == {"store_beyond_retention": 50}
        assert await store.latest() == [old[-1]]
    assert asked == 1
    assert len(await quarantined(journal)) == 50


async def test_many_bad_lines_of_many_gateways_are_counted_exactly(
    store: Store, journal: Database
) -> None:
    bad = [point(T0 + n, float("inf"), gateway=f"gw-{n % 3}") for n in range(250)]
    await store.write([*bad, point()], 1)
    assert await store.refused() == {"store_line_refused": 250}
    assert await store.range(SMOKE, EVER) == [point()]
    assert len(await quarantined(journal)) == 250


async def test_a_slice_larger_than_a_request_arrives_whole(store: Store) -> None:
    texts = [point(T0 + n, f"{n}-" + "长" * 1_000) for n in range(700)]
    numbers = [point(T0 + 10_000 + n, float(n)) for n in range(11_000)]
    numbers[5_400] = point(T0 + 15_400, float("nan"))
    await store.write([*texts, *numbers], 1)
    found = await store.range(SMOKE, EVER, 20_000)
    assert len(found) == 11_699
    assert await store.refused() == {"store_line_refused": 1}


async def test_the_same_slice_after_a_crash_is_the_same_points(
    config: InfluxConfig, store: Store, journal: Database, tmp_path: Path
) -> None:
    """A crash before the cursor moved, played by a store.db that knows of nothing."""
    points = [point(T0 + n, float(n)) for n in range(100)]
    await store.write(points, 1)
    async with (
        Database(tmp_path / "other.db", migrate_store) as empty,
        opening.influx(config, StandingClock(T0))(empty, journal) as again,
    ):
        await again.write(points, 1)
        assert await again.range(SMOKE, EVER, 500) == points
        assert await again.latest() == [points[-1]]


async def test_probe_says_what_is_wrong(
    config: InfluxConfig, store_file: Database, journal: Database
) -> None:
    wrong = {
        "check the token": InfluxConfig(
            url=config.url, org=ORG, bucket=config.bucket, token=config.token[::-1]
        ),
        "check org and bucket": InfluxConfig(
            url=config.url, org=ORG, bucket="none", token=config.token
        ),
        "InfluxDB at http://127.0.0.1:9: ": InfluxConfig(
            url="http://127.0.0.1:9", org=ORG, bucket="none", token=config.token
        ),
    }
    for text, given in wrong.items():
        async with opening.influx(given, StandingClock(T0))(store_file, journal) as store:
            async with Influx(given) as client:
                with pytest.raises(StoreError, match=text):
                    await probe(client, given.bucket)
            with pytest.raises(StoreError, match=text):
                await store.write([point()], 1)
            with pytest.raises(StoreError):
                await store.range(SMOKE, EVER)
            assert await store.cursor() == 0
            assert await store.latest() == []
    async with Influx(config) as client:
        await probe(client, config.bucket)
    async with opening.influx(config, StandingClock(T0))(store_file, journal) as store:
        assert await store.forget(2 * T0) == 0


# What a real one does not do when asked ---------------------------------------------------------


class Scripted:
    """Answers one after the other, then 204; keeps what was sent."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = list(answers)
        self.sent: list[bytes] = []

    async def write(self, body: bytes) -> Answer:
        self.sent.append(body)
        return self._answers.pop(0) if self._answers else Answer(204)

    async def query(self, flux: str) -> str:
        raise StoreError(f"no answer to {flux}")

    async def delete(self, predicate: str, first_us: int, last_us: int) -> Answer:
        raise StoreError(f"no answer to {predicate} {first_us} {last_us}")

    def said(self, answer: Answer) -> str:
        return f"{answer.status}: {answer.text}"


@asynccontextmanager
async def over(script: Scripted, file: Path) -> AsyncIterator[InfluxStore]:
    async def keep(refused: Sequence[object]) -> None:
        raise AssertionError(f"{refused} was put aside")

    async with Database(file, migrate_store) as opened:
        yield InfluxStore(script, "b", opened, keep=keep, now_us=lambda: T0)


@pytest.mark.parametrize("status", [None, 200, 301, 401, 404, 429, 500, 503])
async def test_nothing_but_204_moves_the_cursor(tmp_path: Path, status: int | None) -> None:
    script = Scripted([Answer(status, "not now", 3.0)])
    async with over(script, tmp_path / "store.db") as store:
        with pytest.raises(StoreError, match="not now") as refusal:
            await store.write([point()], 1)
        assert refusal.value.after_s == 3.0
        assert (await store.cursor(), await store.latest()) == (0, [])
        await store.write([point()], 1)
        assert (await store.cursor(), await store.latest()) == (1, [point()])


async def test_who_refuses_everything_is_doubted(tmp_path: Path) -> None:
    """A proxy that answers 400 to all: no line is thrown away for that."""
    script = Scripted([Answer(400, "Bad Request")] * 9)
    async with over(script, tmp_path / "store.db") as store:
        with pytest.raises(StoreError, match="Bad Request"):
            await store.write([point(), point(T0 + 1)], 1)
        assert await store.cursor() == 0
    assert script.sent[-1] == PROBE


async def test_it_goes_away_in_the_midst_of_the_halving(tmp_path: Path) -> None:
    script = Scripted([Answer(400, "one is bad"), Answer(204), Answer(None, "gone")])
    async with over(script, tmp_path / "store.db") as store:
        with pytest.raises(StoreError, match="gone"):
            await store.write([point(), point(T0 + 1)], 1)
        assert await store.cursor() == 0
        assert await store.refused() == {}


async def test_refused_readings_are_told_in_the_log_once_a_reason(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await store.write([point(T0 + n, float("nan")) for n in range(3)], 1)
    (record,) = [one for one in caplog.records if one.name.endswith("influx_store")]
    assert "refuses 3 readings for ever, store_line_refused" in record.getMessage()
