"""Which reads of a device bring its hazard points, and what is read apart on a crowded line."""

from collections.abc import Iterable
from functools import reduce

import msgspec
from msgspec.structs import replace

from device_profiles.model import Point
from device_profiles.transport import Modbus
from edge_agent.driver.request_cost import RequestCost
from edge_agent.driver.request_plan import PlannedRead, identifies, plan_reads
from edge_agent.exchange import Claim

_ANY_GAP = 2_000
_WORTH_PER_CENT = 20
"""A read is parted only if its hazard points alone cost so much less."""


def needed_for(points: Iterable[Point], wanted: frozenset[str]) -> frozenset[str]:
    """The points without which those wanted can not be judged: gates, scales, ceilings, sources."""
    by_id = {point.id: point for point in points}
    found, new = frozenset[str](), wanted & by_id.keys()
    while new:
        found |= new
        next_ = (_sources(by_id[name]) for name in new)
        new = (reduce(frozenset.union, next_, frozenset[str]()) & by_id.keys()) - found
    return found


def claimed(
    reads: Iterable[PlannedRead], transport: Modbus, needed: frozenset[str]
) -> tuple[PlannedRead, ...]:
    """The reads, each with its claim: hard if it brings a point needed, or tells who answers."""
    return tuple(replace(read, claim=_claim(read, transport, needed)) for read in reads)


def parted(
    reads: Iterable[PlannedRead],
    points: Iterable[Point],
    transport: Modbus,
    needed: frozenset[str],
    cost: RequestCost,
) -> tuple[PlannedRead, ...]:
    """As `claimed`, with the hazard points apart from the rest where that saves hard time.

    It takes a request more, which a line with room does not need; what the maker wants read as a
    whole stays whole. The hard reads come first.
    """
    all_points = tuple(points)
    one_by_one = (_parted(read, all_points, transport, needed, cost) for read in reads)
    found = [part for parts in one_by_one for part in parts]
    return tuple(sorted(found, key=lambda read: read.claim is Claim.SOFT))


def _claim(read: PlannedRead, transport: Modbus, needed: frozenset[str]) -> Claim:
    is_needed = any(point.id in needed for point in read.points) or identifies(read, transport)
    return Claim.HARD if needed and is_needed else Claim.SOFT


def _parted(
    read: PlannedRead,
    points: tuple[Point, ...],
    transport: Modbus,
    needed: frozenset[str],
    cost: RequestCost,
) -> tuple[PlannedRead, ...]:
    whole = replace(read, claim=_claim(read, transport, needed))
    here = frozenset(point.id for point in read.points)
    rest = here - needed
    stays = whole.claim is Claim.SOFT or whole.is_fixed or not rest
    if stays or identifies(read, transport):
        return (whole,)
    hard = _reads_of(needed & here, points, transport, cost)
    soft = _reads_of(needed_for(points, rest) & here, points, transport, cost)
    before_us = cost.read_us(read.table, read.count)
    saved_us = before_us - sum(cost.read_us(one.table, one.count) for one in hard)
    if saved_us * 100 < before_us * _WORTH_PER_CENT:
        return (whole,)
    return (
        *(replace(one, claim=Claim.HARD) for one in hard),
        *(replace(one, claim=Claim.SOFT) for one in soft),
    )


def _reads_of(
    names: frozenset[str], points: tuple[Point, ...], transport: Modbus, cost: RequestCost
) -> tuple[PlannedRead, ...]:
    """The cheapest reads of these points alone; what lies between was read with them before."""
    chosen = [point for point in points if point.id in names]
    free = msgspec.structs.replace(transport, blocks=(), identity=None, max_gap=_ANY_GAP)
    return plan_reads(chosen, free, cost)


def _sources(point: Point) -> frozenset[str]:
    """Gates, ceiling, scale, and what it is computed from."""
    names = {gate.point for gate in point.valid_when} | {point.ceiling}
    if point.register is not None and point.register.scale_from is not None:
        names |= {point.register.scale_from.decimals, point.register.scale_from.unit}
    if point.tilt is not None:
        names |= {point.tilt.x, point.tilt.y, point.tilt.z}
    if point.rise is not None:
        names.add(point.rise.of)
    if point.held is not None:
        names |= {condition.point for condition in point.held.all}
    return frozenset(name for name in names if name is not None)
