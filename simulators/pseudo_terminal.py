"""A serial port without hardware: a pty in raw mode, with a stable path if one is wanted."""

import errno
import os
import tty
from pathlib import Path
from typing import Final, Self

READ_SIZE: Final = 4096


class PseudoTerminal:
    """One pty pair. `path` is what a client opens; it must ask for parity N (a pty has none).

    Both ends are held open, so that clients may come and go; closing the pair is what a client
    sees as an unplugged adapter. `link` is made a symbolic link to the device: an old link is
    replaced, any other file there raises FileExistsError.
    """

    def __init__(self, link: Path | None = None) -> None:
        """Open the pair. Raises OSError when the machine has no pty left, or the link fails."""
        self.fileno, self._client_end = os.openpty()
        self.device = os.ttyname(self._client_end)
        self.lost_bytes = 0
        self._link = link
        tty.setraw(self._client_end)
        os.set_blocking(self.fileno, False)
        try:
            self._make_link()
        except OSError:
            self._close_ends()
            raise

    @property
    def path(self) -> str:
        return self.device if self._link is None else str(self._link)

    def read(self) -> bytes:
        """Return what a client wrote, without waiting; empty if nothing is there."""
        try:
            return os.read(self.fileno, READ_SIZE)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """Hand bytes to the client; what nobody reads is lost once the buffer is full, as real."""
        try:
            written = os.write(self.fileno, data)
        except BlockingIOError:
            written = 0
        self.lost_bytes += len(data) - written

    def close(self) -> None:
        """Close both ends and take the link away."""
        if self._link is not None and self._is_ours(self._link):
            self._link.unlink()
        self._close_ends()

    def __enter__(self) -> Self:
        """Return the open pair."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close both ends."""
        self.close()

    def _make_link(self) -> None:
        if self._link is None:
            return
        if self._link.exists() and not self._link.is_symlink():
            raise FileExistsError(errno.EEXIST, "is a file, not an old link", str(self._link))
        fresh = self._link.with_name(f"{self._link.name}.{os.getpid()}.new")
        fresh.symlink_to(self.device)
        fresh.replace(self._link)

    def _is_ours(self, link: Path) -> bool:
        return link.is_symlink() and link.readlink() == Path(self.device)

    def _close_ends(self) -> None:
        os.close(self.fileno)
        os.close(self._client_end)
