"""The store that was chosen, over its files: both satisfy the port, InfluxDB need not be there."""

from pathlib import Path

from ingest_server.config_store import InfluxConfig
from ingest_server.db.journal import migrate_journal
from ingest_server.store import opening
from ingest_server.store.embedded import EmbeddedStore, migrate_store
from ingest_server.store.influx_store import InfluxStore
from runtime.database import Database
from tests.standing_clock import StandingClock

AWAY = InfluxConfig(url="http://127.0.0.1:9", org="o", bucket="b", token="none")  # noqa: S106 - a token for nobody


async def test_either_opens_at_once(tmp_path: Path) -> None:
    async with (
        Database(tmp_path / "store.db", migrate_store) as store_file,
        Database(tmp_path / "journal.db", migrate_journal) as journal,
    ):
        async with opening.embedded(store_file, journal) as store:
            assert isinstance(store, EmbeddedStore)
        async with opening.influx(AWAY, StandingClock(0))(store_file, journal) as store:
            assert isinstance(store, InfluxStore)
            assert await store.cursor() == 0
