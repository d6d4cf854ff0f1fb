"""What local actions have done, in a small file of fixed size: a torn write leaves the one before.

It stands beside the buffer, not in it: when the buffer is broken and set aside, what was switched
on is still switched off. Its room is taken at the start, so that a full disk does not matter.
"""

import os
import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from edge_agent.local_action.decide import Memory

SLOT = 16 * 1024
_HEAD = 16  # serial number, length, checksum
_SLOTS = 2
_decode = msgspec.json.Decoder(dict[str, Memory]).decode


class TooLargeError(ValueError):
    """More than a slot holds."""


class Book:
    """Read once, then written by one caller at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._serial = 0

    def read(self) -> dict[str, Memory]:
        """The newest whole state; nothing from a file that is not there or of no use.

        Raise OSError when the folder can not be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        found = [self._slot(data) for data in self._slots()]
        whole = [one for one in found if one is not None]
        self._serial, memories = max(whole, key=lambda one: one[0], default=(0, {}))
        return memories

    def write(self, memories: Mapping[str, Memory]) -> None:
        """On disk when it returns; raise OSError, TooLargeError."""
        body = msgspec.json.encode(memories)
        if len(body) > SLOT - _HEAD:
            raise TooLargeError(f"{len(body)} bytes of local actions, at most {SLOT - _HEAD}")
        serial = self._serial + 1
        head = serial.to_bytes(8, "big") + len(body).to_bytes(4, "big")
        check = zlib.crc32(head + body).to_bytes(4, "big")
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            os.pwrite(handle, head + check + body, serial % _SLOTS * SLOT)
            os.fsync(handle)
        finally:
            os.close(handle)
        self._serial = serial  # one that failed left the other slot as it was: it is tried again

    def _slots(self) -> list[bytes]:
        if not self._path.exists():
            self._path.write_bytes(bytes(_SLOTS * SLOT))
        data = self._path.read_bytes()
        if len(data) < _SLOTS * SLOT:
            with self._path.open("r+b") as file:
                file.seek(len(data))
                file.write(bytes(_SLOTS * SLOT - len(data)))
        return [data[at : at + SLOT] for at in range(0, _SLOTS * SLOT, SLOT)]

    def _slot(self, data: bytes) -> tuple[int, dict[str, Memory]] | None:
        serial = int.from_bytes(data[:8], "big")
        length = int.from_bytes(data[8:12], "big")
        body = data[_HEAD : _HEAD + length]
        is_whole = zlib.crc32(data[:12] + body) == int.from_bytes(data[12:_HEAD], "big")
        if not serial or len(body) != length or not is_whole:
            return None
        try:
            return serial, _decode(body)
        except msgspec.MsgspecError:  # of another release
            return None
