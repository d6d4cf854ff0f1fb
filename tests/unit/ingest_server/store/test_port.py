"""What the port says: the empty series begins every list, and the embedded store satisfies it."""

from pathlib import Path

from ingest_server.store.embedded import EmbeddedStore, migrate_store
from ingest_server.store.port import Series, Store
from runtime.database import Database


def test_the_empty_series_comes_first() -> None:
    empty, first = Series(), Series("0", "0", "a")
    assert (empty.gateway, empty.device, empty.point) < (first.gateway, first.device, first.point)


def test_the_embedded_store_is_a_store(tmp_path: Path) -> None:
    store: Store = EmbeddedStore(Database(tmp_path / "store.db", migrate_store))
    assert isinstance(store, EmbeddedStore)
