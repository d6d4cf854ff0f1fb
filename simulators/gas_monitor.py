"""A Sensepoint gas transmitter as its Modbus master sees it, with its ground truth."""

from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import Final

from simulators.fault import FaultPlan
from simulators.gas_cloud import GasCloud
from simulators.gas_model import PER_CENT_LEL, XCD, GasModel
from simulators.gas_registers import Shown, holding_of, inputs_of
from simulators.heartbeat import Heartbeat
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
WARM_UP_S: Final = 30.0
MOST_VOLTS: Final = 32.0


class Mode(IntEnum):
    """Registers 40007 and 40107."""

    NORMAL = 1
    WARM_UP = 2
    INHIBIT = 3
    CALIBRATION = 12


class Alarm(IntFlag):
    """Its own two alarms, as the bits of 30014, 30016, and 40006 or 40106."""

    NONE = 0
    A1 = 1
    A2 = 2


class GasMonitor:
    """The transmitter with a catalytic bead in a cloud; conditions by method, from any thread.

    Gas is moved through it (`set_gas`, `leak`, `ventilate`), so that no peak between two reads is
    missed. An alarm of `latching` stays in 30016 and in the status until a magnet resets it. An XRL
    or XCL repeats its last reading while it is inhibited. Assumed, as the visible maps are silent:
    A1 and A2 stand at 20 and 40 %LEL, no alarm arises while it warms up (30 s after a restart), is
    inhibited or is calibrated, the warm-up shows 100 %LEL, the reading ends at 100, in rich gas
    the bead lacks oxygen and reads too low (30 at the least), as such beads do; what is written is
    kept without power, and an XRL's heartbeat begins from 0 then.
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
        model: GasModel = XCD,
        seed: int = 0,
    ) -> None:
        """Switch it on, warm. `noise` is the reading's standard deviation in %LEL."""
        self.unit = unit
        self.cloud = cloud or GasCloud()
        self.faults = FaultPlan(seed=seed)
        self.model = model
        self.shown = (shown or Shown()).at(model=model, unit_of_gas=model.shows)
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
        self._held = 0.0
        self._heartbeat = Heartbeat()
        self._settings = dict(model.settings)
        self.image = RegisterImage(
            holding={},
            inputs={},
            functions=(READ_HOLDING, READ_INPUT, WRITE_REGISTER, WRITE_REGISTERS),
            refuse=self._refuse,
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
        self._held = self.reading(now)
        self._asked_mode = Mode.INHIBIT if on else Mode.NORMAL

    def calibrate(self, on: bool, now: int) -> None:  # noqa: FBT001 - reads as a sentence
        """Let somebody calibrate it, or end that."""
        self.look(now)
        self._asked_mode = Mode.CALIBRATION if on else Mode.NORMAL

    def set_warning(self, number: int, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Warn with one of the model's W1 …, or no longer. Raises ValueError for another number."""
        self._set_trouble(self.model.warning_bit(number), on=on)

    def set_fault(self, number: int, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Fail with one of the model's F1 …, or no longer. Raises ValueError for another number."""
        self._set_trouble(self.model.fault_bit(number), on=on)

    def set_supply(self, volts: float) -> None:
        """Let the supply sag or recover. Raises ValueError for what can not be."""
        if not 0 <= volts <= MOST_VOLTS:
            raise ValueError(f"supply is {volts} V; it must be from 0 to {MOST_VOLTS}")
        self.shown = self.shown.at(supply_mv=volts * 1000)

    def show_in(self, unit_of_gas: int) -> None:
        """Show gas in another of the model's units. Raises ValueError for a code it has not."""
        if unit_of_gas not in self.model.units:
            known = ", ".join(map(str, self.model.units))
            raise ValueError(f"unit of gas is {unit_of_gas}; it must be one of {known}")
        self.shown = self.shown.at(unit_of_gas=unit_of_gas)

    def set_heartbeat(self, on: bool, now: int) -> None:  # noqa: FBT001 - reads as a sentence
        """Let the heartbeat of an XRL or XCL hang while all else goes on, or beat again."""
        self._heartbeat.beat(on, now)

    def restart(self, now: int) -> None:
        """Give its power back: it warms up, and has forgotten latched alarms and the peak."""
        self._heartbeat.restart(now)
        self.warm_up(WARM_UP_S, now)

    def forget(self) -> None:
        """Lose what has been written to it."""
        self._settings = dict(self.model.settings)

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
        if self.model.holds_while_inhibited and self.mode(now) is Mode.INHIBIT:
            return self._held
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
        told = {
            "gas": round(self.cloud.level(now) * 100, 2),
            "reading": round(self.reading(now), 2),
            "mode": int(self.mode(now)),
            "active": int(active),
            "latched": int(self._latched),
            "trouble": self._troubles,
        }
        return told | ({"heartbeat": self._heartbeat.count(now)} if self.model.beats else {})

    @property
    def settings(self) -> Mapping[int, int]:
        """What can be written, by place in its block."""
        return dict(self._settings)

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        self.refresh(now)
        return self.image.reply(pdu)

    def refresh(self, now: int) -> None:
        """Put into its registers what a read at `now` finds."""
        active = self.look(now)
        in_its_unit = self.model.units[self.shown.unit_of_gas] / PER_CENT_LEL
        shown = self.shown.at(
            unit=self.unit,
            mode=int(self.mode(now)),
            reading=self.reading(now) * in_its_unit,
            peak=self._peak * in_its_unit,
            active=int(active),
            latched=int(self._latched),
            trouble=self._troubles,
            latched_trouble=self._latched_troubles,
            beats=self._heartbeat.count(now),
        )
        words = holding_of(shown, low_word_first=self._low_word_first)
        settings = {self.model.block + place: word for place, word in self._settings.items()}
        self.image.holding = words | settings
        self.image.inputs = inputs_of(shown)

    def _set_trouble(self, bit: int, *, on: bool) -> None:
        self._troubles = self._troubles | 1 << bit if on else self._troubles & ~(1 << bit)

    def _wrote(self, address: int, value: int) -> None:
        self._settings[address - self.model.block] = value

    def _refuse(self, address: int, _value: int) -> ExceptionCode | None:
        known = address - self.model.block in self._settings
        return None if known else ExceptionCode.ILLEGAL_ADDRESS
