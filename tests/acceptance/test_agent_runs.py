"""The agent as a process: simulated devices, a real broker, receipts, its status, its end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.clock import SystemClock
from runtime.mqtt import Message, Session
from simulators.broker import Broker
from simulators.care_radar import CareRadar
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.smoke_detector import SmokeDetector
from tests.patience import PATIENCE_S, until
from wire.batch import decode_batch
from wire.codec import unpack
from wire.envelope import parse_properties
from wire.identity import Presence, decode_birth, decode_status
from wire.reading import Value
from wire.receipt import Echo, Receipt, encode_receipt
from wire.topic import Down, Lane, Up, down, parse_up

GATEWAY = "gw-001"
FORBIDDEN = ("pydantic", "aiohttp", "fastapi", "structlog", "prometheus_client", "uvicorn")
Connect = Callable[..., Session]
CLOCK = SystemClock()


@dataclass
class Server:
    """Hears everything, and answers each batch with a receipt once it is told to."""

    session: Session
    answers: bool = False
    heard: list[tuple[Up, Message]] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            message = await self.session.receive()
            kind = parse_up(message.topic).kind
            self.heard.append((kind, message))
            self.session.acknowledge(message)
            if self.answers and kind in (Up.URGENT, Up.BULK):
                await self._answer(Lane(kind.value), message)

    async def _answer(self, lane: Lane, message: Message) -> None:
        envelope = parse_properties(message.properties)
        if envelope.key is None or envelope.sent is None:
            return
        have = ((envelope.key.seq, envelope.key.seq),)
        echo = Echo(envelope.sent.boot, envelope.sent.mono)
        receipt = Receipt(lane, envelope.key.epoch, have, (), echo, CLOCK.utc_us())
        await self.session.publish(down(GATEWAY, Down.RECEIPT), encode_receipt(receipt), qos=0)

    def values(self, kind: Up, device: str, point: str) -> list[Value | None]:
        found: list[Value | None] = []
        for heard, message in self.heard:
            encoding = parse_properties(message.properties).encoding
            if heard is kind:
                batch = decode_batch(unpack(message.payload, encoding), GATEWAY)
                found += [
                    one.value
                    for one in batch.readings
                    if (one.device, one.point) == (device, point)
                ]
        return found

    def last(self, kind: Up) -> Message:
        return [message for heard, message in self.heard if heard is kind][-1]


@dataclass
class Site:
    """What stands at the gateway, and its agent.toml."""

    file: Path
    detector: SmokeDetector
    radar: CareRadar


@asynccontextmanager
async def site(folder: Path, broker: Broker) -> AsyncIterator[Site]:
    detector, radar = SmokeDetector(1), CareRadar()
    file = folder / "agent.toml"
    file.write_text(f"""
[gateway]
id = "{GATEWAY}"
[clock]
trust = "system"
[buffer]
path = "buffer.db"
[mqtt]
host = "127.0.0.1"
port = {broker.port}
tls = false
[lines.shed]
kind = "modbus-rtu"
port = "ttyShed"
settle = "0s"
[lines.room]
kind = "uart"
port = "ttyRoom"
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
place = "shed-3"
poll_period = "100ms"
[devices.radar-01]
profile = "micradar_r60afd1"
line = "room"
""")
    with (
        SerialLine([detector], link=folder / "ttyShed"),
        SerialStream(radar, link=folder / "ttyRoom"),
    ):
        yield Site(file, detector, radar)


@asynccontextmanager
async def serving(session: Session) -> AsyncIterator[Server]:
    await session.connected()
    server = Server(session)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(server.run())
        yield server
        task.cancel()


@asynccontextmanager
async def agent(file: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    command = ("-m", "edge_agent", "run", "-c", str(file), "--log", "json")
    with log_of(file).open("ab") as log:
        process = await asyncio.create_subprocess_exec(sys.executable, *command, stderr=log)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def log_of(file: Path) -> Path:
    """Where the agent of a configuration logs; looked through at the end of each test."""
    return file.with_name("agent.log")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edge_agent", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


async def status(site: Site) -> tuple[int, dict[str, Any]]:
    asked = await asyncio.to_thread(run, "status", "-c", str(site.file), "--json", "--lang", "en")
    said: dict[str, Any] = json.loads(asked.stdout)
    return asked.returncode, said


def rss_kib(pid: int) -> int:
    said = Path(f"/proc/{pid}/status").read_text()
    return int(said.partition("VmRSS:")[2].split()[0])


async def test_smoke_and_a_fall_travel_and_receipts_empty_the_buffer(
    tmp_path: Path, broker: Broker, connect: Connect
) -> None:
    session = connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])
    async with (
        serving(session) as server,
        site(tmp_path, broker) as here,
        agent(here.file) as process,
    ):
        await until(lambda: server.values(Up.URGENT, "smoke-01", "smoke") == [False])
        here.detector.set_smoke(True)
        await until(lambda: server.values(Up.URGENT, "smoke-01", "smoke")[-1] is True)
        await until(lambda: server.values(Up.URGENT, "radar-01", "fall")[-1:] == [False])
        here.radar.set_fall(True)
        await until(lambda: server.values(Up.URGENT, "radar-01", "fall")[-1] is True)
        await until(lambda: server.values(Up.BULK, "smoke-01", "mounted") == [True])
        birth = decode_birth(server.last(Up.BIRTH).payload, GATEWAY)
        assert [one.device for one in birth.devices] == ["smoke-01", "radar-01"]
        assert birth.devices[0].place == "shed-3"
        online = decode_status(server.last(Up.STATUS).payload)
        assert (online.presence, online.connection) == (Presence.ONLINE, birth.connection)

        code, said = await status(here)
        assert (code, said["running"], said["problems"]) == (0, True, [])
        assert said["config_hash"] == birth.config_hash
        assert all(lane["balances"] and lane["buffered"] for lane in said["lanes"])
        assert {one["state"] for one in said["devices"]} == {"answering"}
        assert rss_kib(process.pid) < 45 * 1024

        server.answers = True
        async with asyncio.timeout(PATIENCE_S):  # what was sent before is sent again after 10 s
            while any(lane["buffered"] for lane in (await status(here))[1]["lanes"]):
                await asyncio.sleep(0.2)

        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == 0
        said_on_stderr = log_of(here.file).read_text()
        levels = {json.loads(line)["level"] for line in said_on_stderr.splitlines()}
        assert levels <= {"info", "warning"}

        await until(
            lambda: decode_status(server.last(Up.STATUS).payload).presence is Presence.OFFLINE
        )
        offline = decode_status(server.last(Up.STATUS).payload)
        assert offline.connection == online.connection
        code, said = await status(here)
        assert (code, said["running"]) == (1, False)
        assert "no agent answers" in said["problems"][0]
        # what was still to be said leaves at the end as well; its receipt may come too late
        assert all(lane["balances"] for lane in said["lanes"])
        assert all(lane["taken"] - lane["stored"] == lane["buffered"] for lane in said["lanes"])


async def test_a_killed_agent_goes_on_where_it_was(tmp_path: Path, broker: Broker) -> None:
    async with site(tmp_path, broker) as here:
        taken = 0
        for _ in range(2):
            async with agent(here.file) as process:
                async with asyncio.timeout(PATIENCE_S):
                    while (await lanes(here)).get("urgent", 0) <= taken:
                        await asyncio.sleep(0.05)
                process.kill()
                await process.wait()
            said = (await status(here))[1]
            assert said["lanes"][0]["buffered"] == said["lanes"][0]["taken"] > taken
            taken = said["lanes"][0]["taken"]


async def lanes(site: Site) -> dict[str, int]:
    """Readings taken by lane; empty while there is nothing to ask."""
    said = (await status(site))[1]
    return {lane["lane"]: lane["taken"] for lane in said.get("lanes", [])}


async def test_a_second_agent_leaves_the_first_one_alone(tmp_path: Path, broker: Broker) -> None:
    async with site(tmp_path, broker) as here, agent(here.file):
        await until((tmp_path / "agent.sock").exists)
        second = await asyncio.to_thread(run, "run", "-c", str(here.file))
        assert second.returncode == 2
        assert "in use by another agent" in second.stderr
        assert (await status(here))[1]["running"] is True


def test_the_agent_loads_nothing_that_a_gateway_can_not_afford() -> None:
    script = "import edge_agent.app, edge_agent.__main__, sys; print(*sys.modules)"
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert set(FORBIDDEN) & set(loaded.stdout.split()) == set()
