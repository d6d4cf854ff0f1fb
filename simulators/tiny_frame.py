"""Frames of the TinyFrame radars, byte for byte: build them, and find them in a stream."""

from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Final

# 01 | id | length | type | head checksum | data | data checksum; no data checksum without data.
START: Final = b"\x01"
HEAD: Final = 8
LONGEST_COMMAND: Final = 64


@dataclass(frozen=True, slots=True)
class TinyFrame:
    """One message: id and type (both big-endian on the wire) and data, numbers little-endian."""

    ident: int
    kind: int
    data: bytes = b""


def encode(frame: TinyFrame) -> bytes:
    """Return the bytes on the wire."""
    words = (frame.ident, len(frame.data), frame.kind)
    head = START + b"".join(word.to_bytes(2, "big") for word in words)
    sealed = head + _checksum(head) + frame.data
    return sealed + _checksum(frame.data) if frame.data else sealed


class TinyReader:
    """Cuts a byte stream into frames; after a false start it searches on from the next byte."""

    def __init__(self, longest: int = LONGEST_COMMAND) -> None:
        """Accept at most `longest` bytes of data in a frame."""
        self.errors = 0
        self._longest = longest
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[TinyFrame]:
        """Take bytes as they come and return the frames that are now whole."""
        self._pending += data
        frames: list[TinyFrame] = []
        while self._seek_head():
            length = int.from_bytes(self._pending[3:5], "big")
            whole = HEAD + length + (length > 0)
            if self._head_is_false(length):
                self._skip()
            elif len(self._pending) < whole:
                break
            else:
                frames += self._judge(whole)
        return frames

    def forget(self) -> None:
        """Drop an unfinished frame, as a device does after a pause."""
        self._pending.clear()

    def _seek_head(self) -> bool:
        """Drop what can not begin a frame; tell whether the head is there."""
        at = self._pending.find(START)
        del self._pending[: at if at >= 0 else len(self._pending)]
        return len(self._pending) >= HEAD

    def _head_is_false(self, length: int) -> bool:
        head = bytes(self._pending[: HEAD - 1])
        return length > self._longest or _checksum(head) != self._pending[HEAD - 1 : HEAD]

    def _judge(self, whole: int) -> list[TinyFrame]:
        raw = bytes(self._pending[:whole])
        ident, kind = (int.from_bytes(raw[at : at + 2], "big") for at in (1, 5))
        frame = TinyFrame(ident, kind, raw[HEAD:-1] if whole > HEAD else b"")
        if encode(frame) != raw:
            self._skip()
            return []
        del self._pending[:whole]
        return [frame]

    def _skip(self) -> None:
        self.errors += 1
        del self._pending[:1]


def _checksum(data: bytes) -> bytes:
    return bytes((~reduce(xor, data, 0) & 0xFF,))
