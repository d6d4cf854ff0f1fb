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

    def close(self) -> None:
        """Let go of the port; never raises."""
        ...


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
                left = left[os.write(self._fd, left) :]
            except BlockingIOError:
                self._wait_for_room(wait_us)
            except (OSError, ValueError) as error:
                raise self._gone(error) from error

    def _wait_for_room(self, wait_us: int) -> None:
        try:
            _, ready, _ = select.select([], [self._fd], [], max(wait_us, 0) / _SECOND_US)
        except (OSError, ValueError) as error:
            raise self._gone(error) from error
        if not ready:
            raise PortGoneError(f"{self._path} took no bytes for {wait_us} us")

    def _gone(self, error: Exception) -> PortGoneError:
        return PortGoneError(f"{self._path}: {error}")
