"""What systemd asks of a service: to say when it is ready, alive and stopping, and to stop."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

log = logging.getLogger(__name__)

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_US = 1_000_000
_STDERR = 2
_PATIENCE_S = 90.0  # for one step of a long start


class Notifier:
    """sd_notify(3) over the datagram socket in NOTIFY_SOCKET; silent where there is none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog_s = _watchdog_s(environment)

    def ready(self, status: str = "") -> None:
        """The service does its work now (Type=notify)."""
        self._say("READY=1", f"STATUS={_line(status)}")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._say(f"STATUS={_line(text)}")

    def alive(self) -> None:
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def starting(self, seconds: float) -> None:
        """The start goes on: not to be given up before so many seconds from now."""
        self._say(f"EXTEND_TIMEOUT_USEC={round(seconds * _US)}")

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        # A leading @ stands for the abstract namespace (unix(7)).
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
                to.settimeout(0)
                to.sendto("\n".join(lines).encode(), address)
        except OSError as error:
            log.debug("systemd did not hear %s: %s", lines[0], error)


class LongStart:
    """Called for each step of a start that may take minutes; tells systemd each second or so."""

    def __init__(self, notifier: Notifier, mono_us: Callable[[], int]) -> None:
        self._notifier = notifier
        self._mono_us = mono_us
        self._said_us: int | None = None

    def __call__(self) -> None:
        now_us = self._mono_us()
        if self._said_us is None or now_us - self._said_us >= _US:
            self._said_us = now_us
            self._notifier.starting(_PATIENCE_S)


def writes_to_journal(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether stderr is kept in systemd's journal (systemd.exec(5), JOURNAL_STREAM)."""
    try:
        stderr = os.fstat(_STDERR)
    except OSError:
        return False
    return environment.get("JOURNAL_STREAM") == f"{stderr.st_dev}:{stderr.st_ino}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _watchdog_s(environment: Mapping[str, str]) -> float | None:
    """Seconds between two signs of life: half of WATCHDOG_USEC, if it is meant for this process."""
    usec, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if not usec.isdecimal() or int(usec) == 0 or pid not in ("", str(os.getpid())):
        return None
    return int(usec) / _US / 2


async def keep_watchdog(notifier: Notifier, is_alive: Callable[[], bool]) -> None:
    """Tell systemd that we live for as long as `is_alive` says so; return at once if not asked."""
    while notifier.watchdog_s is not None:
        if is_alive():
            notifier.alive()
        await asyncio.sleep(notifier.watchdog_s)


async def run_until_signal(
    work: Coroutine[Any, Any, None], reload: Callable[[], None] | None = None
) -> signal.Signals | None:
    """Run `work`; SIGTERM or SIGINT cancels it, and is returned once it has ended.

    SIGHUP calls `reload`, if there is one. None when it ended by itself. Raise what `work` raises.
    """
    caught: list[signal.Signals] = []
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(work)

            def stop(number: signal.Signals) -> None:
                caught.append(number)
                task.cancel()

            with _on_signals(stop), _on_hangup(reload):
                await asyncio.wait([task])
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None  # there is one task in this group
    return caught[0] if caught else None


@contextlib.contextmanager
def _on_signals(call: Callable[[signal.Signals], object]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, call, number)
    try:
        yield
    finally:
        for number in _STOP_SIGNALS:
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def _on_hangup(call: Callable[[], None] | None) -> Iterator[None]:
    if call is None:
        yield
        return
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, call)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
