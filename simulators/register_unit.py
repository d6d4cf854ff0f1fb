"""What befalls any simulated Modbus unit: values that stick, power that goes, a second of it."""

import copy
from typing import Final, Protocol

from simulators.fault import Answer, FaultPlan, away
from simulators.register_image import RegisterImage
from simulators.slave_line import SlaveUnit

SECOND_US: Final = 1_000_000
BOOTS_S: Final = 1.0


class RegisterUnit(SlaveUnit, Protocol):
    """A unit with an image that is filled anew for each request."""

    image: RegisterImage
    faults: FaultPlan

    def refresh(self, now: int) -> None:
        """Put into the image what a read at `now` (µs) finds."""

    def restart(self, now: int) -> None:
        """Do what it does when its power comes back at `now`."""


def stick(unit: RegisterUnit, now: int) -> None:
    """Let its registers stay as they are at `now`, whatever it measures, until `unstick`."""
    unit.refresh(now)
    unit.image.hold()


def unstick(unit: RegisterUnit) -> None:
    """Let its registers follow what it measures again."""
    unit.image.release()


def cut_power(unit: RegisterUnit, now: int, seconds: float = BOOTS_S) -> None:
    """Take its power away and give it back; it is silent until it has booted.

    What sticks comes loose, and what the unit did not save is lost. Raises ValueError for a time
    below 0.
    """
    if not seconds >= 0:
        raise ValueError(f"it boots for {seconds} s; that must be 0 or more")
    ready_us = now + round(seconds * SECOND_US)
    unit.faults.add(away(ready_us))
    unit.image.release()
    unit.restart(ready_us)


def another_like(unit: RegisterUnit) -> Answer:
    """Return what a second device answers that is as this one is now, and then goes its own way."""
    return copy.deepcopy(unit).answer
