"""What the TinyFrame radars share: frames whose ids count, answers under the command's id."""

import struct
from collections.abc import Mapping
from typing import Final

from simulators.kept_settings import KeptSettings
from simulators.stream_outlet import ANSWER
from simulators.stream_radar import Said, StreamRadar
from simulators.tiny_frame import START, TinyFrame, TinyReader, encode

CHECKSUM_AT: Final = -1
IDS: Final = 1 << 16


class TinyRadar(StreamRadar[TinyFrame, float]):
    """A radar of the family; what it does not know gets no answer, by assumption."""

    START = START

    def __init__(
        self,
        rest: Mapping[str, float],
        factory: Mapping[str, float],
        given: Mapping[str, float],
        *,
        first_id: int,
        boot_us: int,
        record: bool,
        seed: int,
    ) -> None:
        """Make a radar in an empty room; its frames count from `first_id`."""
        super().__init__(
            rest,
            KeptSettings(factory, given),
            TinyReader(),
            boot_us=boot_us,
            checksum_at=CHECKSUM_AT,
            record=record,
            seed=seed,
        )
        self._first_id = first_id
        self._ident = first_id

    def _begin(self, now: int) -> None:  # noqa: ARG002 - ids need no time
        self._ident = self._first_id

    def _frame(self, kind: int, data: bytes) -> bytes:
        """Return a report under the next id."""
        ident = self._ident
        self._ident = (ident + 1) % IDS
        return encode(TinyFrame(ident, kind, data))


def answer(command: TinyFrame, data: bytes) -> Said:
    """Return the answer to a command, under its id and type."""
    return ANSWER, encode(TinyFrame(command.ident, command.kind, data))


def floats(*numbers: float) -> bytes:
    """Return 32-bit floats, little-endian."""
    return struct.pack(f"<{len(numbers)}f", *numbers)


def u32(number: float) -> bytes:
    return int(number).to_bytes(4, "little")
