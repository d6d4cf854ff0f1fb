"""A Sensepoint XCD gas transmitter as its Modbus master sees it, with its ground truth."""

from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import Final

from simulators.fault import FaultPlan
from simulators.gas_cloud import GasCloud
from simulators.gas_registers import (
    ALARM_TYPE,
    CALIBRATION_INTERVAL,
    INHIBIT_TIMEOUT,
    RELAY_CONFIGURATION,
    Shown,
    holding_of,
    inputs_of,
)
from simulators.noise import wobble
from simulators.register_image import (
    READ_HOLDING,
    READ_INPUT,
    WRITE_REGISTER,
    WRITE_REGISTERS,
    ExceptionCode,
    RegisterImage,
)
from simulators.wire_time import WireFormat

XCD_UNIT: Final = 1
XCD_FORMAT: Final = WireFormat(19_200, "E", 1)  # manual SPXCDHMANEN: 19200, even parity
SECOND_US: Final = 1_000_000
FULL_SCALE: Final = 100.0
SLACKENS_ABOVE: Final = 150.0
LEAST_WHEN_RICH: Final = 30.0
TYPES: Final = {CALIBRATION_INTERVAL: 180, ALARM_TYPE: 0x11, INHIBIT_TIMEOUT: 0}
WARNINGS: Final = range(1, 6)
FAULTS: Final = range(1, 14)
FIRST_FAULT_BIT: Final = 6


class Mode(IntEnum):
    """Register 40007."""

    NORMAL = 1
    WARM_UP = 2
    INHIBIT = 3
    CALIBRATION = 12


class Alarm(IntFlag):
    """Its own two alarms, as the bits of 30014, 30016 and 40006."""

    NONE = 0
    A1 = 1
    A2 = 2


class GasMonitor:
    """The transmitter with a catalytic bead in a cloud; conditions by method, from any thread.

    Gas is moved through it (`set_gas`, `leak`, `ventilate`), so that no peak between two reads is
    missed. An alarm of `latching` stays in 30016 and 40006 until a magnet resets it. Assumed, as
    the visible map is silent: A1 and A2 stand at 20 and 40 %LEL, no alarm arises while it warms up,
    is inhibited or is calibrated, the warm-up shows 100 %LEL, the reading ends at 100, and in rich
    gas the bead lacks oxygen and reads too low (30 at the least), as such beads do.
    """

    def __init__(
        self,
        cloud: GasCloud | None = None,
        unit: int = XCD_UNIT,
        *,
        a1: float = 20.0,
        a2: float = 40.0,
        latching: Alarm = Alarm.A2,
        noise: float = 0.0,
        low_word_first: bool = False,
        shown: Shown | None = None,
        seed: int = 0,
    ) -> None:
        """Switch it on, warm. `noise` is the reading's standard deviation in %LEL."""
        self.unit = unit
        self.cloud = cloud or GasCloud()
        self.faults = FaultPlan(seed=seed)
        self.shown = shown or Shown()
        self._thresholds = {Alarm.A1: a1, Alarm.A2: a2}
        self._latching = latching
        self._noise = noise
        self._low_word_first = low_word_first
        self._seed = seed
        self._warm_from_us = 0
        self._asked_mode = Mode.NORMAL
        self._latched = Alarm.NONE
        self._troubles = 0
        self._latched_troubles = 0
        self._peak = 0.0
        self._settings = TYPES | {RELAY_CONFIGURATION: 0}
        self._image = RegisterImage(
            holding={},
            inputs={},
            functions=(READ_HOLDING, READ_INPUT, WRITE_REGISTER, WRITE_REGISTERS),
            refuse=_refuse,
            wrote=self._wrote,
        )

    # Conditions -----------------------------------------------------------------------------

    def set_gas(self, level: float, now: int) -> None:
        """Bring the air to a part of the LEL at once. Raises ValueError for what can not be."""
        self.look(now)
        self.cloud.set_level(level)
        self.look(now)

    def leak(self, towards: float, now: int, *, tau_s: float = 20.0) -> None:
        """Let gas build up towards a part of the LEL. Raises ValueError for what can not be."""
        self.look(now)
        self.cloud.leak(towards, now, tau_s=tau_s)

    def ventilate(self, now: int, *, tau_s: float = 10.0) -> None:
        """Blow the gas out."""
        self.look(now)
        self.cloud.ventilate(now, tau_s=tau_s)

    def warm_up(self, seconds: float, now: int) -> None:
        """Let it warm up as after its power came back; latched alarms are forgotten."""
        self.reset()
        self._warm_from_us = now + round(seconds * SECOND_US)

    def inhibit(self, on: bool, now: int) -> None:  # noqa: FBT001 - reads as a sentence
        """Let somebody inhibit it, or end that."""
        self.look(now)
        self._asked_mode = Mode.INHIBIT if on else Mode.NORMAL

    def calibrate(self, on: bool, now: int) -> None:  # noqa: FBT001 - reads as a sentence
        """Let somebody calibrate it, or end that."""
        self.look(now)
        self._asked_mode = Mode.CALIBRATION if on else Mode.NORMAL

    def set_warning(self, number: int, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Warn with W1 to W5, or no longer. Raises ValueError for another number."""
        self._set_trouble(WARNINGS, number, number - WARNINGS[0], on=on)

    def set_fault(self, number: int, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Fail with F1 to F13, or no longer. Raises ValueError for another number."""
        self._set_trouble(FAULTS, number, FIRST_FAULT_BIT + number - FAULTS[0], on=on)

    def latch_troubles(self) -> None:
        """Let 30020 keep the warnings and faults of this moment."""
        self._latched_troubles |= self._troubles

    def reset(self) -> None:
        """Do what a magnet does: forget latched alarms and faults, and the peak."""
        self._latched = Alarm.NONE
        self._latched_troubles = 0
        self._peak = 0.0

    # What it makes of it --------------------------------------------------------------------

    def mode(self, now: int) -> Mode:
        return Mode.WARM_UP if now < self._warm_from_us else self._asked_mode

    def reading(self, now: int) -> float:
        """Return what it shows, in %LEL."""
        if self.mode(now) is Mode.WARM_UP:
            return FULL_SCALE
        true = self.cloud.level(now) * 100 + wobble(self._seed, "gas", now, self._noise)
        if true <= SLACKENS_ABOVE:
            return max(0.0, min(FULL_SCALE, true))
        return max(LEAST_WHEN_RICH, FULL_SCALE - (true - SLACKENS_ABOVE) / 2)

    def look(self, now: int) -> Alarm:
        """Judge the gas as it does all the time; return the alarms that are active."""
        if self.mode(now) is not Mode.NORMAL:
            return Alarm.NONE
        reading = self.reading(now)
        self._peak = max(self._peak, reading)
        active = Alarm.NONE
        for alarm, threshold in self._thresholds.items():
            active |= alarm if reading >= threshold else Alarm.NONE
        self._latched |= active & self._latching
        return active

    def state(self, now: int) -> dict[str, float]:
        """Return the true gas, and what it makes of it; gas and reading in %LEL."""
        active = self.look(now)
        return {
            "gas": round(self.cloud.level(now) * 100, 2),
            "reading": round(self.reading(now), 2),
            "mode": int(self.mode(now)),
            "active": int(active),
            "latched": int(self._latched),
            "trouble": self._troubles,
        }

    @property
    def settings(self) -> Mapping[int, int]:
        """What can be written, by register."""
        return dict(self._settings)

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        active = self.look(now)
        shown = self.shown.at(
            unit=self.unit,
            mode=int(self.mode(now)),
            reading=self.reading(now),
            peak=self._peak,
            active=int(active),
            latched=int(self._latched),
            trouble=self._troubles,
            latched_trouble=self._latched_troubles,
        )
        words = holding_of(shown, low_word_first=self._low_word_first)
        self._image.holding = words | self._settings
        self._image.inputs = inputs_of(shown)
        return self._image.reply(pdu)

    def _set_trouble(self, known: range, number: int, bit: int, *, on: bool) -> None:
        if number not in known:
            raise ValueError(f"number is {number}; it must be from {known[0]} to {known[-1]}")
        self._troubles = self._troubles | 1 << bit if on else self._troubles & ~(1 << bit)

    def _wrote(self, address: int, value: int) -> None:
        self._settings[address] = value


def _refuse(address: int, _value: int) -> ExceptionCode | None:
    writable = CALIBRATION_INTERVAL, ALARM_TYPE, INHIBIT_TIMEOUT, RELAY_CONFIGURATION
    return None if address in writable else ExceptionCode.ILLEGAL_ADDRESS
