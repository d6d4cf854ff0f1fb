"""The points of a Modbus profile as the fewest reads that fetch them all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from device_profiles.encoding import BIT_TABLES, Register, Table
from device_profiles.model import Point
from device_profiles.transport import Modbus


@dataclass(frozen=True, slots=True)
class PlannedRead:
    """One request of a cycle: what to read, and the points that its reply holds."""

    table: Table
    address: int
    count: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    point: Point
    register: Register

    @property
    def end(self) -> int:
        return self.register.address + self.register.count


def plan_reads(points: Iterable[Point], transport: Modbus) -> tuple[PlannedRead, ...]:
    """Group by table and address; a gap of up to `max_gap` unused places is read over.

    Never longer than `max_registers` or `max_bits`. Points without a register are left out.
    """
    places = [_Place(point, point.register) for point in points if point.register is not None]
    places.sort(key=lambda place: (place.register.table, place.register.address, place.end))
    return tuple(map(_read, _groups(places, transport)))


def _groups(places: list[_Place], transport: Modbus) -> Iterator[list[_Place]]:
    group: list[_Place] = []
    for place in places:
        if group and not _fits(group, place, transport):
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _fits(group: list[_Place], place: _Place, transport: Modbus) -> bool:
    first, end = group[0].register, max(one.end for one in group)
    if place.register.table is not first.table or place.register.address - end > transport.max_gap:
        return False
    limit = transport.max_bits if first.table in BIT_TABLES else transport.max_registers
    return max(end, place.end) - first.address <= limit


def _read(group: list[_Place]) -> PlannedRead:
    first = group[0].register
    count = max(place.end for place in group) - first.address
    return PlannedRead(first.table, first.address, count, tuple(place.point for place in group))
