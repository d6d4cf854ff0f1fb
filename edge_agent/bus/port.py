"""An open port: bytes in and out by deadline on a descriptor, and known when it is gone."""

import os
import select
from typing import Protocol

_LARGEST_READ = 4096
_SECOND_US = 1_000_000


class PortGoneError(Exception):
    """The port can not be opened, or vanished while it was in use; the text says which and why."""


class Port(Protocol):
    """What a line or a stream needs of a port; every method raises PortGoneError."""

    def fileno(self) -> int: ...

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        """Return what is there, after at most `wait_us`; b"" if nothing came or `wake` is ready."""
        ...

    def send(self, data: bytes, wait_us: int) -> None:
        """Hand all of `data` to the kernel within `wait_us`."""
        ...

    def offer(self, data: bytes) -> int:
        """Hand over what the kernel takes at once; return how many bytes that were."""
        ...

    def close(self) -> None:
        """Let go of the port; never raises."""
        ...


class Owner(Protocol):
    """Who hears of the port of a line; called in the event loop."""

    def port_opened(self) -> None: ...

    def port_gone(self, problem: str) -> None: ...


class Descriptor:
    """Half of a Port: reads and writes a non-blocking descriptor that somebody else opened."""

    def __init__(self, path: str, fd: int) -> None:
        """Take the descriptor; `path` is its name in what is reported."""
        self._path = path
        self._fd = fd

    def fileno(self) -> int:
        return self._fd

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        watched = [self._fd] if wake is None else [self._fd, wake]
        try:
            ready, _, _ = select.select(watched, [], [], max(wait_us, 0) / _SECOND_US)
        except (OSError, ValueError) as error:
            raise self._gone(error) from error
        return self._read() if self._fd in ready else b""

    def send(self, data: bytes, wait_us: int) -> None:
        while data:
            taken = self.offer(data)
            data = data[taken:]
            if not taken:
                self._wait_for_room(wait_us)

    def offer(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except (OSError, ValueError) as error:
            raise self._gone(error) from error

    def _read(self) -> bytes:
        """A terminal has to be asked first whether something is there: it reads as hung up else."""
        try:
            data = os.read(self._fd, _LARGEST_READ)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise self._gone(error) from error
        if not data:  # readable and yet empty: hung up
            raise PortGoneError(f"{self._path} hung up")
        return data

    def _wait_for_room(self, wait_us: int) -> None:
        try:
            _, ready, _ = select.select([], [self._fd], [], max(wait_us, 0) / _SECOND_US)
        except (OSError, ValueError) as error:
            raise self._gone(error) from error
        if not ready:
            raise PortGoneError(f"{self._path} took no bytes for {wait_us} us")

    def _gone(self, error: Exception) -> PortGoneError:
        return PortGoneError(f"{self._path}: {error}")
