"""The agent in-process: a clock that is unset, a broken buffer, a failing disk, its end."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge_agent.app import App
from edge_agent.buffer.opening import BufferInUseError
from edge_agent.buffer.spare import spare_of
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.health import DeviceState
from edge_agent.health_document import AgentDocument
from edge_agent.health_socket import ask
from runtime.clock import Clock, SystemClock
from runtime.mqtt import Message, Session
from runtime.service import Notifier
from simulators.broker import Broker, free_port
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from tests.broken_buffer import KeyOf, use
from tests.patience import PATIENCE_S
from wire.batch import decode_batch
from wire.codec import unpack
from wire.envelope import ClockState, parse_properties
from wire.identity import Presence, decode_birth, decode_status
from wire.topic import Lane, Up, parse_up

GATEWAY = "gw-001"
Connect = Callable[..., Session]


class UnsetClock(SystemClock):
    """Nobody has set this machine's clock."""

    def is_trusted(self) -> bool:
        return False


def config(folder: Path, port: int) -> Config:
    folder.mkdir(exist_ok=True)
    file = folder / "agent.toml"
    file.write_text(f"""
gateway.id = "{GATEWAY}"
clock.trust = "system"
buffer.path = "buffer.db"
mqtt = {{ host = "127.0.0.1", port = {port}, tls = false }}
[lines.shed]
kind = "modbus-rtu"
port = "ttyShed"
settle = "0s"
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
poll_period = "50ms"
""")
    return load_config(file, {}).config


def agent(config: Config, clock: Clock | None = None, **more: Any) -> App:
    """Its memory is beside its buffer: none that another test, or an earlier run, has used."""
    return App(config, clock, **{"spare": config.buffer.path.parent / "memory", **more})


@asynccontextmanager
async def running(app: App) -> AsyncIterator[App]:
    """The agent until the block ends; it stops in order, and leaves no thread."""
    before = set(threading.enumerate())
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        task = group.create_task(app.run())
        async with asyncio.timeout(PATIENCE_S):
            await app.ready.wait()
        yield app
        task.cancel()
    for thread in set(threading.enumerate()) - before:
        if not thread.name.startswith("asyncio_"):  # the pool of this loop, which goes on
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), thread.name


@pytest.fixture
def detector(tmp_path: Path) -> Iterator[SmokeDetector]:
    detector = SmokeDetector(1)
    with SerialLine([detector], link=tmp_path / "ttyShed"):
        yield detector


async def taken(app: App, least: int = 1) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while sum(lane.taken for lane in (await app.health()).lanes) < least:
            await asyncio.sleep(0.01)


async def heard_until(session: Session, done: Callable[[list[Message]], object]) -> list[Message]:
    heard: list[Message] = []
    async with asyncio.timeout(PATIENCE_S):
        while not done(heard):
            message = await session.receive()
            session.acknowledge(message)
            heard.append(message)
    return heard


def kinds(messages: list[Message]) -> list[Up]:
    return [parse_up(message.topic).kind for message in messages]


async def test_with_an_unset_clock_no_time_is_invented(
    tmp_path: Path, broker: Broker, connect: Connect, detector: SmokeDetector
) -> None:
    ingest = connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])
    await ingest.connected()
    detector.set_smoke(True)
    async with running(agent(config(tmp_path, broker.port), UnsetClock())) as app:
        heard = await heard_until(
            ingest, lambda so_far: any(is_smoke(message) for message in so_far)
        )
        assert (await app.health()).clock == "unset"
    birth = decode_birth(heard[kinds(heard).index(Up.BIRTH)].payload, GATEWAY)
    assert birth.anchors == ()
    envelope = parse_properties(next(one for one in heard if is_smoke(one)).properties)
    assert envelope.base is not None
    assert envelope.base.clock is ClockState.UNSET


def is_smoke(message: Message) -> bool:
    if parse_up(message.topic).kind is not Up.URGENT:
        return False
    encoding = parse_properties(message.properties).encoding
    batch = decode_batch(unpack(message.payload, encoding), GATEWAY)
    return any(one.value is True and batch.relative for one in batch.readings)


async def test_it_says_goodbye_under_the_number_it_came_with_and_numbers_grow(
    tmp_path: Path, broker: Broker, connect: Connect, detector: SmokeDetector
) -> None:
    assert detector.unit == 1
    ingest = connect(broker, "ingest", subscriptions=["lifeline/1/up/+/+/status"])
    await ingest.connected()
    numbers = []
    for _ in range(2):
        async with running(agent(config(tmp_path, broker.port))):
            (online,) = await heard_until(ingest, len)
        (offline,) = await heard_until(ingest, len)
        statuses = [decode_status(one.payload) for one in (online, offline)]
        assert [one.presence for one in statuses] == [Presence.ONLINE, Presence.OFFLINE]
        assert statuses[0].connection == statuses[1].connection
        numbers.append(statuses[0].connection)
    assert numbers[0] < numbers[1]


async def test_without_a_broker_it_watches_and_keeps(
    tmp_path: Path, detector: SmokeDetector
) -> None:
    here = config(tmp_path, free_port())
    async with running(agent(here)) as app:
        await taken(app, 4)
        detector.set_smoke(True)
        await taken(app, 6)
        said = msgspec.json.decode(await asyncio.to_thread(ask, here.socket), type=AgentDocument)
        assert said.epoch == app.epoch
        assert said.uplink.is_connected is False
        assert said.late_loops == ()
        assert all(lane.balances for lane in said.lanes)
        health = await app.health()
        assert [one.state for one in health.devices] == [DeviceState.ANSWERING]
    async with running(agent(here)) as again:
        lanes = (await again.health()).lanes
        assert sum(lane.buffered for lane in lanes) >= 6
        assert again.epoch != app.epoch


def set_aside_in(folder: Path) -> list[Path]:
    return list(folder.glob("buffer.db.broken-*Z"))


async def test_a_broken_buffer_is_set_aside_with_a_notice(
    tmp_path: Path, detector: SmokeDetector
) -> None:
    assert detector.unit == 1
    (tmp_path / "buffer.db").write_bytes(b"what a power cut left" * 1000)
    async with running(agent(config(tmp_path, free_port()))) as app:
        await taken(app)
        while (await app.health()).salvage:
            await asyncio.sleep(0.01)
        first, last = (await app.health()).notices
        assert "was set aside" in first.text
        assert "0 readings in 0 batches were saved" in last.text
    assert len(set_aside_in(tmp_path)) == 1


async def test_it_watches_while_what_was_set_aside_comes_in(
    tmp_path: Path, broker: Broker, connect: Connect, detector: SmokeDetector
) -> None:
    """The rows of before leave too, and only then does a statement list all epochs."""
    assert detector.unit == 1
    used, here = use(tmp_path, turns=60), config(tmp_path, broker.port)
    with here.buffer.path.open("r+b") as file:
        file.write(bytes(100))
    ingest = connect(broker, "ingest", subscriptions=["lifeline/1/up/#"])
    await ingest.connected()
    async with running(App(here)) as app:
        heard = await heard_until(
            ingest, lambda so_far: set(used.truth) <= {key_in(message) for message in so_far}
        )
        assert (await app.health()).salvage == ()
        ours = [one for one in heard if (key_in(one) or ("", "", 0))[1] == app.epoch]
        assert ours
        for message in heard:
            envelope = parse_properties(message.properties)
            if envelope.statement is None or envelope.statement.partial:
                continue
            lane = Lane.URGENT if parse_up(message.topic).kind is Up.URGENT else Lane.BULK
            listed = {one.epoch for one in envelope.statement.epochs}
            assert {key[1] for key in used.truth if key[0] is lane} <= listed


def key_in(message: Message) -> KeyOf | None:
    kind = parse_up(message.topic).kind
    if kind not in (Up.URGENT, Up.BULK):
        return None
    key = parse_properties(message.properties).key
    lane = Lane.URGENT if kind is Up.URGENT else Lane.BULK
    return None if key is None else (lane, key.epoch, key.seq)


async def test_a_failing_disk_is_no_reason_to_stay_down(
    tmp_path: Path, detector: SmokeDetector
) -> None:
    assert detector.unit == 1
    here = config(tmp_path, free_port())
    here.buffer.path.mkdir()
    async with running(agent(here, spare=tmp_path / "memory")) as app:
        await taken(app)
        assert (await app.health()).is_in_memory
        assert "readings are in memory" in (await app.health()).notices[0].text
    assert spare_of(tmp_path / "memory", GATEWAY, here.buffer.path).exists()


async def test_a_port_that_is_not_there_is_shown_and_holds_nobody_up(tmp_path: Path) -> None:
    async with running(agent(config(tmp_path, free_port()))) as app:
        (line,) = (await app.health()).lines
        assert not line.is_open
        assert "ttyShed" in line.problem
        with SerialLine([SmokeDetector(1)], link=tmp_path / "ttyShed"):
            await taken(app, 4)


async def test_two_agents_of_one_name_keep_out_of_each_others_memory(
    tmp_path: Path, detector: SmokeDetector
) -> None:
    assert detector.unit == 1
    memory = tmp_path / "memory"
    first, second = config(tmp_path / "a", free_port()), config(tmp_path / "b", free_port())
    first.buffer.path.mkdir()
    async with running(agent(first, spare=memory)), running(agent(second, spare=memory)) as app:
        assert not (await app.health()).is_in_memory


async def test_two_agents_never_share_a_buffer(tmp_path: Path, detector: SmokeDetector) -> None:
    assert detector.unit == 1
    here = config(tmp_path, free_port())
    async with running(agent(here)):
        with pytest.raises(BufferInUseError):
            await agent(here).run()


async def test_systemd_hears_ready_alive_and_stopping(
    tmp_path: Path, detector: SmokeDetector
) -> None:
    assert detector.unit == 1
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE_S)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "100000"}
        app = agent(config(tmp_path, free_port()), notifier=Notifier(environment))
        async with running(app):
            said = [(await asyncio.to_thread(systemd.recv, 4096)).decode() for _ in range(3)]
        systemd.setblocking(False)
        while not said[-1].startswith("STOPPING"):
            said.append(systemd.recv(4096).decode())
    ready = [one for one in said if one.startswith("READY=1")]
    assert ready == ["READY=1\nSTATUS=watching 1 devices"]
    assert "WATCHDOG=1" in said
