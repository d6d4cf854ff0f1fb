import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.service import LongStart, Notifier, keep_watchdog, run_until_signal, writes_to_journal
from tests.patience import PATIENCE_S


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(PATIENCE_S)
        yield listening


def environment(systemd: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": systemd.getsockname(), **more}


def test_it_says_when_it_is_ready_and_when_it_stops(systemd: socket.socket) -> None:
    notifier = Notifier(environment(systemd))
    notifier.ready("2 lines,\n3 devices")
    assert systemd.recv(999) == b"READY=1\nSTATUS=2 lines, 3 devices"
    notifier.status("busy")
    assert systemd.recv(999) == b"STATUS=busy"
    notifier.stopping()
    assert systemd.recv(999) == b"STOPPING=1"


def test_a_long_start_asks_for_time_about_once_a_second(systemd: socket.socket) -> None:
    now_us = [5]
    alive = LongStart(Notifier(environment(systemd)), lambda: now_us[0])
    for at_us in (5, 6, 1_000_004, 1_000_005, 1_000_006):
        now_us[0] = at_us
        alive()
    assert systemd.recv(999) == systemd.recv(999) == b"EXTEND_TIMEOUT_USEC=90000000"
    systemd.setblocking(False)
    with pytest.raises(BlockingIOError):
        systemd.recv(999)


def test_an_abstract_socket_is_reached() -> None:
    name = f"lifeline-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(PATIENCE_S)
        Notifier({"NOTIFY_SOCKET": f"@{name}"}).alive()
        assert listening.recv(99) == b"WATCHDOG=1"


def test_without_systemd_nothing_happens(tmp_path: Path) -> None:
    Notifier({}).ready()
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


def test_it_knows_when_its_words_are_kept_in_the_journal() -> None:
    stderr = os.fstat(2)
    assert writes_to_journal({"JOURNAL_STREAM": f"{stderr.st_dev}:{stderr.st_ino}"})
    assert not writes_to_journal({"JOURNAL_STREAM": "1:2"})
    assert not writes_to_journal({})


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_at_half_its_time(asked: dict[str, str], seconds: float | None) -> None:
    assert Notifier(asked).watchdog_s == seconds


async def test_the_watchdog_starves_when_the_program_is_not_alive(systemd: socket.socket) -> None:
    notifier = Notifier(environment(systemd, WATCHDOG_USEC="20000"))
    alive = True
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keep_watchdog(notifier, lambda: alive))
        await asyncio.sleep(0.05)
        assert systemd.recv(99) == b"WATCHDOG=1"
        alive = False
        systemd.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while systemd.recv(99):
                pass
        await asyncio.sleep(0.05)
        with pytest.raises(BlockingIOError):
            systemd.recv(99)
        task.cancel()


async def test_no_watchdog_asked_returns_at_once() -> None:
    await keep_watchdog(Notifier({}), lambda: True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_cancels_the_work_and_waits_for_its_end(number: signal.Signals) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(5)
        finally:
            await asyncio.sleep(0)
            ended.append("in order")

    assert await run_until_signal(work()) is number
    assert ended == ["in order"]


async def test_a_hangup_asks_for_a_reload_and_the_work_goes_on() -> None:
    asked: list[str] = []

    async def work() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        async with asyncio.timeout(PATIENCE_S):
            while not asked:
                await asyncio.sleep(0)

    before = signal.getsignal(signal.SIGHUP)
    assert await run_until_signal(work(), lambda: asked.append("reload")) is None
    assert (asked, signal.getsignal(signal.SIGHUP)) == (["reload"], before)


async def test_work_that_ends_by_itself() -> None:
    assert await run_until_signal(asyncio.sleep(0)) is None


async def test_what_the_work_raises_is_raised() -> None:
    async def work() -> None:
        raise OSError("no such device")

    with pytest.raises(OSError, match="no such device"):
        await run_until_signal(work())


async def test_afterwards_signals_are_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    await run_until_signal(asyncio.sleep(0))
    assert signal.getsignal(signal.SIGTERM) == before
