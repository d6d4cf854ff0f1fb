"""Frames of the MicRadar R60 family, byte for byte: build them, and find them in a stream."""

from dataclasses import dataclass
from typing import Final

# Maker's user manual of the R60AFD1, V1.6: 53 59 | control | command | length | data | sum | 54 43.
HEAD: Final = b"\x53\x59"
TAIL: Final = b"\x54\x43"
DATA_AT: Final = 6
OVERHEAD: Final = 9
LONGEST_COMMAND: Final = 64


@dataclass(frozen=True, slots=True)
class RadarFrame:
    """One message: control word, command word and data; numbers in the data are big-endian."""

    control: int
    command: int
    data: bytes

    @property
    def key(self) -> tuple[int, int]:
        return self.control, self.command


def encode(frame: RadarFrame) -> bytes:
    """Return the bytes on the wire; the sum is the low byte of everything before it."""
    words = bytes((frame.control, frame.command)) + len(frame.data).to_bytes(2, "big")
    body = HEAD + words + frame.data
    return body + bytes((sum(body) & 0xFF,)) + TAIL


class FrameReader:
    """Cuts a byte stream into frames by their length field, never by the tail.

    After a wrong sum, tail or length it searches on from the next byte and counts the error.
    """

    def __init__(self, longest: int = LONGEST_COMMAND) -> None:
        """Accept at most `longest` bytes of data in a frame."""
        self.errors = 0
        self._longest = longest
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[RadarFrame]:
        """Take bytes as they come and return the frames that are now whole."""
        self._pending += data
        frames: list[RadarFrame] = []
        while self._seek_head():
            length = int.from_bytes(self._pending[4:DATA_AT], "big")
            if length <= self._longest and len(self._pending) < length + OVERHEAD:
                break
            frame = self._judge(length)
            if frame is not None:
                frames.append(frame)
        return frames

    def forget(self) -> None:
        """Drop an unfinished frame, as a device does after a pause."""
        self._pending.clear()

    def _seek_head(self) -> bool:
        """Drop what can not begin a frame; tell whether head and length are there."""
        at = self._pending.find(HEAD)
        if at < 0:
            at = len(self._pending) - self._pending.endswith(HEAD[:1])
        del self._pending[:at]
        return len(self._pending) >= DATA_AT

    def _judge(self, length: int) -> RadarFrame | None:
        raw = bytes(self._pending[: length + OVERHEAD])
        frame = RadarFrame(raw[2], raw[3], raw[DATA_AT : DATA_AT + length])
        if length > self._longest or encode(frame) != raw:
            self.errors += 1
            del self._pending[:1]
            return None
        del self._pending[: len(raw)]
        return frame
