"""How long characters take on a serial wire, and the silence that ends a Modbus RTU frame."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

START_AND_DATA_BITS: Final = 1 + 8
FIXED_GAP_ABOVE_BAUD: Final = 19_200
FIXED_GAP_US: Final = 1_750
PIECE: Final = 4
PIECES_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class WireFormat:
    """Speed and shape of one character; 9600 8N2 is 11 bits a character, 8N1 is 10, 8E1 is 11."""

    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1

    def __post_init__(self) -> None:
        """Raise ValueError for a speed that no wire has."""
        if self.baud <= 0:
            msg = f"baud is {self.baud}; it must be above 0"
            raise ValueError(msg)

    @property
    def bits_per_character(self) -> int:
        return START_AND_DATA_BITS + (self.parity != "N") + self.stop_bits

    def duration_us(self, characters: int) -> int:
        """Return the time that so many characters take on the wire, rounded up to whole µs."""
        return -(-characters * self.bits_per_character * 1_000_000 // self.baud)

    @property
    def gap_us(self) -> int:
        """The silence between two frames: 3.5 characters, 1.75 ms above 19 200 baud.

        Modbus over serial line V1.02, section 2.5.1.1.
        """
        if self.baud > FIXED_GAP_ABOVE_BAUD:
            return FIXED_GAP_US
        return -(-7 * self.bits_per_character * 1_000_000 // (2 * self.baud))

    def pieces(self, frame: bytes, start_us: int, size: int = PIECE) -> Iterator[tuple[int, bytes]]:
        """Yield (time of arrival in µs, bytes) for a frame whose first bit leaves at `start_us`.

        A piece arrives when its last character is complete, never before.
        """
        for first in range(0, len(frame), size):
            piece = frame[first : first + size]
            yield start_us + self.duration_us(first + len(piece)), piece


class Sender:
    """The sending half of a UART: bytes go out one frame after the other, each in its time."""

    def __init__(self, wire: WireFormat) -> None:
        """Start idle."""
        self._wire = wire
        self._pieces: deque[tuple[int, bytes]] = deque(maxlen=PIECES_KEPT)
        self._free_us = 0

    @property
    def busy(self) -> bool:
        return bool(self._pieces)

    @property
    def next_us(self) -> int | None:
        """When the next piece will have arrived at the other end."""
        return self._pieces[0][0] if self._pieces else None

    def send(self, frame: bytes, start_us: int) -> None:
        """Send from `start_us` on, or from when the line is free."""
        self._pieces.extend(self._wire.pieces(frame, max(start_us, self._free_us)))
        self._free_us = self._pieces[-1][0] if self._pieces else self._free_us

    def burst(self, frame: bytes, at_us: int) -> None:
        """Let a frame arrive whole at `at_us`, faster than the wire could."""
        self._pieces.append((max(at_us, self._free_us), frame))

    def due(self, now: int) -> bytes:
        """Return what has arrived at the other end by `now`."""
        arrived = bytearray()
        while self._pieces and self._pieces[0][0] <= now:
            arrived += self._pieces.popleft()[1]
        return bytes(arrived)
