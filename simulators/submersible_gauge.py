"""A QDY30A submersible level gauge as its Modbus master sees it: a scale that it tells itself."""

import math
from collections.abc import Mapping
from typing import Final

from simulators.fault import FaultPlan
from simulators.register_image import READ_HOLDING, WRITE_REGISTER, ExceptionCode, RegisterImage
from simulators.register_words import s16_word
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat

# Bench notes of a QDY30A and a maker's "Digital Level Sensor User Manual": 9600 8N1, unit 1.
QDY_UNIT: Final = 1
QDY_FORMAT: Final = WireFormat(9600, "N", 1)
ADDRESS, BAUD, UNIT_OF_LEVEL, DECIMALS, LEVEL, ZERO, FULL, SAVE, RESTORE = *range(7), 0x0F, 0x10
SAVE_CODE, RESTORE_CODE = 0, 1
CENTIMETRES: Final = 0x11
PER_METRE: Final = {CENTIMETRES: 100.0, 0x12: 1.0, 0x13: 9.80665, 0x14: 0.0980665, 0x15: 1.4223343}
FACTORY: Final = {
    ADDRESS: QDY_UNIT,
    BAUD: 3,
    UNIT_OF_LEVEL: CENTIMETRES,
    DECIMALS: 1,
    ZERO: 0,
    FULL: 5000,
}
ALLOWED: Final[Mapping[int, range | frozenset[int]]] = {
    ADDRESS: range(1, 256),
    BAUD: range(8),
    UNIT_OF_LEVEL: frozenset(PER_METRE),
    DECIMALS: range(5),
    ZERO: range(0x10000),
    FULL: range(0x10000),
    SAVE: range(SAVE_CODE, SAVE_CODE + 1),
    RESTORE: range(RESTORE_CODE, RESTORE_CODE + 1),
}
LEAST_V, ENOUGH_V, MOST_V = 6.0, 12.0, 36.0
SETTLING_S: Final = 3.0
SECOND_US: Final = 1_000_000


class SubmersibleGauge:
    """A pressure cell on the ground; its level is a signed count in the unit and decimals it tells.

    What is written is lost without power unless it was saved. Under 12 V it reads too low, and
    nothing tells. After a restart its level comes up from 0 and is right within 15 s. Assumed, as
    the sources are silent: `zero` (s16, in counts) is taken off the level, the full range is only
    kept, what lies deeper than `range_m` reads as that, an address counts at once and a speed is
    only kept, the two command registers read 0, a restored factory setting is saved at once, and
    other values are refused with 03.
    """

    def __init__(
        self, water: WaterLevel, unit: int = QDY_UNIT, *, range_m: float = 5.0, seed: int = 0
    ) -> None:
        """Lower it into the water; it has settled."""
        self.unit = unit
        self.water = water
        self.faults = FaultPlan(seed=seed)
        self.restarts = 0
        self._range_m = range_m
        self._supply_v = 24.0
        self._drift_m = 0.0
        self._settling_from_us: int | None = None
        self._saved = FACTORY | {ADDRESS: unit}
        self._settings = dict(self._saved)
        self.image = RegisterImage(
            holding={},
            functions=(READ_HOLDING, WRITE_REGISTER),
            refuse=_refuse,
            wrote=self._wrote,
        )

    @property
    def settings(self) -> Mapping[int, int]:
        """The settings in force by register, saved or not."""
        return dict(self._settings)

    def set_supply(self, volts: float) -> None:
        """Let the supply sag or recover. Raises ValueError unless from 6 to 36 V."""
        if not LEAST_V <= volts <= MOST_V:
            raise ValueError(f"supply is {volts} V; it must be from {LEAST_V:g} to {MOST_V:g}")
        self._supply_v = volts

    def set_drift(self, metres: float) -> None:
        """Let the cell age: it measures so much too high, or too low (below 0)."""
        self._drift_m = metres

    def restart(self, now: int) -> None:
        """Give its power back: what was not saved is lost, and its level has to settle."""
        self.restarts += 1
        self._settling_from_us = now
        self._take(self._saved)

    def forget(self) -> None:
        """Lose its memory: saved or not, its settings are those of the factory."""
        self._saved = dict(FACTORY)
        self._take(FACTORY)

    def state(self, now: int) -> dict[str, float]:
        """Return the true level in metres, the count it shows, and how to read that."""
        return {
            "level": round(self.water.smooth_m(now), 4),
            "count": self._count(now),
            "unit_of_level": self._settings[UNIT_OF_LEVEL],
            "decimals": self._settings[DECIMALS],
            "address": self.unit,
        }

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        self.refresh(now)
        return self.image.reply(pdu)

    def refresh(self, now: int) -> None:
        """Put into its registers what a read at `now` finds."""
        measured = {LEVEL: s16_word(self._count(now)), SAVE: 0, RESTORE: 0}
        self.image.holding = self._settings | measured

    def _count(self, now: int) -> int:
        metres = min(self.water.level_m(now), self._range_m) + self._drift_m
        metres *= min(1.0, self._supply_v / ENOUGH_V) * self._settled(now)
        scale = PER_METRE[self._settings[UNIT_OF_LEVEL]] * 10.0 ** self._settings[DECIMALS]
        return round(metres * scale) - _signed(self._settings[ZERO])

    def _settled(self, now: int) -> float:
        if self._settling_from_us is None:
            return 1.0
        passed_s = max(0, now - self._settling_from_us) / SECOND_US
        return 1.0 - math.exp(-passed_s / SETTLING_S)

    def _wrote(self, address: int, value: int) -> None:
        if address == SAVE:
            self._saved = dict(self._settings)
        elif address == RESTORE:
            self.forget()
        else:
            self._take(self._settings | {address: value})

    def _take(self, settings: Mapping[int, int]) -> None:
        self._settings = dict(settings)
        self.unit = self._settings[ADDRESS]


def _refuse(address: int, value: int) -> ExceptionCode | None:
    if address not in ALLOWED:
        return ExceptionCode.ILLEGAL_ADDRESS
    return None if value in ALLOWED[address] else ExceptionCode.ILLEGAL_VALUE


def _signed(word: int) -> int:
    return word - 0x10000 if word & 0x8000 else word
