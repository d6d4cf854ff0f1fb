"""Wakes a thread that waits on file descriptors (Linux eventfd)."""

import os
import select

_SECOND_US = 1_000_000


class Wake:
    """Set from any thread; the waiting thread selects on `fileno` and clears it."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        return self._fd

    def set(self) -> None:
        os.eventfd_write(self._fd, 1)

    def wait(self, wait_us: int) -> None:
        """Wait until set, at most `wait_us`."""
        select.select([self._fd], [], [], max(wait_us, 0) / _SECOND_US)

    def clear(self) -> None:
        """Forget what was set; nothing happens if nothing was."""
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self._fd)
