"""What a read costs its line: characters on the wire, silence, and the device's own time."""

import msgspec

from device_profiles.encoding import BIT_TABLES, Table

THINKING_US = 10_000
"""What a device takes before it answers, until that was measured (engineering)."""

REQUEST_CHARACTERS = 8  # unit, function, address, count, CRC
REPLY_CHARACTERS = 5  # unit, function, byte count, CRC; the data come on top
_BITS_OF_A_REGISTER = 16
_NO_LIMIT = 2_000


class RequestCost(msgspec.Struct, frozen=True):
    """`character_us` is 0 where no wire keeps the time, or one that nobody knows.

    `between_us`: what an exchange takes besides its characters: the device's thinking, and the
    silence after its reply.
    """

    character_us: float = 0.0
    between_us: int = THINKING_US

    def read_us(self, table: Table, count: int) -> int:
        """From the first bit of such a read to the time at which the line is free again."""
        size = -(-count // 8) if table in BIT_TABLES else 2 * count
        characters = REQUEST_CHARACTERS + REPLY_CHARACTERS + size
        return round(characters * self.character_us) + self.between_us

    def widest_hole(self, table: Table) -> int:
        """So many places that nobody wants are read over at no more than another request costs."""
        if not self.character_us:
            return _NO_LIMIT
        registers = self.read_us(table, 0) / (2 * self.character_us)
        return int(registers * (_BITS_OF_A_REGISTER if table in BIT_TABLES else 1))
