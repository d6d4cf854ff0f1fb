"""What the devices of one place have in common: the water, the air, a cover, the people."""

from functools import cached_property
from typing import Final

from simulators.cover_motion import CoverMotion
from simulators.gas_cloud import GasCloud
from simulators.person import Person
from simulators.water_level import WaterLevel

RIPPLE_M: Final = 0.002


class World:
    """One place. Devices made in the same one feel the same, whichever is told."""

    def __init__(self, *, ripple_m: float = 0.0) -> None:
        """Be dry, shut, with clean air and empty; `ripple_m` are the waves of its water."""
        self._ripple_m = ripple_m
        self._people: list[Person] = []

    @cached_property
    def water(self) -> WaterLevel:
        return WaterLevel(ripple_m=self._ripple_m)

    @cached_property
    def cloud(self) -> GasCloud:
        return GasCloud()

    @cached_property
    def cover(self) -> CoverMotion:
        return CoverMotion()

    def people(self, many: int) -> list[Person]:
        """Return the first so many persons of this place."""
        self._people += [Person(seed=seed) for seed in range(len(self._people), many)]
        return self._people[:many]
