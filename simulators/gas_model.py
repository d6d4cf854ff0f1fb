"""What tells one Sensepoint gas transmitter from another: its block, its codes, its flags."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Methane at its lower explosive limit, in every unit that a model can show.
PER_CENT_LEL, PER_CENT_VOLUME, PPM, KPPM, GRAMS, MILLIGRAMS = 100.0, 5.0, 5e4, 50.0, 33.3, 33_300.0


# Places of what can be written in the block: 40059 to 40062, and 40160.
CALIBRATION_INTERVAL, ALARM_TYPE, INHIBIT_TIMEOUT, RELAY_CONFIGURATION = 58, 59, 60, 61
RISING: Final = 0x11


@dataclass(frozen=True, slots=True)
class GasModel:
    """One model's conventions.

    `block`: where its holding registers begin on the wire. `units`: what the lower explosive limit
    reads in each unit of gas that it can show. `settings`: what can be written, by place in the
    block, as the factory leaves it.
    """

    name: str
    type_code: int
    block: int
    inputs: int
    units: Mapping[int, float]
    shows: int
    settings: Mapping[int, int]
    warnings: range
    faults: range
    first_fault_bit: int
    fault_code: int
    fault_flag: int
    beats: bool = False
    holds_while_inhibited: bool = False

    def fault_bit(self, number: int) -> int:
        """Return the bit of 30018 for a fault. Raises ValueError for one that it does not have."""
        return self.first_fault_bit + _placed(number, self.faults)

    def warning_bit(self, number: int) -> int:
        """Return the bit of 30018 for a warning. Raises ValueError for one it does not have."""
        return _placed(number, self.warnings)

    @property
    def warning_bits(self) -> int:
        return (1 << len(self.warnings)) - 1


# Manual SPXCDHMANEN issue 15, p. 80.
XCD: Final = GasModel(
    name="Sensepoint XCD",
    type_code=0x25,
    block=0,
    inputs=21,
    units={1: MILLIGRAMS, 3: PER_CENT_VOLUME, 4: PPM, 5: PER_CENT_LEL},
    shows=5,
    settings={
        CALIBRATION_INTERVAL: 180,
        ALARM_TYPE: RISING,
        INHIBIT_TIMEOUT: 0,
        RELAY_CONFIGURATION: 0,
    },
    warnings=range(1, 6),
    faults=range(1, 14),
    first_fault_bit=6,
    fault_code=1100,
    fault_flag=0x20,
)


def _newer(name: str) -> GasModel:
    """Make a model of the XRL and XCL manuals, which print one map."""
    return GasModel(
        name=name,
        type_code=0x26,
        block=100,
        inputs=22,
        units={1: PER_CENT_LEL, 3: MILLIGRAMS, 4: GRAMS, 5: PER_CENT_VOLUME, 6: PPM, 7: KPPM},
        shows=1,
        settings={ALARM_TYPE: RISING},
        warnings=range(1, 17),
        faults=range(1, 17),
        first_fault_bit=16,
        fault_code=1200,
        fault_flag=0x40,
        beats=True,
        holds_while_inhibited=True,
    )


XRL: Final = _newer("Sensepoint XRL")
XCL: Final = _newer("Sensepoint XCL")


def _placed(number: int, known: range) -> int:
    if number not in known:
        raise ValueError(f"number is {number}; it must be from {known[0]} to {known[-1]}")
    return number - known[0]
