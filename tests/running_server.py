"""The whole server in this process, between a real broker and a real alarm centre."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ingest_server.app import App
from ingest_server.config import load
from runtime.clock import SystemClock
from simulators.alarm_centre import AlarmCentre
from simulators.broker import Broker
from simulators.stage import new_webhook_secret
from tests.patience import PATIENCE_S


@dataclass
class RunningServer:
    """`shown`: what was told to the person at the terminal."""

    app: App
    client: httpx.AsyncClient
    centre: AlarmCentre
    task: asyncio.Task[None]
    shown: list[str]

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def readiness(self) -> list[str]:
        """The reasons that speak against it."""
        said = (await self.client.get("/readyz")).json()
        return [one["reason"] for one in said["reasons"]]

    async def until_ready(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await self.readiness():
                await asyncio.sleep(0.02)


def write_config(folder: Path, broker: Broker, centre: AlarmCentre, secret: str) -> Path:
    """server.toml on loopback with any free port for the API."""
    (folder / "webhook.secret").write_text(secret)
    file = folder / "server.toml"
    file.write_text(
        f'[mqtt]\nhost = "{broker.host}"\nport = {broker.port}\n[api]\nport = 0\n'
        f'[receivers.centre]\nurl = "{centre.url}"\nsecret_file = "webhook.secret"\n'
        'allow_private = true\nheartbeat = "1s"\n',
        encoding="utf-8",
    )
    return file


@asynccontextmanager
async def running_server(folder: Path, broker: Broker) -> AsyncIterator[RunningServer]:
    """Run it until the block ends; then it has stopped by itself."""
    secret = new_webhook_secret()
    async with AlarmCentre(secret) as centre, asyncio.TaskGroup() as group:
        shown: list[str] = []
        config = load(write_config(folder, broker, centre, secret))
        app = App(config, SystemClock(), tell=shown.append)
        task = group.create_task(app.run())
        waiting = group.create_task(app.started.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            await task
        token = config.api.token_file.read_text(encoding="ascii").strip()
        async with httpx.AsyncClient(
            base_url=app.url,
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=PATIENCE_S,
        ) as client:
            try:
                yield RunningServer(app, client, centre, task, shown)
            finally:
                task.cancel()
                await asyncio.wait([task])
