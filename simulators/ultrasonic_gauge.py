"""Ultrasonic gauges that send their distance to the water by themselves: A02YYUW and SEN0754."""

import math
import random
from dataclasses import dataclass
from typing import Final

from simulators.cadence import Cadence
from simulators.fault import STREAM_KINDS, FaultPlan
from simulators.register_image import READ_HOLDING, WRITE_REGISTER, ExceptionCode, RegisterImage
from simulators.rtu import RequestReader, seal
from simulators.stream_outlet import ANSWER, StreamOutlet
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat

HEAD: Final = 0xFF
DISTANCE: Final = "distance"
NEAREST_MM, FARTHEST_MM = 30, 4500
RAW_US, SLOWEST_US = 100_000, 300_000
RESPONSE_S: Final = 2.0
PAUSE_US: Final = 200_000
SECOND_US: Final = 1_000_000

ALGORITHM: Final = 0x0228
RAW_MODES: Final = frozenset({0, 4, 5})
LAST_MODE: Final = 5
FILTERED, RAW = 1, 0
UNIT: Final = 1


@dataclass(frozen=True, slots=True)
class EchoModel:
    """What tells one from the other; a model of `modes` also listens to Modbus requests."""

    name: str
    wire: WireFormat
    no_object: int
    interference: int | None
    modes: bool


# DFRobot wiki, SEN0311 and SEN0754.
A02YYUW: Final = EchoModel("A02YYUW", WireFormat(9600, "N", 1), 0, None, modes=False)
SEN0754: Final = EchoModel("SEN0754", WireFormat(115_200, "N", 1), 0xFFFD, 0xFFFE, modes=True)


def distance_frame(word: int) -> bytes:
    """Return the four bytes of a distance in mm, or of a sentinel."""
    body = bytes((HEAD, word >> 8, word & 0xFF))
    return body + bytes((sum(body) & 0xFF,))


class UltrasonicGauge:
    """A gauge that hangs `height_m` over the ground; conditions by method, from any thread.

    An A02YYUW sends each 100 ms raw, or each 100 to 300 ms filtered. A SEN0754 sends each 100 ms;
    filtered (modes 1 to 3) its distance takes 2 s to follow. Assumed, as the wiki is silent: both
    see from 30 mm to 4.5 m; out of that an A02YYUW says 0 and a SEN0754 that it sees nothing; a
    SEN0754 answers as unit 1, comes in mode 1, keeps a mode without power, and refuses another with
    03. Only its register 0x0228 is known.
    """

    def __init__(
        self,
        water: WaterLevel,
        model: EchoModel = A02YYUW,
        *,
        height_m: float = 3.0,
        filtered: bool = True,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Hang it up; the first `due` gives it power."""
        self.water = water
        self.model = model
        self.faults = FaultPlan(allowed=STREAM_KINDS, seed=seed)
        self.outlet = StreamOutlet(self.faults, checksum_at=-1, record=record)
        self._height_m = height_m
        self._mode = FILTERED if filtered else RAW
        self._echo = True
        self._interference = False
        self._smooth_mm: float | None = None
        self._cadence = Cadence()
        self._pauses = random.Random(seed)  # noqa: S311 - repeatable draws are wanted, not secrecy
        self._reader = RequestReader(UNIT)
        self._last_input_us = 0
        self.image = RegisterImage(
            holding={ALGORITHM: self._mode},
            functions=(READ_HOLDING, WRITE_REGISTER),
            refuse=_refuse,
            wrote=lambda _, mode: self._set_mode(mode),
        )

    # Conditions -----------------------------------------------------------------------------

    def hang(self, height_m: float) -> None:
        """Hang it at another height, as when its bracket was hit."""
        self._height_m = height_m

    def set_echo(self, echo: bool) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Lose the echo (foam, a spider, a leaf), or find it again."""
        self._echo = echo

    def set_interference(self, heavy: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Let a second one on the same channel disturb it. Raises ValueError if none can tell."""
        if self.model.interference is None:
            raise ValueError(f"{self.model.name} does not tell interference")
        self._interference = heavy

    def set_filter(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Let the host pull its wire high, or low for raw values; a SEN0754 goes to mode 1 or 0."""
        self._set_mode(FILTERED if on else RAW)

    def restart(self, ready_us: int) -> None:
        """Take its power away and give it back; it is silent until `ready_us`."""
        self.outlet.clear()
        self._reader.forget()
        self._smooth_mm = None
        self._cadence.pause(ready_us)

    def state(self, now: int) -> dict[str, float]:
        """Return the true level in metres, the true distance, and whether it filters."""
        return {
            "level": round(self.water.smooth_m(now), 4),
            "distance_mm": round(self._true_mm(now), 1),
            "filtered": self._mode not in RAW_MODES,
        }

    # The wire -------------------------------------------------------------------------------

    def due(self, now: int) -> bytes:
        """Return what it begins to send by `now` (µs)."""
        if self._cadence.strikes(now, self._period_us()):
            self.outlet.send(DISTANCE, distance_frame(self._word(now)), now)
        return self.outlet.due(now)

    def received(self, data: bytes, now: int) -> bytes:
        """Take bytes of the host; only a SEN0754 understands any."""
        if not self.model.modes:
            return b""
        if now - self._last_input_us > PAUSE_US:
            self._reader.forget()
        self._last_input_us = now
        for pdu in self._reader.feed(data):
            self.outlet.send(ANSWER, seal(UNIT, self.image.reply(pdu)), now)
        return self.outlet.due(now)

    def wake_us(self, now: int) -> int:
        """Return when `due` has something to say next."""
        spoken, held = self._cadence.next_us(now), self.outlet.next_us
        return spoken if held is None else min(spoken, held)

    # What it makes of it --------------------------------------------------------------------

    def _true_mm(self, now: int) -> float:
        return (self._height_m - self.water.level_m(now)) * 1000

    def _word(self, now: int) -> int:
        true_mm = self._true_mm(now)
        if self._interference and self.model.interference is not None:
            return self.model.interference
        if not self._echo or not NEAREST_MM <= true_mm <= FARTHEST_MM:
            self._smooth_mm = None
            return self.model.no_object
        return round(self._followed(true_mm))

    def _followed(self, true_mm: float) -> float:
        if self._smooth_mm is None or not self.model.modes or self._mode in RAW_MODES:
            self._smooth_mm = true_mm
        share = 1 - math.exp(-3 * RAW_US / SECOND_US / RESPONSE_S)  # 95 % in the response time
        self._smooth_mm += (true_mm - self._smooth_mm) * share
        return self._smooth_mm

    def _period_us(self) -> int:
        if self.model.modes or self._mode in RAW_MODES:
            return RAW_US
        return self._pauses.randint(RAW_US, SLOWEST_US)

    def _set_mode(self, mode: int) -> None:
        self._mode = mode
        self.image.holding = {ALGORITHM: mode}


def _refuse(_address: int, value: int) -> ExceptionCode | None:
    return None if value <= LAST_MODE else ExceptionCode.ILLEGAL_VALUE
