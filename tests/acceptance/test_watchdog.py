"""A disk that hangs under one loop starves systemd's watchdog, though all other loops go on."""

import asyncio
import logging
import socket
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.app import App as Agent
from edge_agent.config.load import load_config
from ingest_server.app import App as Server
from ingest_server.config import load
from runtime.database import Database
from runtime.service import Notifier
from simulators.broker import Broker, free_port
from tests.ahead_clock import AheadClock
from tests.patience import PATIENCE_S, until

FED = "WATCHDOG=1"
BEAT_US = 100_000
LONGER_THAN_ANY_LIMIT_US = 61_000_000


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, folder: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "notify"))
        self.socket.setblocking(False)
        self.notifier = Notifier(
            {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": str(2 * BEAT_US)}
        )

    def close(self) -> None:
        self.socket.close()

    def said(self) -> list[str]:
        found = []
        try:
            while True:
                found.append(self.socket.recv(4096).decode())
        except BlockingIOError:
            return found


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    with closing(Systemd(tmp_path)) as listening:
        yield listening


async def starves_while_it_hangs(
    systemd: Systemd,
    clock: AheadClock,
    hang: Callable[[Callable[[sqlite3.Connection], object]], Awaitable[object]],
    log: pytest.LogCaptureFixture,
    culprits: set[str],
) -> None:
    """Feeds, hangs, starves for the right reason, and feeds again once the disk answers."""
    await until(lambda: FED in systemd.said())
    hangs, answers = threading.Event(), threading.Event()

    def work(_: sqlite3.Connection) -> None:
        hangs.set()
        answers.wait(3 * PATIENCE_S)

    with log.at_level(logging.ERROR):
        async with asyncio.TaskGroup() as group:
            group.create_task(_swallow(hang(work)))
            try:
                await until(hangs.is_set)
                await _until_only(culprits, clock, log)
                systemd.said()
                await asyncio.sleep(5 * BEAT_US / 1e6)
                assert FED not in systemd.said()
            finally:
                answers.set()
    await until(lambda: FED in systemd.said())


async def _until_only(culprits: set[str], clock: AheadClock, log: pytest.LogCaptureFixture) -> None:
    """Time passes until only loops over the disk are late.

    More than once: a loop that was between two turns may show its progress just after the leap.
    """
    for last in (False, False, True):
        log.clear()
        clock.leap(LONGER_THAN_ANY_LIMIT_US)
        try:
            await until(lambda: _late(log) <= culprits and _late(log), PATIENCE_S / 2)
        except TimeoutError:
            if last:
                raise
        else:
            return


async def _swallow(work: Awaitable[object]) -> None:
    await work


def _late(log: pytest.LogCaptureFixture) -> set[str]:
    """The loops that the last complaint names."""
    said = [one.getMessage() for one in log.records if "watchdog is not fed" in one.getMessage()]
    if not said:
        return set()
    names = said[-1].partition("no progress of")[2].partition(";")[0]
    return {name.strip(" :") for name in names.split(",")}


async def test_a_disk_that_hangs_under_the_servers_alarms(
    tmp_path: Path, systemd: Systemd, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    clock = AheadClock()
    file = tmp_path / "server.toml"
    file.write_text(
        f'[mqtt]\nhost = "{broker.host}"\nport = {broker.port}\n[api]\nport = 0\n', encoding="utf-8"
    )
    app = Server(load(file), clock, notifier=systemd.notifier, tell=lambda _: None)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(app.run())
        await until(app.started.is_set)
        book = _database_of("Watcher", "_book")
        await starves_while_it_hangs(
            systemd, clock, book.transact, caplog, {"alarm", "notify", "trim", "control"}
        )
        running.cancel()
    assert any(one.startswith("STOPPING=1") for one in systemd.said())


async def test_a_disk_that_hangs_under_the_agents_buffer(
    tmp_path: Path, systemd: Systemd, caplog: pytest.LogCaptureFixture
) -> None:
    clock = AheadClock()
    (tmp_path / "mqtt.password").write_text("secret")
    file = tmp_path / "agent.toml"
    file.write_text(
        '[gateway]\nid = "gw-001"\n[clock]\ntrust = "system"\n[buffer]\npath = "buffer.db"\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {free_port()}\ntls = false\n'
        'password_file = "mqtt.password"\n',
        encoding="utf-8",
    )
    loaded = load_config(file, {})
    app = Agent(loaded.config, clock, notifier=systemd.notifier, spare=tmp_path / "spare")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(app.run())
        await until(app.ready.is_set)
        assert app._observer is not None
        buffer = app._observer._parts.database
        uplink = {"buffer", "uplink-urgent", "uplink-bulk", "heartbeat"}
        await starves_while_it_hangs(systemd, clock, buffer.transact, caplog, uplink)
        running.cancel()
    assert any(one.startswith("STOPPING=1") for one in systemd.said())


def _database_of(task: str, name: str) -> Database:
    """What a stage holds: the program itself shows it to nobody."""
    (found,) = [one for one in asyncio.all_tasks() if one.get_name() == task]
    frame = found.get_coro().cr_frame  # type: ignore[union-attr]  # it is a coroutine
    database = getattr(frame.f_locals["self"], name)
    assert isinstance(database, Database)
    return database
