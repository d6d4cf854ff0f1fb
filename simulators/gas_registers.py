"""The register map of a Sensepoint XCD: what it shows, in its input and holding registers."""

from dataclasses import dataclass, replace
from typing import Any, Final

from simulators.register_words import f32_words, placed, s16_word, text_words, u32_words

# Manual SPXCDHMANEN issue 15, p. 80; numbers here are those on the wire (40003 is holding 2).
TYPE, GAS, TROUBLE_CODE, STATUS, MODE = 0, 2, 4, 5, 6
CALIBRATION_DUE, UNIT_OF_GAS, PEAK, TEMPERATURE = 8, 10, 11, 16
GAS_NAME, RELAYS, SUPPLY = 45, 55, 56
CALIBRATION_INTERVAL, ALARM_TYPE, INHIBIT_TIMEOUT, RELAY_CONFIGURATION = 58, 59, 60, 61
HOLDING_COUNT: Final = 62
GAS_NAME_LENGTH: Final = 14

SOFTWARE, EEPROM, LOCATION, OWN_ADDRESS, FUNCTION_AND_MODE, INHIBIT_CURRENT = 0, 1, 3, 9, 10, 11
ACTIVE_ALARM, LATCHED_ALARM, ACTIVE_TROUBLE, LATCHED_TROUBLE = 13, 15, 17, 19
INPUT_COUNT: Final = 21
LOCATION_LENGTH: Final = 12

WARNING_BITS: Final = 0x1F
FIRST_FAULT_BIT: Final = 6
FAULT_CODE: Final = 1100
WARNING_FLAG, FAULT_FLAG = 0x10, 0x20


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the transmitter has to show; what is fixed first, what changes after it."""

    type_code: int = 0x25
    software: int = 15
    location: str = ""
    gas_name: str = "METHANE"
    unit_of_gas: int = 5  # 1 mg/m3, 3 %Vol, 4 ppm, 5 %LEL
    calibration_due_days: float = 120.0
    celsius: float = 18.0
    supply_mv: float = 24_000.0
    unit: int = 1
    mode: int = 1
    reading: float = 0.0
    peak: float = 0.0
    active: int = 0
    latched: int = 0
    trouble: int = 0
    latched_trouble: int = 0

    def at(self, **changing: Any) -> "Shown":
        """Return it with what changes filled in."""
        return replace(self, **changing)

    @property
    def trouble_code(self) -> int:
        """Register 40005: 1100 + n for the first fault, n for the first warning, 0 for none."""
        faults = self.trouble >> FIRST_FAULT_BIT
        if faults:
            return FAULT_CODE + _lowest(faults)
        return _lowest(self.trouble & WARNING_BITS)

    @property
    def status(self) -> int:
        """Register 40006: alarms active or latched, bit 4 a warning, bit 5 a fault."""
        warning = WARNING_FLAG if self.trouble & WARNING_BITS else 0
        fault = FAULT_FLAG if self.trouble >> FIRST_FAULT_BIT else 0
        return self.active | self.latched | warning | fault


def holding_of(shown: Shown, *, low_word_first: bool = False) -> dict[int, int]:
    """Return 40001 to 40062; what the manual leaves out in between reads 0."""

    def single(value: float) -> tuple[int, int]:
        return f32_words(value, low_word_first=low_word_first)

    words = dict.fromkeys(range(HOLDING_COUNT), 0)
    own = shown.type_code << 8 | shown.unit
    words.update(placed(TYPE, (own, own)))
    words.update(placed(GAS, single(shown.reading)))
    words |= {TROUBLE_CODE: shown.trouble_code, STATUS: shown.status, MODE: shown.mode}
    words.update(placed(CALIBRATION_DUE, single(shown.calibration_due_days)))
    words |= {UNIT_OF_GAS: shown.unit_of_gas, TEMPERATURE: s16_word(shown.celsius)}
    words.update(placed(PEAK, single(shown.peak)))
    words.update(placed(GAS_NAME, text_words(shown.gas_name, GAS_NAME_LENGTH)))
    words[RELAYS] = shown.active | shown.latched
    words.update(placed(SUPPLY, single(shown.supply_mv)))
    return words


def inputs_of(shown: Shown) -> dict[int, int]:
    """Return 30001 to 30021; what the manual leaves out in between reads 0."""
    words = dict.fromkeys(range(INPUT_COUNT), 0)
    words |= {SOFTWARE: shown.software, EEPROM: 1, OWN_ADDRESS: shown.unit, INHIBIT_CURRENT: 20}
    words[FUNCTION_AND_MODE] = shown.mode
    words.update(placed(LOCATION, text_words(shown.location, LOCATION_LENGTH)))
    words.update(placed(ACTIVE_ALARM, u32_words(shown.active)))
    words.update(placed(LATCHED_ALARM, u32_words(shown.latched)))
    words.update(placed(ACTIVE_TROUBLE, u32_words(shown.trouble)))
    words.update(placed(LATCHED_TROUBLE, u32_words(shown.latched_trouble)))
    return words


def _lowest(bits: int) -> int:
    """Number the lowest bit from 1; 0 when none is set."""
    return (bits & -bits).bit_length()
