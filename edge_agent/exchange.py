"""Request, Reply, Fault: the words that bus and driver share."""

from collections.abc import Awaitable, Callable
from enum import StrEnum

import msgspec

from wire.quality import GOOD, Quality
from wire.reading import Value


class Table(StrEnum):
    """The four tables of Modbus (Modbus Application Protocol V1.1b3, 4.3)."""

    COILS = "coils"
    DISCRETE_INPUTS = "discrete_inputs"
    HOLDING_REGISTERS = "holding_registers"
    INPUT_REGISTERS = "input_registers"


class Read(msgspec.Struct, frozen=True):
    """Read `count` bits or registers from `address` (wire address, zero-based) of one unit."""

    unit: int
    table: Table
    address: int
    count: int


class Write(msgspec.Struct, frozen=True):
    """Write one holding register (function 06)."""

    unit: int
    address: int
    value: int


Request = Read | Write


class Ask(msgspec.Struct, frozen=True):
    """A request, and the times of its unit.

    `timeout_us` runs from the first bit sent to the last bit of the reply; `late_max_us`: how late
    a reply may still come after it; `turnaround_us`: the silence that the unit needs after it.
    """

    request: Request
    timeout_us: int
    late_max_us: int
    turnaround_us: int = 0


ROUND_US = 5_000
"""After this no further request of a round is begun: what was answered is to be known soon."""


class Reply(msgspec.Struct, frozen=True):
    """`words`: one 0/1 per bit, or one 0..65535 per register, as many as were asked for."""

    words: tuple[int, ...]
    sent_us: int
    received_us: int


class Claim(StrEnum):
    """What right a read has to the time of its line, hazard points before all others."""

    HARD = "hard"  # a hazard rule needs it: its period is kept
    SOFT = "soft"  # it takes what time is left: late perhaps, never starved


class Fault(StrEnum):
    """Why an exchange brought no answer."""

    TIME_OUT = "time_out"
    CRC = "crc"
    EXCEPTION = "exception"
    WRONG_REPLY = "wrong_reply"
    TOO_EARLY = "too_early"
    RESTING = "resting"
    PORT_GONE = "port_gone"


class Anomaly(StrEnum):
    """What of a line or device is odd enough to keep its frames."""

    WRONG_REPLY = "wrong_reply"
    TOO_EARLY = "too_early"
    CRC_BURST = "crc_burst"
    OUT_OF_STEP = "out_of_step"
    ILLEGAL_ADDRESS = "illegal_address"
    DEVICE_DEAD = "device_dead"
    BROKEN_FRAMES = "broken_frames"


class Failure(msgspec.Struct, frozen=True):
    """`code` is the Modbus exception code when the fault is EXCEPTION, else None.

    `was_sent`: of a port that is gone, whether the request may have left before.
    """

    fault: Fault
    at_us: int
    code: int | None = None
    detail: str = ""
    was_sent: bool = False


class Sample(msgspec.Struct, frozen=True, gc=False):
    """What a driver understood: a point's value or badness, at `mono_us` of the boot's clock."""

    point: str
    value: Value | None
    mono_us: int
    quality: Quality = GOOD

    def at(self, mono_us: int) -> "Sample":
        """The same at another time."""
        if mono_us == self.mono_us:
            return self
        return Sample(self.point, self.value, mono_us, self.quality)


Rest = Callable[[], Awaitable[None]]
"""What is left to do of samples that were accepted: to be called once, and awaited."""
