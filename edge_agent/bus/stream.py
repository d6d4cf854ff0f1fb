"""A stream owns one port on which a device talks by itself; it reopens the port when it is gone."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from edge_agent.bus.back_off import BackOff
from edge_agent.bus.port import Port, PortGoneError
from edge_agent.bus.serial_port import PortSettings, open_serial
from edge_agent.exchange import Failure, Fault
from edge_agent.health import FrameRecord, LineHealth
from runtime.clock import Clock

_SECOND_US = 1_000_000
_SEND_US = 100_000
_FRAMES_KEPT = 128

_log = logging.getLogger(__name__)


class Stream:
    """An async context manager, for one reading task. Bytes wait in the kernel (4096 at most)."""

    def __init__(
        self,
        name: str,
        settings: PortSettings,
        clock: Clock,
        open_port: Callable[[PortSettings], Port] = open_serial,
    ) -> None:
        """Take the settings; the first `read` or `write` opens the port."""
        self._name = name
        self._settings = settings
        self._clock = clock
        self._open_port = open_port
        self._back_off = BackOff()
        self._port: Port | None = None
        self._opened = 0
        self._problem = "not opened yet"
        self._frames: deque[FrameRecord] = deque(maxlen=_FRAMES_KEPT)
        self._is_watched = False
        self._waiting: asyncio.Future[bytes | PortGoneError] | None = None
        self._unread = b""

    @property
    def name(self) -> str:
        return self._name

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        self._problem = "the stream is closed"

    async def read(self, wait_us: int) -> bytes | Failure:
        """Return up to 4096 bytes, b"" if none came in `wait_us`, or that the port is gone.

        It returns b"" sooner when the port was opened just now, and when `wake` was called. While
        the port is gone it waits, at most `wait_us`, until the next try to open it is due.
        """
        if self._port is None:
            return b"" if await self._ensure(wait_us) is not None else self._failure()
        came = await self._came(wait_us, self._port)
        if isinstance(came, PortGoneError):
            self._lose(str(came))
            return self._failure()
        self._note("heard", came)
        return came

    def wake(self) -> None:
        """Let a `read` that waits return now."""
        if self._waiting is not None:
            _end(self._waiting, b"")

    async def write(self, data: bytes) -> Failure | None:
        """Send the bytes; return the failure if the port is gone."""
        port = await self._ensure(0)
        if port is None:
            return self._failure()
        try:
            port.send(data, _SEND_US)
            self._note("sent", data)
        except PortGoneError as error:
            self._lose(str(error))
            return self._failure()
        return None

    def frames(self) -> tuple[FrameRecord, ...]:
        """Return the last 128 pieces as they came and went; a frame may be several of them."""
        return tuple(self._frames)

    def _note(self, what: str, data: bytes) -> None:
        if data:
            self._frames.append(FrameRecord(self._clock.mono_us(), what, data))

    def health(self) -> LineHealth:
        return LineHealth(
            line=self._name,
            is_open=self._port is not None,
            problem=self._problem,
            opened=self._opened,
        )

    async def _ensure(self, wait_us: int) -> Port | None:
        if self._port is not None:
            return self._port
        pause_us = self._back_off.next_us - self._clock.mono_us()
        if pause_us > 0:
            await self._came(min(pause_us, wait_us))
            return None
        return await self._open()

    async def _open(self) -> Port | None:
        """Open in a thread: a driver may hold up whoever opens its port."""
        loop = asyncio.get_running_loop()
        opening = loop.run_in_executor(None, self._open_port, self._settings)
        try:
            self._port = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise
        except PortGoneError as error:
            self._lose(str(error))
            return None
        self._back_off.worked()
        self._opened += 1
        self._problem = ""
        _log.info("stream %s: %s is open", self._name, self._settings.path)
        return self._port

    async def _came(self, wait_us: int, port: Port | None = None) -> bytes | PortGoneError:
        """The port is watched until it is closed; what comes while nobody waits stays in it."""
        loop = asyncio.get_running_loop()
        if port is not None and not self._is_watched:
            loop.add_reader(port.fileno(), self._readable, loop, port)
            self._is_watched = True
        waiting: asyncio.Future[bytes | PortGoneError] = loop.create_future()
        self._waiting = waiting
        if self._unread:
            waiting.set_result(self._unread)
            self._unread = b""
        timer = loop.call_later(wait_us / _SECOND_US, _end, waiting, b"")
        try:
            return await waiting
        except asyncio.CancelledError:
            came = b"" if waiting.cancelled() else waiting.result()
            self._unread = came if isinstance(came, bytes) else b""  # of one that is gone: nothing
            raise
        finally:
            timer.cancel()
            self._waiting = None

    def _readable(self, loop: asyncio.AbstractEventLoop, port: Port) -> None:
        if self._waiting is None or self._waiting.done():
            loop.remove_reader(port.fileno())
            self._is_watched = False
            return
        try:
            data = port.receive(0)
        except PortGoneError as error:
            _end(self._waiting, error)
        else:
            if data:
                _end(self._waiting, data)

    def _close(self) -> None:
        if self._port is None:
            return
        if self._is_watched:
            asyncio.get_running_loop().remove_reader(self._port.fileno())
            self._is_watched = False
        self._port.close()
        self._port = None
        self._unread = b""

    def _lose(self, problem: str) -> None:
        if problem != self._problem:
            _log.warning("stream %s: %s", self._name, problem)
        self._problem = problem
        self._back_off.failed(self._clock.mono_us())
        self._close()

    def _failure(self) -> Failure:
        return Failure(Fault.PORT_GONE, self._clock.mono_us(), None, self._problem)


def _end(waiting: "asyncio.Future[bytes | PortGoneError]", came: bytes | PortGoneError) -> None:
    if not waiting.done():
        waiting.set_result(came)


def _close_unwanted(opening: "asyncio.Future[Port]") -> None:
    """Let go of a port that was still being opened when its reader was cancelled."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
