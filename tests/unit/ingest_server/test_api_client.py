"""The command line asks the running server: pages, refusals and a server that is away."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from ingest_server import commands
from ingest_server.api_client import ApiClient, ApiClientError
from ingest_server.config import Config, load
from simulators.broker import Broker
from tests.running_server import RunningServer, running_server
from tests.server_toml import written


def config_of(server: RunningServer, folder: Path) -> Config:
    config = load(folder / "server.toml")
    return replace(config, api=replace(config.api, url=server.app.url))


async def test_it_asks_with_the_servers_own_token(tmp_path: Path, broker: Broker) -> None:
    async with running_server(tmp_path, broker) as server:
        config = config_of(server, tmp_path)
        client = ApiClient(config)
        assert await asyncio.to_thread(client.get, "/healthz") == {"status": "alive"}
        assert await asyncio.to_thread(client.pages, "/v1/alarms?state=all") == []
        assert (
            await asyncio.to_thread(commands.gateways, config, "en", as_json=False)
            == "no gateway has been heard yet"
        )
        assert (
            await asyncio.to_thread(commands.alarms, config, "zh", state="open", as_json=False)
            == "没有报警"
        )
        with pytest.raises(ApiClientError) as refused:
            await asyncio.to_thread(client.get, "/v1/alarms/none")
        url = f"{server.app.url}/v1/alarms/none"
        assert str(refused.value) == f"{url}: 404 there is no alarm none (not_found)"
        config.api.token_file.write_text("w" * 40)
        with pytest.raises(ApiClientError, match="401"):
            await asyncio.to_thread(ApiClient(config).get, "/v1/alarms")


def test_a_server_that_was_never_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(ApiClientError, match="has not been started yet"):
        ApiClient(load(written(tmp_path)))


def test_a_server_that_is_away_is_told(tmp_path: Path, port: int) -> None:
    config = load(written(tmp_path))
    config.api.token_file.parent.mkdir()
    config.api.token_file.write_text("t" * 40)
    away = replace(config, api=replace(config.api, url=f"http://127.0.0.1:{port}"))
    with pytest.raises(ApiClientError, match="is the server running"):
        ApiClient(away).get("/healthz")
