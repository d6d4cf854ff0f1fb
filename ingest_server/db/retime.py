"""A correction of times that stand in the journal already, for every stage that has read them."""

from enum import StrEnum

import msgspec


class ClockMark(StrEnum):
    """How far a time may be trusted, beside the words of the gateway (wire ClockState)."""

    ANCHORED = "anchored"  # told without a clock, placed once the gateway had told its boot's zero
    SUSPECT = "clock_suspect"  # stamped against all evidence, placed by the boot's clock
    FOREIGN = "foreign"  # of a source that says nothing of its clock


class Moves(StrEnum):
    """TIMES: what was told was at another time. CLOCK: it stays; time itself goes on elsewhere."""

    TIMES = "times"
    CLOCK = "clock"


class Retime(msgspec.Struct, frozen=True):
    """From this entry on, what the gateway told between two times (UTC us) is `delta_us` later.

    Both ends belong to it. Foreign readings stay. `clock`: their mark from now on, None: as it was.
    """

    moves: Moves
    start_us: int
    end_us: int
    delta_us: int
    clock: str | None = None

    def moved(self, at_us: int) -> int:
        return at_us + self.delta_us if self.holds(at_us) else at_us

    def holds(self, at_us: int) -> bool:
        return self.start_us <= at_us <= self.end_us


encode_retime = msgspec.json.Encoder().encode
decode_retime = msgspec.json.Decoder(Retime).decode
