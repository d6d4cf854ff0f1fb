"""Bytes of an R60 radar to frames, and frames to bytes: by length, never by tail.

Layout (MicRadar manuals R60AFD1 V1.6, R60ABD1 V3.0): 53 59, control, command, length (2 bytes,
big-endian), data, low byte of the sum of all before, 54 43. Nothing is escaped, so that any of
these bytes may stand in the data.
"""

from enum import StrEnum
from typing import NamedTuple

SYNC = b"\x53\x59"
TAIL = b"\x54\x43"
_HEAD = 6
_FRAME = 9  # a frame without data


class Frame(NamedTuple):
    """`code`: control and command byte as the manuals print them, such as "83 01"."""

    code: str
    data: bytes


class Refused(StrEnum):
    """Why bytes were thrown away. Each may have been a report that is never repeated."""

    GARBAGE = "garbage"  # no frame begins here
    CHECKSUM = "checksum"
    TAIL = "tail"
    TOO_LONG = "too_long"
    CUT_SHORT = "cut_short"  # the rest of the frame never came


def encode_frame(frame: Frame) -> bytes:
    """The bytes on the wire. Raise ValueError for a code that is not two bytes in hexadecimal."""
    code = bytes.fromhex(frame.code)
    if len(code) != 2:  # noqa: PLR2004 - control and command
        raise ValueError(f"{frame.code!r} is not a control and a command byte")
    body = SYNC + code + len(frame.data).to_bytes(2) + frame.data
    return body + bytes([sum(body) & 0xFF]) + TAIL


class FrameReader:
    """Cuts a stream into frames. Holds less than `max_length` + 9 bytes between two calls.

    After damage it looks for the next possible frame from the byte after the false beginning.
    """

    def __init__(self, max_length: int) -> None:
        """`max_length`: most data bytes that a frame of this device has."""
        self._max_length = max_length
        self._buffer = bytearray()

    @property
    def is_waiting(self) -> bool:
        """The beginning of something is held, whose rest has not come."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Frame | Refused]:
        """All that is complete now, in order; adjoining garbage counts as one refusal."""
        self._buffer += data
        return self._take()

    def give_up(self) -> list[Frame | Refused]:
        """The stream fell silent within a frame: it is broken, but may hide a whole one."""
        found: list[Frame | Refused] = []
        while self._buffer:
            del self._buffer[0]
            found.append(Refused.CUT_SHORT)
            found += self._take()
        return _without_repeats(found)

    def clear(self) -> None:
        """Forget what is held: the port was closed."""
        self._buffer.clear()

    def _take(self) -> list[Frame | Refused]:
        found: list[Frame | Refused] = []
        while (one := self._next()) is not None:
            found.append(one)
        return _without_repeats(found)

    def _next(self) -> Frame | Refused | None:
        if self._skip_garbage():
            return Refused.GARBAGE
        if len(self._buffer) < _HEAD:
            return None
        length = int.from_bytes(self._buffer[4:_HEAD])
        if length > self._max_length:
            return self._refuse(Refused.TOO_LONG)
        if len(self._buffer) < _FRAME + length:
            return None
        return self._frame(_FRAME + length)

    def _frame(self, size: int) -> Frame | Refused:
        body, tail = self._buffer[: size - 3], self._buffer[size - 2 : size]
        if sum(body) & 0xFF != self._buffer[size - 3]:
            return self._refuse(Refused.CHECKSUM)
        if tail != TAIL:
            return self._refuse(Refused.TAIL)
        del self._buffer[:size]
        return Frame(body[2:4].hex(" ").upper(), bytes(body[_HEAD:]))

    def _skip_garbage(self) -> bool:
        """Drop what can not begin a frame; a lone first sync byte at the end may."""
        start = self._buffer.find(SYNC)
        if start < 0:
            start = len(self._buffer) - self._buffer.endswith(SYNC[:1])
        del self._buffer[:start]
        return start > 0

    def _refuse(self, reason: Refused) -> Refused:
        del self._buffer[0]
        return reason


def _without_repeats(found: list[Frame | Refused]) -> list[Frame | Refused]:
    """A run of one refusal is one refusal."""
    return [
        one
        for index, one in enumerate(found)
        if isinstance(one, Frame) or index == 0 or found[index - 1] != one
    ]
