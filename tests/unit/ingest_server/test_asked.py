"""The quarantine and the commands on the command line, of a running server."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ingest_server import asked
from ingest_server.__main__ import main
from ingest_server.api_client import ApiClient, ApiClientError
from ingest_server.config import load
from runtime.mqtt import Session
from simulators.broker import Broker
from tests.golden_message import golden
from tests.patience import PATIENCE_S
from tests.running_server import RunningServer, running_server
from tests.server_toml import written
from wire.command import Outcome, Result, encode_command
from wire.topic import Down, Up, down, up

GATEWAY = "gw-001"
Connect = Callable[..., Session]
READ = asked.Wish(
    gateway=GATEWAY,
    kind="read",
    device="smoke-01",
    action=None,
    actor="desk",
    comment=None,
    expires_in=30,
)


def client(server: RunningServer, folder: Path) -> ApiClient:
    config = load(folder / "server.toml")
    return ApiClient(replace(config, api=replace(config.api, url=server.app.url)))


async def tell(session: Session, *names: str) -> None:
    for name in names:
        message = golden(name)
        await session.publish(
            message.topic,
            message.payload,
            properties=message.properties,
            content_type=message.content_type,
        )


async def test_the_quarantine(tmp_path: Path, broker: Broker, connect: Connect) -> None:
    async with running_server(tmp_path, broker) as server:
        api = await asyncio.to_thread(client, server, tmp_path)
        wide = {"gateway": None, "reason": None, "as_json": False}
        empty = await asyncio.to_thread(lambda: asked.quarantine(api, "en", **wide))  # type: ignore[arg-type]  # its keys are this file's own
        assert empty == "the quarantine is empty"
        session = connect(broker, "gateway")
        await session.connected()
        await server.until_ready()
        await session.publish(up(GATEWAY, Up.BULK), b"{", content_type="text/plain")
        async with asyncio.timeout(PATIENCE_S):
            while not (await server.get("/v1/quarantine"))["items"]:
                await asyncio.sleep(0.02)
        text = await asyncio.to_thread(lambda: asked.quarantine(api, "en", **wide))  # type: ignore[arg-type]  # its keys are this file's own
        assert text.startswith("1  20")
        assert "content_type  1x  1 B  lifeline/1/up/36/gw-001/bulk" in text
        shown = await asyncio.to_thread(lambda: asked.quarantined(api, 1, as_json=False))
        assert shown.splitlines()[-2:] == ["{", "7b"]
        whole = await asyncio.to_thread(lambda: asked.quarantined(api, 1, as_json=True))
        assert json.loads(whole)["payload_hex"] == "7b"
        with pytest.raises(ApiClientError, match="still_refused"):
            await asyncio.to_thread(lambda: asked.replay(api, "en", 1, "desk", as_json=False))


async def test_a_command_is_given_and_its_answer_waited_for(
    tmp_path: Path, broker: Broker, connect: Connect
) -> None:
    async with running_server(tmp_path, broker) as server, asyncio.TaskGroup() as group:
        api = await asyncio.to_thread(client, server, tmp_path)
        nothing = await asyncio.to_thread(lambda: asked.commands(api, "zh", GATEWAY, as_json=False))
        assert nothing == "gw-001 尚无命令"
        gateway = connect(broker, GATEWAY, subscriptions=[down(GATEWAY, Down.COMMAND)])
        await gateway.connected()
        await server.until_ready()
        await tell(gateway, "birth")
        async with asyncio.timeout(PATIENCE_S):
            while not (await server.get("/v1/gateways"))["items"]:
                await asyncio.sleep(0.02)
        asking = group.create_task(asyncio.to_thread(lambda: asked.ask(api, READ, as_json=False)))
        message = await gateway.receive()
        name = json.loads(message.payload)["id"]
        answer = encode_command(Result(name, Outcome.DONE, detail='{"smoke":false}'))
        await gateway.publish(up(GATEWAY, Up.RESULT), answer)
        text, is_done = await asking
        assert is_done
        assert text.splitlines()[1] == '{"smoke":false}'
        listed = await asyncio.to_thread(lambda: asked.commands(api, "en", GATEWAY, as_json=False))
        assert listed.startswith(f"{name}  20")
        assert listed.endswith("done     read smoke-01  (desk)")
        told = "sound at siren-01, asked by local action siren (smoke-01/smoke): echoed"
        own = encode_command(Result("local-siren-1-do-1", Outcome.DONE, detail=told))
        await gateway.publish(up(GATEWAY, Up.RESULT), own)
        async with asyncio.timeout(PATIENCE_S):
            while len((await server.get(f"/v1/gateways/{GATEWAY}/commands"))["items"]) == 1:
                await asyncio.sleep(0.02)
        listed = await asyncio.to_thread(lambda: asked.commands(api, "en", GATEWAY, as_json=False))
        what = "action siren-01 sound  (local action siren (smoke-01/smoke))  echoed"
        assert listed.splitlines()[0].endswith(what)


def test_without_a_number_or_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(written(tmp_path))
    assert main(["quarantine", "-c", file]) == 1
    assert "has not been started" in capsys.readouterr().err
    assert main(["commands", "-c", file, "gw-001", "diagnostics"]) == 1
    token = load(Path(file)).api.token_file
    token.parent.mkdir(parents=True, exist_ok=True)
    token.write_text("t" * 40)
    assert main(["quarantine", "-c", file, "show"]) == 2
    assert "its number" in capsys.readouterr().err
