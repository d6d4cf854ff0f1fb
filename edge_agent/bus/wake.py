"""Wakes a thread that waits on file descriptors (Linux eventfd)."""

import os
import select

_SECOND_US = 1_000_000


class Wake:
    """Set from any thread; the waiting thread selects on `fileno` and clears it.

    Each look into the kernel lets go of the interpreter, and who has just woken the event loop
    would wait for it to have its turn: so what was not set is not asked for.
    """

    def __init__(self) -> None:
        self._is_set = False  # true no sooner than the descriptor is: at worst one look too many
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        return self._fd

    def set(self) -> None:
        os.eventfd_write(self._fd, 1)
        self._is_set = True

    def wait(self, wait_us: int) -> None:
        """Wait until set, at most `wait_us`."""
        select.select([self._fd], [], [], max(wait_us, 0) / _SECOND_US)

    def clear(self) -> None:
        """Forget what was set; nothing happens if nothing was."""
        if not self._is_set:
            return
        self._is_set = False
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return

    def close(self) -> None:
        os.close(self._fd)
