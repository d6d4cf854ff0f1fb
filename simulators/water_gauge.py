"""Two water gauges as their Modbus masters see them: a BCD ruler, and a radar over the water."""

import math
from collections.abc import Mapping
from enum import Enum
from typing import Final

from simulators.fault import FaultPlan
from simulators.register_image import READ_HOLDING, WRITE_REGISTER, ExceptionCode, RegisterImage
from simulators.register_words import u16_word
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat

# Ruler: firmware of a deployed station polls unit 3, FC03, register 0; 9600 8N1 is assumed.
RULER_UNIT: Final = 3
PLAIN_UNIT: Final = 1  # of the later variant that writes plain centimetres
RULER_FORMAT: Final = WireFormat(9600, "N", 1)
RULER_LENGTH_M: Final = 2.99
ABNORMAL_METRES: Final = 0xFF
BAD_DIGITS: Final = 0xAF

# Radar: DFRobot wiki SEN0676, 115200 8N1, unit 1; mm, but the installed height in cm.
RADAR_UNIT: Final = 1
RADAR_FORMAT: Final = WireFormat(115_200, "N", 1)
EMPTY, LEVEL, INSTALLED = 0x0001, 0x0003, 0x0005
ADDRESS, BAUD, RANGE = 0x03F4, 0x03F6, 0x07D4
BAUD_CODES: Final = frozenset({48, 96, 144, 192, 384, 560, 576, 1152, 1290})
LAST_ADDRESS: Final = 0xFD
FACTORY: Final = {INSTALLED: 0, ADDRESS: RADAR_UNIT, BAUD: 1152, RANGE: 10}
NO_ECHO: Final = 0xFFFF
_PART_OF_A_CM: Final = 1e-9


class Coding(Enum):
    """How a ruler writes centimetres; the plain one is a later variant of the same product."""

    BCD = "bcd"
    PLAIN = "plain"


class Trouble(Enum):
    """What ails a ruler: a digit above 9, its own sign of a defect, or electrodes full of mud."""

    NONE = "none"
    DIGITS = "digits"
    ABNORMAL = "abnormal"
    FOULED = "fouled"


class WaterRuler:
    """An inductive ruler: the last centimetre that is wet, in one register.

    BCD: high byte whole metres, low byte packed BCD centimetres. What is above its length is read
    as its length. Assumed: a defect shows as metres 255 (the firmware takes all above 2 for one).
    """

    def __init__(
        self,
        water: WaterLevel,
        unit: int = RULER_UNIT,
        *,
        coding: Coding = Coding.BCD,
        length_m: float = RULER_LENGTH_M,
        seed: int = 0,
    ) -> None:
        """Stand the ruler in the water."""
        self.unit = unit
        self.water = water
        self.faults = FaultPlan(seed=seed)
        self._coding = coding
        self._length_m = length_m
        self._trouble = Trouble.NONE
        self._fouled_cm = 0
        self.image = RegisterImage(holding={0: 0}, functions=(READ_HOLDING,))

    def set_trouble(self, trouble: Trouble, now: int) -> None:
        """Break the ruler, or repair it; a fouled one keeps the level of this moment."""
        self._fouled_cm = self._wet_cm(now)
        self._trouble = trouble

    def state(self, now: int) -> dict[str, float]:
        """Return the true level in metres, and what the register says."""
        return {"level": round(self.water.smooth_m(now), 3), "register": self._word(now)}

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        self.refresh(now)
        return self.image.reply(pdu)

    def refresh(self, now: int) -> None:
        """Put into its register what a read at `now` finds."""
        self.image.holding = {0: self._word(now)}

    def restart(self, now: int) -> None:
        """Give its power back: it has nothing to forget."""

    def _wet_cm(self, now: int) -> int:
        return math.floor(min(self.water.level_m(now), self._length_m) * 100 + _PART_OF_A_CM)

    def _word(self, now: int) -> int:
        level_cm = self._fouled_cm if self._trouble is Trouble.FOULED else self._wet_cm(now)
        if self._coding is Coding.PLAIN:
            return level_cm
        metres, rest = divmod(level_cm, 100)
        if self._trouble is Trouble.ABNORMAL:
            metres = ABNORMAL_METRES
        digits = BAD_DIGITS if self._trouble is Trouble.DIGITS else rest // 10 << 4 | rest % 10
        return metres << 8 | digits


class WaterRadar:
    """A radar that hangs `height_m` over the ground and measures down to the water.

    It knows its height only when somebody has written it (in cm); until then its level is 0. A new
    address counts from the next request on. Assumed, as the wiki is silent: without an echo the
    distance reads 65535, a level is never below 0, a speed is only kept, and other values are
    refused with 03.
    """

    def __init__(
        self,
        water: WaterLevel,
        unit: int = RADAR_UNIT,
        *,
        height_m: float = 3.0,
        installed_cm: int = 0,
        seed: int = 0,
    ) -> None:
        """Hang the radar up; `installed_cm` is what has been written to it before."""
        self.unit = unit
        self.water = water
        self.faults = FaultPlan(seed=seed)
        self._height_m = height_m
        self._echo = True
        self._settings = FACTORY | {INSTALLED: installed_cm, ADDRESS: unit}
        self.image = RegisterImage(
            holding=self._settings | {EMPTY: 0, LEVEL: 0},
            functions=(READ_HOLDING, WRITE_REGISTER),
            refuse=_refuse,
            wrote=self._wrote,
        )

    @property
    def settings(self) -> Mapping[str, int]:
        """What has been written to it: installed (cm), address, baud (hundreds), range (m)."""
        names = {"installed": INSTALLED, "address": ADDRESS, "baud": BAUD, "range": RANGE}
        return {name: self._settings[address] for name, address in names.items()}

    def hang(self, height_m: float) -> None:
        """Hang it at another height, as when its bracket was hit; it does not know."""
        self._height_m = height_m

    def set_echo(self, echo: bool) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Lose the echo (foam, a spider, a leaf), or find it again."""
        self._echo = echo

    def state(self, now: int) -> dict[str, float]:
        """Return the true level in metres, and what is measured, in mm."""
        empty, level = self._measured(now)
        true = round(self.water.smooth_m(now), 3)
        return {"level": true, "empty_mm": empty, "level_mm": level, **self.settings}

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        self.refresh(now)
        return self.image.reply(pdu)

    def refresh(self, now: int) -> None:
        """Put into its registers what a read at `now` finds."""
        empty, level = self._measured(now)
        self.image.holding = self._settings | {EMPTY: empty, LEVEL: level}

    def restart(self, now: int) -> None:
        """Give its power back: what has been written to it stays."""

    def forget(self) -> None:
        """Lose what has been written to it: it does not know its height, and has address 1."""
        self._settings = dict(FACTORY)
        self.unit = RADAR_UNIT

    def _measured(self, now: int) -> tuple[int, int]:
        """Distance and level in mm."""
        if not self._echo:
            return NO_ECHO, NO_ECHO
        far_mm = self._settings[RANGE] * 1000
        distance_mm = (self._height_m - self.water.level_m(now)) * 1000
        empty = u16_word(min(distance_mm, far_mm))
        installed_mm = self._settings[INSTALLED] * 10
        return empty, u16_word(installed_mm - empty) if installed_mm else 0

    def _wrote(self, address: int, value: int) -> None:
        self._settings[address] = value
        if address == ADDRESS:
            self.unit = value


def _refuse(address: int, value: int) -> ExceptionCode | None:
    allowed = {
        INSTALLED: range(0x10000),
        ADDRESS: range(1, LAST_ADDRESS + 1),
        BAUD: BAUD_CODES,
        RANGE: range(1, 41),
    }
    if address not in allowed:
        return ExceptionCode.ILLEGAL_ADDRESS
    return None if value in allowed[address] else ExceptionCode.ILLEGAL_VALUE
