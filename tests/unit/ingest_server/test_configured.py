"""A gateway's configuration on the command line, of a running server and a gateway's answers."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest_server import configured
from runtime.mqtt import Session
from simulators.broker import Broker
from tests.golden_message import golden
from tests.patience import PATIENCE_S
from tests.running_server import running_server
from tests.unit.ingest_server.test_asked import GATEWAY, client, tell
from wire.command import Config, Outcome, Result, decode_command, encode_command
from wire.identity import decode_birth
from wire.topic import Down, Up, down, up

Connect = Callable[..., Session]
HASH = decode_birth(golden("birth").payload, GATEWAY).config_hash
TOML = """[lines.shed]
kind = "modbus-rtu"
port = "/dev/ttyUSB0"
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
"""
WISH = configured.Wish(
    gateway=GATEWAY, toml=TOML, expected=HASH, actor="desk", comment="faster", wait_s=20
)


@pytest.mark.parametrize(
    ("outcome", "word"), [(Outcome.APPLIED, "applied"), (Outcome.DIVERGED, "DIVERGED")]
)
async def test_wanted_and_answered(
    broker: Broker, connect: Connect, tmp_path: Path, outcome: Outcome, word: str
) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        gateway = connect(broker, GATEWAY, subscriptions=[down(GATEWAY, Down.CONFIG)])
        await gateway.connected()
        await tell(gateway, "birth")
        api = await asyncio.to_thread(client, server, tmp_path)
        async with asyncio.timeout(PATIENCE_S):
            while not (await asyncio.to_thread(api.get, "/v1/gateways"))["items"]:
                await asyncio.sleep(0.02)
        shown = await asyncio.to_thread(configured.show, api, "en", GATEWAY, as_json=False)
        assert HASH in shown
        assert "nothing is wanted" in shown
        wanted = asyncio.create_task(
            asyncio.to_thread(configured.want, api, "en", WISH, as_json=False)
        )
        async with asyncio.timeout(PATIENCE_S):
            message = await gateway.receive()
        desired = decode_command(message.payload, Config)
        assert (desired.based_on, desired.toml) == (HASH, TOML)
        result = Result(
            f"config/{desired.version}", outcome, detail="so it is\n- a = 1", config_hash=HASH
        )
        await gateway.publish(up(GATEWAY, Up.RESULT), encode_command(result))
        text, is_applied = await wanted
        assert is_applied is (outcome is Outcome.APPLIED)
        assert word in text
        assert "so it is" in text
        assert "(- as wanted from here, + as in force there)" in text
        said = await asyncio.to_thread(configured.show, api, "zh", GATEWAY, as_json=True)
        assert json.loads(said)["desired"]["state"] == outcome.value


async def test_withdrawn_and_answered(broker: Broker, connect: Connect, tmp_path: Path) -> None:
    async with running_server(tmp_path, broker) as server:
        await server.until_ready()
        gateway = connect(broker, GATEWAY, subscriptions=[down(GATEWAY, Down.CONFIG)])
        await gateway.connected()
        await tell(gateway, "birth")
        api = await asyncio.to_thread(client, server, tmp_path)
        async with asyncio.timeout(20):
            while not (await asyncio.to_thread(api.get, "/v1/gateways"))["items"]:
                await asyncio.sleep(0.02)
        asked = configured.Withdrawal(
            gateway=GATEWAY, version=None, actor="desk", comment=None, wait_s=20
        )

        def withdraw() -> tuple[str, bool]:
            return configured.withdraw(api, "en", asked, as_json=False)

        text, is_so = await asyncio.to_thread(withdraw)
        assert is_so
        assert "nothing is wanted" in text
        body = {"toml": TOML, "expected": HASH, "actor": "desk"}
        await asyncio.to_thread(api.put, f"/v1/gateways/{GATEWAY}/config", body)
        async with asyncio.timeout(20):
            await gateway.receive()
            withdrawn = asyncio.create_task(asyncio.to_thread(withdraw))
            message = await gateway.receive()
        desired = decode_command(message.payload, Config)
        assert desired.is_withdrawal
        result = Result(f"config/{desired.version}", Outcome.APPLIED, config_hash=HASH)
        await gateway.publish(up(GATEWAY, Up.RESULT), encode_command(result))
        text, is_so = await withdrawn
        assert is_so
        assert "withdrawn by desk" in text
