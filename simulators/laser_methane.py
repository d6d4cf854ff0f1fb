"""A Winsen MH-Z9041A laser methane sensor as its host sees it: a line of ASCII each second."""

from functools import reduce
from operator import xor
from typing import Final

from simulators.cadence import Cadence
from simulators.fault import STREAM_KINDS, FaultPlan
from simulators.gas_cloud import GasCloud
from simulators.noise import wobble
from simulators.stream_outlet import StreamOutlet
from simulators.wire_time import WireFormat

# DFRobot wiki, SEN0654: 115200 8N1, 44 bytes each second.
METHANE_FORMAT: Final = WireFormat(115_200, "N", 1)
LINE: Final = "line"
START: Final = b"A"
RESERVED: Final = "0666.22 +16.1 B+066.0"  # as the wiki prints it; nobody says what it means
CHECKED: Final = slice(0, 39)
CHECKSUM_AT: Final = -3
PERIOD_US: Final = 1_000_000
FULL_SCALE: Final = 100.0
HOTTEST: Final = 99.9
ERRORS: Final = range(0x20)


def methane_line(lel: float, celsius: float, error: int) -> bytes:
    """Return the line of a reading in %LEL; the checksum is the XOR of its first 39 bytes."""
    body = f"A{lel:+07.2f} {celsius:+05.1f} {RESERVED} {error:02X} ".encode("ascii")
    return body + f"{reduce(xor, body[CHECKED]):02X}\r\n".encode("ascii")


class LaserMethane:
    """The sensor in a cloud; conditions by method, from any thread.

    A laser needs no oxygen: in rich gas it does not read too low. Assumed, as the wiki is silent:
    it reads up to 100 %LEL, and bits 0 to 4 of its error code mean nothing to its reading.
    """

    def __init__(
        self,
        cloud: GasCloud | None = None,
        *,
        celsius: float = 20.0,
        noise: float = 0.0,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Put it there; the first `due` gives it power. `noise` is in %LEL."""
        self.cloud = cloud or GasCloud()
        self.faults = FaultPlan(allowed=STREAM_KINDS, seed=seed)
        self.outlet = StreamOutlet(self.faults, checksum_at=CHECKSUM_AT, record=record)
        self._celsius = celsius
        self._error = 0
        self._noise = noise
        self._seed = seed
        self._cadence = Cadence()

    def set_celsius(self, celsius: float) -> None:
        """Warm or cool it. Raises ValueError for what its line can not hold."""
        if not -HOTTEST <= celsius <= HOTTEST:
            raise ValueError(f"temperature is {celsius}; it must be within {HOTTEST:g} of 0")
        self._celsius = celsius

    def set_error(self, code: int) -> None:
        """Let it tell an error, 0 for none. Raises ValueError unless within bits 0 to 4."""
        if code not in ERRORS:
            raise ValueError(f"error is {code}; it must be from 0 to {ERRORS[-1]}")
        self._error = code

    def restart(self, ready_us: int) -> None:
        """Take its power away and give it back; it is silent until `ready_us`."""
        self.outlet.clear()
        self._cadence.pause(ready_us)

    def reading(self, now: int) -> float:
        """Return what it shows, in %LEL."""
        true = self.cloud.level(now) * 100 + wobble(self._seed, "laser", now, self._noise)
        return max(0.0, min(FULL_SCALE, true))

    def state(self, now: int) -> dict[str, float]:
        """Return the true gas and what it shows, in %LEL, its temperature and its error."""
        return {
            "gas": round(self.cloud.level(now) * 100, 2),
            "reading": round(self.reading(now), 2),
            "celsius": self._celsius,
            "error": self._error,
        }

    def due(self, now: int) -> bytes:
        """Return what it begins to send by `now` (µs)."""
        if self._cadence.strikes(now, PERIOD_US):
            line = methane_line(self.reading(now), self._celsius, self._error)
            self.outlet.send(LINE, line, now)
        return self.outlet.due(now)

    def received(self, _data: bytes, _now: int) -> bytes:
        """It does not listen."""
        return b""

    def wake_us(self, now: int) -> int:
        """Return when `due` has something to say next."""
        spoken, held = self._cadence.next_us(now), self.outlet.next_us
        return spoken if held is None else min(spoken, held)
