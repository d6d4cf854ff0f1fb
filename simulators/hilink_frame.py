"""Commands and acknowledgements of the Hi-Link LD24xx radars, and their signed numbers."""

from dataclasses import dataclass
from typing import Final

HEAD: Final = b"\xfd\xfc\xfb\xfa"
TAIL: Final = b"\x04\x03\x02\x01"
LENGTH_AT: Final = len(HEAD)
OVERHEAD: Final = len(HEAD) + 2 + len(TAIL)
WORD: Final = 2
LONGEST: Final = 64
ACKNOWLEDGED: Final = 0x0100
DONE, FAILED = 0, 1
POSITIVE: Final = 0x8000


@dataclass(frozen=True, slots=True)
class HilinkCommand:
    """A command word and what follows it; numbers are little-endian."""

    word: int
    value: bytes = b""


def encode(command: HilinkCommand) -> bytes:
    """Return the bytes on the wire; there is no checksum."""
    body = u16(command.word) + command.value
    return HEAD + u16(len(body)) + body + TAIL


def acknowledge(word: int, data: bytes | None = b"") -> bytes:
    """Return the acknowledgement of a command; None instead of data says that it failed."""
    status = u16(FAILED) if data is None else u16(DONE) + data
    return encode(HilinkCommand(word | ACKNOWLEDGED, status))


def u16(number: float) -> bytes:
    return int(number).to_bytes(2, "little")


def signed(number: float) -> bytes:
    """Return 15 bits of amount under a sign bit that is 1 for positive, as the LD2450 has it."""
    amount = min(POSITIVE - 1, abs(round(number)))
    return u16(amount | (POSITIVE if number > 0 else 0))


class CommandReader:
    """Cuts a byte stream into commands by their length; searches on after anything wrong."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.errors = 0
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[HilinkCommand]:
        """Take bytes as they come and return the commands that are now whole."""
        self._pending += data
        commands: list[HilinkCommand] = []
        while self._seek_head():
            length = int.from_bytes(self._pending[LENGTH_AT : LENGTH_AT + 2], "little")
            if not WORD <= length <= LONGEST:
                self._skip()
            elif len(self._pending) < length + OVERHEAD:
                break
            else:
                commands += self._judge(length)
        return commands

    def forget(self) -> None:
        """Drop an unfinished command, as a device does after a pause."""
        self._pending.clear()

    def _seek_head(self) -> bool:
        """Drop what can not begin a command; tell whether head and length are there."""
        at = self._pending.find(HEAD)
        if at < 0:
            keep = next(n for n in (3, 2, 1, 0) if self._pending.endswith(HEAD[:n]))
            at = len(self._pending) - keep
        del self._pending[:at]
        return len(self._pending) >= LENGTH_AT + 2

    def _judge(self, length: int) -> list[HilinkCommand]:
        raw = bytes(self._pending[: length + OVERHEAD])
        if not raw.endswith(TAIL):
            self._skip()
            return []
        del self._pending[: len(raw)]
        body = raw[LENGTH_AT + 2 : -len(TAIL)]
        return [HilinkCommand(int.from_bytes(body[:WORD], "little"), body[WORD:])]

    def _skip(self) -> None:
        self.errors += 1
        del self._pending[:1]
