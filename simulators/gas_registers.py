"""The register maps of the Sensepoint transmitters: what they show, input and holding."""

from dataclasses import dataclass, replace
from typing import Any, Final

from simulators.gas_model import XCD, GasModel
from simulators.register_words import f32_words, placed, s16_word, text_words, u32_words

# Manual SPXCDHMANEN issue 15, p. 80, and the XRL's p. 57 and 59, whose block begins at 40101:
# places in the block, from 0 (40003 and 40103 are place 2).
TYPE, GAS, TROUBLE_CODE, STATUS, MODE = 0, 2, 4, 5, 6
BEATS, CALIBRATION_DUE, UNIT_OF_GAS, PEAK, TEMPERATURE, SENSOR_TYPE = 7, 8, 10, 11, 16, 31
GAS_NAME, DAYS_DUE, RELAYS, SUPPLY = 45, 54, 55, 56
HOLDING_COUNT: Final = 62
GAS_NAME_LENGTH: Final = 14

SOFTWARE, EEPROM, LOCATION, OWN_ADDRESS, FUNCTION_AND_MODE, INHIBIT_CURRENT = 0, 1, 3, 9, 10, 11
ACTIVE_ALARM, LATCHED_ALARM, ACTIVE_TROUBLE, LATCHED_TROUBLE = 13, 15, 17, 19
LOCATION_LENGTH: Final = 12

WARNING_FLAG: Final = 0x10
FIRST_ALARM, SECOND_ALARM = 0b01, 0b10
CATALYTIC: Final = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the transmitter has to show; what is fixed first, what changes after it."""

    model: GasModel = XCD
    software: int = 15
    location: str = ""
    gas_name: str = "METHANE"
    calibration_due_days: float = 120.0
    celsius: float = 18.0
    supply_mv: float = 24_000.0
    sensor_type: int = CATALYTIC  # only an XRL or XCL shows it
    unit: int = 1
    unit_of_gas: int = 5
    mode: int = 1
    reading: float = 0.0
    peak: float = 0.0
    active: int = 0
    latched: int = 0
    trouble: int = 0
    latched_trouble: int = 0
    beats: int = 0

    def at(self, **changing: Any) -> "Shown":
        """Return it with what changes filled in."""
        return replace(self, **changing)

    @property
    def trouble_code(self) -> int:
        """Place 4: the model's code + n for the first fault, n for the first warning, or 0."""
        faults = self.trouble >> self.model.first_fault_bit
        if faults:
            return self.model.fault_code + _lowest(faults)
        return _lowest(self.trouble & self.model.warning_bits)

    @property
    def status(self) -> int:
        """Place 5: alarms active or latched, bit 4 a warning, the model's bit a fault."""
        warning = WARNING_FLAG if self.trouble & self.model.warning_bits else 0
        fault = self.model.fault_flag if self.trouble >> self.model.first_fault_bit else 0
        return self.active | self.latched | warning | fault


def holding_of(shown: Shown, *, low_word_first: bool = False) -> dict[int, int]:
    """Return 40001 to 40062, or 40101 to 40162; what the manual leaves out reads 0."""

    def single(value: float) -> tuple[int, int]:
        return f32_words(value, low_word_first=low_word_first)

    words = dict.fromkeys(range(HOLDING_COUNT), 0)
    own = shown.model.type_code << 8 | shown.unit
    words.update(placed(TYPE, (own, own)))
    words.update(placed(GAS, single(shown.reading)))
    words |= {TROUBLE_CODE: shown.trouble_code, STATUS: shown.status, MODE: shown.mode}
    words |= {UNIT_OF_GAS: shown.unit_of_gas, TEMPERATURE: s16_word(shown.celsius)}
    words.update(placed(PEAK, single(shown.peak)))
    words.update(placed(SUPPLY, single(shown.supply_mv)))
    words.update(placed(CALIBRATION_DUE, single(shown.calibration_due_days)))
    words.update(placed(GAS_NAME, text_words(shown.gas_name, GAS_NAME_LENGTH)))
    alarms = shown.active | shown.latched
    words[RELAYS] = alarms
    if shown.model.beats:  # manual 3017M5023, p. 58 and 59
        words |= {BEATS: shown.beats, SENSOR_TYPE: shown.sensor_type}
        words[DAYS_DUE] = s16_word(shown.calibration_due_days)
        words[RELAYS] = (alarms & SECOND_ALARM) << 3 | alarms & FIRST_ALARM  # a nibble each
    return {shown.model.block + place: word for place, word in words.items()}


def inputs_of(shown: Shown) -> dict[int, int]:
    """Return 30001 to 30021, or to 30022; what the manual leaves out in between reads 0."""
    words = dict.fromkeys(range(shown.model.inputs), 0)
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
