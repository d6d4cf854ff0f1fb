"""What watches a manhole cover: an attitude sensor on it, two contacts in the pit below."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from simulators.cover_motion import CoverMotion
from simulators.fault import FaultPlan
from simulators.register_image import (
    READ_DISCRETE_INPUTS,
    READ_HOLDING,
    WRITE_REGISTER,
    RegisterImage,
)
from simulators.register_words import s16_word
from simulators.wire_time import WireFormat

# WitMotion's SDK for the WT901C485 (REG.h): unit 0x50, FC03 and FC06, 9600 8N1.
TILT_UNIT: Final = 0x50
TILT_FORMAT: Final = WireFormat(9600, "N", 1)
SAVE, CALIBRATE, BAUD, ADDRESS, VERSION = 0x00, 0x01, 0x04, 0x1A, 0x2E
ACCELERATION, ANGLES, AFTER_SENSED = 0x34, 0x3D, 0x41
X_MIN, X_MAX, BATTERY, ALARM_PIN, Y_MIN, Y_MAX, ALARM_LEVEL = *range(0x5A, 0x60), 0x62
UNLOCK: Final = 0x69
FIRMWARE: Final = 0x0A1E
UNLOCK_CODE: Final = 0xB588
KEEP, REBOOT, SET_REFERENCE = 0, 0xFF, 8
UNLOCKED_US: Final = 10_000_000
FULL_SCALE: Final = 32768
MOST_VOLTS: Final = 36.0
FULL_G, FULL_TURN, FULL_ANGLE = 16, 2000, 180

# Novabo SQR-2: unit 255, FC02, 8 bits from 0, a closed contact reads 1, 9600.
CONTACTS_UNIT: Final = 255
CONTACTS_FORMAT: Final = WireFormat(9600, "N", 1)
INPUTS: Final = 8

FACTORY: Final = {
    BAUD: 2,
    ADDRESS: TILT_UNIT,
    X_MIN: 0,
    X_MAX: 0,
    Y_MIN: 0,
    Y_MAX: 0,
    ALARM_LEVEL: 0,
    ALARM_PIN: 0,
}


class TiltSensor:
    """A WT901C485 screwed to a cover: acceleration, turn rates, roll, pitch, yaw, temperature.

    A write counts only while unlocked; unsaved settings are lost at a reboot. Assumed, as the SDK
    is silent: a locked write is echoed and changes nothing, unlocking lasts 10 s, a new address
    counts at once, the supply reads in 1/100 V, magnetic registers read 0.
    """

    def __init__(
        self,
        cover: CoverMotion,
        unit: int = TILT_UNIT,
        *,
        celsius: float = 15.0,
        supply_v: float = 12.0,
        seed: int = 0,
    ) -> None:
        """Screw it on."""
        self.unit = unit
        self.cover = cover
        self.faults = FaultPlan(seed=seed)
        self.celsius = celsius
        self.supply_v = supply_v
        self.firmware = FIRMWARE  # of another sensor in its place it may be another
        self.reboots = 0
        self._saved = FACTORY | {ADDRESS: unit}
        self._settings = dict(self._saved)
        self._reference = (0.0, 0.0)
        self._locked_from_us = 0
        self._now_us = 0
        self.image = RegisterImage(
            holding={},
            functions=(READ_HOLDING, WRITE_REGISTER),
            wrote=self._wrote,
        )

    def set_supply(self, volts: float) -> None:
        """Let the supply sag or recover. Raises ValueError for what 16 bits can not say."""
        if not 0 <= volts <= MOST_VOLTS:
            raise ValueError(f"supply is {volts} V; it must be from 0 to {MOST_VOLTS:g}")
        self.supply_v = volts

    @property
    def settings(self) -> Mapping[int, int]:
        """The settings in force by register, saved or not."""
        return dict(self._settings)

    def restart(self, _now: int) -> None:
        """Take its power away and give it back: what was not saved is lost."""
        self.reboots += 1
        self._settings = dict(self._saved)
        self.unit = self._settings[ADDRESS]
        self._locked_from_us = 0

    def state(self, now: int) -> dict[str, float]:
        """Return the cover's angle, and roll and pitch as they read, in degrees."""
        roll, pitch = self._angles(now)
        return {
            "angle": round(self.cover.angle(now), 2),
            "roll": round(roll, 2),
            "pitch": round(pitch, 2),
        }

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        self.refresh(now)
        return self.image.reply(pdu)

    def refresh(self, now: int) -> None:
        """Put into its registers what a read at `now` finds."""
        self._now_us = now
        self.image.holding = self._registers(now)

    def forget(self) -> None:
        """Lose its memory: saved or not, its settings are those of the factory."""
        self._saved = dict(FACTORY)
        self._settings = dict(FACTORY)
        self.unit = TILT_UNIT

    def _angles(self, now: int) -> tuple[float, float]:
        roll, pitch = self.cover.attitude(now)
        return roll - self._reference[0], pitch - self._reference[1]

    def _registers(self, now: int) -> dict[int, int]:
        sensed = [s16_word(one / FULL_G * FULL_SCALE) for one in self.cover.acceleration(now)]
        sensed += [s16_word(self.cover.turning(now) / FULL_TURN * FULL_SCALE), 0, 0]
        sensed += [0] * (ANGLES - ACCELERATION - len(sensed))
        sensed += [s16_word(one / FULL_ANGLE * FULL_SCALE) for one in (*self._angles(now), 0.0)]
        sensed.append(s16_word(self.celsius * 100))
        others = {SAVE: 0, CALIBRATE: 0, VERSION: self.firmware, UNLOCK: 0}
        battery = {BATTERY: s16_word(self.supply_v * 100)}
        return self._settings | others | battery | dict(enumerate(sensed, ACCELERATION))

    def _wrote(self, address: int, value: int) -> None:
        if address == UNLOCK:
            self._locked_from_us = self._now_us + UNLOCKED_US if value == UNLOCK_CODE else 0
        elif self._now_us < self._locked_from_us:
            self._change(address, value)

    def _change(self, address: int, value: int) -> None:
        if address == SAVE and value == KEEP:
            self._saved = dict(self._settings)
        elif address == SAVE and value == REBOOT:
            self.image.release()
            self.restart(self._now_us)
        elif address == CALIBRATE and value == SET_REFERENCE:
            self._reference = self.cover.attitude(self._now_us)
        elif address in self._settings:
            self._settings[address] = value
            self.unit = self._settings[ADDRESS]


class Contact(Enum):
    """What can be wired to an input of the two-input module."""

    COVER = "cover"
    FLOAT = "float"


BOTH_WIRED: Final = (Contact.COVER, Contact.FLOAT)


class PitContacts:
    """An SQR-2: a float switch and a cover contact, both closed while all is well (1 = well).

    `wired`: what the first and the second input are wired to, a matter of the site. A cut wire
    reads as an alarm. An input without a wire reads 0, and so do the six that the module does not
    have.
    """

    def __init__(
        self,
        cover: CoverMotion,
        unit: int = CONTACTS_UNIT,
        *,
        wired: Sequence[Contact] = BOTH_WIRED,
        seed: int = 0,
    ) -> None:
        """Wire the module to a dry pit and its cover."""
        self._wired = tuple(wired)
        self.unit = unit
        self.cover = cover
        self.faults = FaultPlan(seed=seed)
        self._afloat = False
        self._cut: frozenset[Contact] = frozenset()
        self.image = RegisterImage(
            discrete_inputs=dict.fromkeys(range(INPUTS), False), functions=(READ_DISCRETE_INPUTS,)
        )

    def set_float(self, afloat: bool) -> None:  # noqa: FBT001 - reads as a sentence at the call
        """Let the water lift the float, or leave it."""
        self._afloat = afloat

    def cut(self, contact: Contact) -> None:
        """Cut the wire of a contact."""
        self._cut |= {contact}

    def mend(self) -> None:
        """Mend all wires."""
        self._cut = frozenset()

    def state(self, now: int) -> dict[str, bool]:
        """Return the truth: is the float up, is the cover open; whatever the wires say."""
        return {"float": self._afloat, "open": not self.cover.is_shut(now)}

    def answer(self, pdu: bytes, now: int) -> bytes:
        """Execute a request PDU at `now` (µs) and return the reply PDU."""
        self.refresh(now)
        return self.image.reply(pdu)

    def refresh(self, now: int) -> None:
        """Put into its inputs what a read at `now` finds."""
        closed = dict(enumerate(self._closed(one, now) for one in self._wired))
        self.image.discrete_inputs = dict.fromkeys(range(INPUTS), False) | closed

    def restart(self, now: int) -> None:
        """Give its power back: it has nothing to forget."""

    def _closed(self, contact: Contact, now: int) -> bool:
        well = self.cover.is_shut(now) if contact is Contact.COVER else not self._afloat
        return well and contact not in self._cut
