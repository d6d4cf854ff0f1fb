"""How long characters take on a serial wire, if there is one, and how soon a reply can be there."""

from enum import StrEnum

import msgspec

_SECOND_US = 1_000_000
_FIXED_GAP_ABOVE_BAUD = 19_200
_FIXED_GAP_US = 1_750
# A sender's clock may be off by some per cent and the line still works; what is faster is not it.
_EARLY_PER_CENT = 95


class Parity(StrEnum):
    """The parity bit of a character."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"


class SerialFormat(msgspec.Struct, frozen=True):
    """Speed and shape of a character: 8N1 is 10 bits long, 8E1 and 8N2 are 11, 7E1 is 10.

    Raises ValueError for what no UART can be set to.
    """

    baud: int = 9600
    parity: Parity = Parity.NONE
    stop_bits: int = 1
    data_bits: int = 8

    def __post_init__(self) -> None:
        if self.baud <= 0:
            raise ValueError(f"baud is {self.baud}; give a speed above 0, such as 9600")
        if self.stop_bits not in (1, 2):
            raise ValueError(f"stop_bits is {self.stop_bits}; give 1 or 2")
        if self.data_bits not in (7, 8):
            raise ValueError(f"data_bits is {self.data_bits}; give 7 or 8")

    @property
    def bits(self) -> int:
        """Bits of one character on the wire, with start, parity and stop."""
        return 1 + self.data_bits + (self.parity is not Parity.NONE) + self.stop_bits

    @property
    def gap_us(self) -> int:
        """The silence that parts two frames: 3.5 characters, 1.75 ms above 19 200 baud.

        Source: Modbus over Serial Line V1.02, 2.5.1.1.
        """
        if self.baud > _FIXED_GAP_ABOVE_BAUD:
            return _FIXED_GAP_US
        return -(-7 * self.bits * _SECOND_US // (2 * self.baud))

    def duration_us(self, characters: int) -> int:
        """Time of so many characters on the wire, rounded up."""
        return -(-characters * self.bits * _SECOND_US // self.baud)

    def earliest_us(self, sent_us: int, request: int, reply: int) -> int:
        """When the last of `reply` characters can be here, if `request` characters left at `sent`.

        Only the wire counts: the silence of 3.5 characters that a device owes before it answers is
        left out, since many answer sooner; 5 % are forgiven for the clocks of two UARTs.
        """
        return sent_us + self.duration_us(request + reply) * _EARLY_PER_CENT // 100


class NoWire(msgspec.Struct, frozen=True):
    """No serial wire, or one that we can not know (behind a Modbus TCP server): no time to keep."""

    @property
    def gap_us(self) -> int:
        """Modbus TCP parts its frames by their length (Messaging on TCP/IP V1.0b, 3.1.3)."""
        return 0

    def duration_us(self, characters: int) -> int:  # noqa: ARG002 - of any number
        return 0

    def earliest_us(self, sent_us: int, request: int, reply: int) -> int:  # noqa: ARG002 - at once
        return sent_us


WireTime = SerialFormat | NoWire
"""What keeps the time between request and reply."""
