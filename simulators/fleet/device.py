"""A device of a fleet: what it says at which instant, evenly, at rest or in alarm."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from simulators.fleet.kind import FleetKind, FleetPoint
from wire.reading import Reading
from wire.topic import Lane

_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Beat:
    """`rate` readings a second; of them the share `urgent` is of points of the urgent lane."""

    rate: float
    urgent: float

    @property
    def period_us(self) -> float:
        return _US / self.rate

    def is_urgent(self, number: int) -> bool:
        """Of the reading with this number, from 0: the share is kept as evenly as can be."""
        return int((number + 1) * self.urgent) > int(number * self.urgent)


class FleetDevice:
    """Says one point at a time, each lane's in turn; begins at a moment of its own."""

    def __init__(self, name: str, kind: FleetKind, beat: Beat, dice: Random) -> None:
        self.name = name
        self.kind = kind
        self.is_alarmed = False
        self._beat = beat
        self._dice = dice
        self._phase_us = dice.uniform(0, beat.period_us) if beat.rate else 0.0
        self._start_us: float | None = None
        self._points = {lane: kind.of_lane(lane) for lane in Lane}
        self._said = 0
        self._of_lane = dict.fromkeys(Lane, 0)

    def begin(self, now_us: int) -> None:
        """From now on it speaks; times are those of the boot's clock, as everywhere here."""
        self._start_us = now_us + self._phase_us

    def due(self, now_us: int, utc_of_boot_us: int) -> Iterator[tuple[Lane, Reading]]:
        """All readings since it was last asked, up to now."""
        if not self._beat.rate or self._start_us is None:
            return
        while (at_us := int(self._start_us + self._said * self._beat.period_us)) <= now_us:
            lane = Lane.URGENT if self._beat.is_urgent(self._said) else Lane.BULK
            self._said += 1
            points = self._points[lane]
            point = points[self._of_lane[lane] % len(points)]
            self._of_lane[lane] += 1
            yield lane, self._reading(point, utc_of_boot_us + at_us)

    def turn(self, utc_us: int, *, alarmed: bool) -> tuple[Reading, ...]:
        """What its urgent points say as it goes into alarm, or comes out of it."""
        self.is_alarmed = alarmed
        return tuple(self._reading(point, utc_us) for point in self._points[Lane.URGENT])

    def _reading(self, point: FleetPoint, utc_us: int) -> Reading:
        value = point.alarm if self.is_alarmed else point.rest
        if point.ripple:
            value = round(value + self._dice.uniform(-point.ripple, point.ripple), 3)
        return Reading(self.name, point.id, utc_us, value, point.unit)
