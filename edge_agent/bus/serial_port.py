"""A serial port that is opened whole, read and written by deadline, and known when it is gone."""

import errno
import logging
import os
import select
import termios
from dataclasses import dataclass
from typing import Protocol

import serial

from edge_agent.bus.wire_time import Parity, SerialFormat

_LARGEST_READ = 4096
_SECOND_US = 1_000_000

_log = logging.getLogger(__name__)


class PortGoneError(Exception):
    """The port can not be opened, or vanished while it was in use; the text says which and why."""


@dataclass(frozen=True, slots=True)
class PortSettings:
    """Where the port is and how it is set.

    `opened_parity` is what the port is really opened with when that differs from the wire's: a
    pseudo-terminal knows no parity, and refuses it from the second opening on.
    """

    path: str
    format: SerialFormat
    opened_parity: Parity | None = None


class Port(Protocol):
    """What a line or a stream needs of a port; every method raises PortGoneError."""

    def fileno(self) -> int: ...

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        """Return what is there, after at most `wait_us`; b"" if nothing came or `wake` is ready."""
        ...

    def send(self, data: bytes, wait_us: int) -> None:
        """Hand all of `data` to the kernel within `wait_us`."""
        ...

    def close(self) -> None:
        """Let go of the port; never raises."""
        ...


class SerialPort:
    """One opened port, exclusive, non-blocking, with low latency where the driver can."""

    def __init__(self, settings: PortSettings) -> None:
        """Open the port; raise PortGoneError when that fails, ValueError for a bad setting."""
        self._path = settings.path
        self._serial = _open(settings)
        self._fd: int = self._serial.fileno()

    def fileno(self) -> int:
        return self._fd

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        watched = [self._fd] if wake is None else [self._fd, wake]
        try:
            ready, _, _ = select.select(watched, [], [], max(wait_us, 0) / _SECOND_US)
            if self._fd not in ready:
                return b""
            data = os.read(self._fd, _LARGEST_READ)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise self._gone(error) from error
        if not data:  # readable and yet empty: hung up
            raise PortGoneError(f"{self._path} hung up")
        return data

    def send(self, data: bytes, wait_us: int) -> None:
        left = memoryview(data)
        while left:
            try:
                _, ready, _ = select.select([], [self._fd], [], max(wait_us, 0) / _SECOND_US)
                if not ready:
                    raise PortGoneError(f"{self._path} took no bytes for {wait_us} us")
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:
                continue
            except (OSError, ValueError) as error:
                raise self._gone(error) from error

    def close(self) -> None:
        try:
            self._serial.close()
        except (serial.SerialException, OSError, termios.error) as error:
            _log.info("closing %s: %s", self._path, error)

    def _gone(self, error: Exception) -> PortGoneError:
        return PortGoneError(f"{self._path}: {error}")


def open_serial(settings: PortSettings) -> Port:
    """Open the port that the settings describe; raise PortGoneError."""
    return SerialPort(settings)


def _open(settings: PortSettings) -> serial.Serial:
    shape = settings.format
    try:
        port = serial.Serial(
            settings.path,
            baudrate=shape.baud,
            parity=(settings.opened_parity or shape.parity).value,
            stopbits=shape.stop_bits,
            timeout=0,
            exclusive=True,
        )
    # termios.error is neither an OSError nor a SerialException (pyserial lets it through)
    except (serial.SerialException, OSError, termios.error) as error:
        raise PortGoneError(f"can not open {settings.path}: {error}") from error
    _ask_for_low_latency(port)
    return port


def _ask_for_low_latency(port: serial.Serial) -> None:
    """Without it an FTDI adapter holds bytes back for 16 ms; a pty and some drivers can not."""
    try:
        port.set_low_latency_mode(True)
    except (ValueError, OSError, termios.error) as error:
        if getattr(error, "errno", None) not in (None, errno.ENOTTY, errno.EINVAL):
            _log.info("%s: no low latency: %s", port.port, error)
