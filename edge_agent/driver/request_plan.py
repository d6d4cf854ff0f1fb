"""The points of a Modbus profile as the cheapest reads that fetch them all."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from device_profiles.encoding import BIT_TABLES, Register, Table
from device_profiles.model import Point
from device_profiles.transport import Block, Modbus
from edge_agent.driver.request_cost import RequestCost
from edge_agent.exchange import Claim


class PlannedRead(msgspec.Struct, frozen=True):
    """One request of a cycle: what to read, and the points that its reply holds.

    `every_us`: it is left out of a cycle that comes sooner; 0 is in every cycle. `is_fixed`: read
    just so, as the maker prints it.
    """

    table: Table
    address: int
    count: int
    points: tuple[Point, ...]
    every_us: int = 0
    is_fixed: bool = False
    claim: Claim = Claim.SOFT

    def holds(self, table: Table, address: int) -> bool:
        """Whether the reply brings this place."""
        return self.table is table and self.address <= address < self.address + self.count


class _Place(msgspec.Struct, frozen=True):
    point: Point
    register: Register

    @property
    def end(self) -> int:
        return self.register.address + self.register.count


def plan_reads(
    points: Iterable[Point], transport: Modbus, cost: RequestCost | None = None
) -> tuple[PlannedRead, ...]:
    """First the profile's blocks, then the rest by table and address.

    In the rest a gap of up to `max_gap` unused places is read over where that costs no more than
    another request would; no read is longer than `max_registers` or `max_bits`. A computed point
    comes with the read of what it is computed from. Who answers is read first, then what bounds
    other points.
    """
    cost = RequestCost() if cost is None else cost
    all_points = tuple(points)
    places = [_Place(point, point.register) for point in all_points if point.register is not None]
    reads = [_block(block, places) for block in transport.blocks]
    left = [place for place in places if not any(_is_in(read, place) for read in reads)]
    left.sort(key=lambda place: (place.register.table, place.register.address, place.end))
    reads += map(_read, _groups(left, transport, cost))
    bounds = {point.ceiling for point in all_points}
    whole = [_with_computed(read, all_points) for read in reads if _is_wanted(read, transport)]
    return tuple(sorted(whole, key=lambda read: _rank(read, transport, bounds)))


def read_of(points: Iterable[Point], table: Table, address: int, count: int) -> PlannedRead:
    """A read that somebody else made, with the points that lie in it as a whole."""
    all_points = tuple(points)
    inside = range(address, address + count)
    here = tuple(
        point
        for point in all_points
        if (register := point.register) is not None
        and register.table is table
        and register.address in inside
        and register.address + register.count - 1 in inside
    )
    return _with_computed(PlannedRead(table, address, count, here), all_points)


def _block(block: Block, places: list[_Place]) -> PlannedRead:
    empty = PlannedRead(block.table, block.address, block.count, (), block.every, is_fixed=True)
    points = tuple(place.point for place in places if _is_in(empty, place))
    return replace(empty, points=points)


def _is_in(read: PlannedRead, place: _Place) -> bool:
    return read.holds(place.register.table, place.register.address)


def _is_wanted(read: PlannedRead, transport: Modbus) -> bool:
    return bool(read.points) or identifies(read, transport)


def identifies(read: PlannedRead, transport: Modbus) -> bool:
    """Whether its reply tells who answers."""
    identity = transport.identity
    return identity is not None and read.holds(identity.table, identity.address)


def _rank(read: PlannedRead, transport: Modbus, bounds: set[str | None]) -> tuple[bool, bool]:
    is_bound = any(point.id in bounds for point in read.points)
    return not identifies(read, transport), not is_bound


def _with_computed(read: PlannedRead, points: Iterable[Point]) -> PlannedRead:
    here = {point.id for point in read.points}
    computed = tuple(
        point
        for point in points
        if (tilt := point.tilt) is not None and {tilt.x, tilt.y, tilt.z} <= here
    )
    return replace(read, points=(*read.points, *computed))


def _groups(places: list[_Place], transport: Modbus, cost: RequestCost) -> Iterator[list[_Place]]:
    group: list[_Place] = []
    for place in places:
        if group and not _fits(group, place, transport, cost):
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _fits(group: list[_Place], place: _Place, transport: Modbus, cost: RequestCost) -> bool:
    first, end = group[0].register, max(one.end for one in group)
    widest = min(transport.max_gap, cost.widest_hole(first.table))
    if place.register.table is not first.table or place.register.address - end > widest:
        return False
    limit = transport.max_bits if first.table in BIT_TABLES else transport.max_registers
    return max(end, place.end) - first.address <= limit


def _read(group: list[_Place]) -> PlannedRead:
    first = group[0].register
    count = max(place.end for place in group) - first.address
    return PlannedRead(first.table, first.address, count, tuple(place.point for place in group))
