"""The defaults of server.toml."""

from ingest_server.config_file import ServerFile, StoreKind


def test_a_file_that_says_nothing() -> None:
    file = ServerFile()
    assert (file.mqtt.port, file.mqtt.tls, file.mqtt.shards) == (None, None, "0-63")
    assert (file.store.kind, file.api.port) == (StoreKind.EMBEDDED, 8470)
    assert file.alarms.gateway_silent == 30_000_000
