"""Which readings stay when room runs out: of an interval the first, last, lowest and highest.

Existing readings are selected, never averages made. Beside those four, the first and last of each
quality and the first of each text stay, so that no fault is thinned away.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import msgspec

from wire.bounds import COVERS, RECORDS
from wire.envelope import Base, Cover
from wire.reading import Reading

INTERVALS_US = (60_000_000, 300_000_000, 3_600_000_000)
"""Tried one after the other; what was thinned once is thinned again by the next."""
_COVERS = COVERS // 2  # each end of the wire has its bound; stay well within it
_READINGS = RECORDS // 4
_TEXTS = 8


class Part(msgspec.Struct, frozen=True):
    """The readings that are left of one key, of `taken` that it stands for."""

    seq: int
    taken: int
    readings: tuple[Reading, ...]


class Candidate(msgspec.Struct, frozen=True):
    """A row that was not published yet. Only neighbours of one epoch are looked at together."""

    id: int
    base: Base
    relative: bool
    parts: tuple[Part, ...]

    @property
    def start_us(self) -> int:
        """When it begins: in UTC, or on the boot's clock when its times are relative."""
        earliest = min((one.time_us for part in self.parts for one in part.readings), default=0)
        return earliest + self.base.mono * 1_000 if self.relative else earliest


class Thinned(msgspec.Struct, frozen=True):
    """What takes the place of the rows `numbers`, under the key of the last."""

    numbers: tuple[int, ...]
    base: Base
    relative: bool
    covers: tuple[Cover, ...]
    readings: tuple[Reading, ...]


def thin(neighbours: Sequence[Candidate], interval_us: int) -> list[Thinned]:
    """What makes room, oldest first; rows that would not get smaller are left out."""
    found = []
    for group in _groups(neighbours, interval_us):
        thinned = _thinned(group)
        before = sum(len(part.readings) for one in group for part in one.parts)
        if len(group) > 1 or len(thinned.readings) < before:
            found.append(thinned)
    return found


def _groups(neighbours: Sequence[Candidate], interval_us: int) -> Iterator[list[Candidate]]:
    """Neighbours that begin in the same interval, on the same clock, within the wire's bounds."""
    group: list[Candidate] = []
    for one in neighbours:
        if group and not (_is_alike(group[0], one, interval_us) and _fits([*group, one])):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _is_alike(first: Candidate, other: Candidate, interval_us: int) -> bool:
    return (
        (first.base.boot, first.base.clock, first.relative)
        == (other.base.boot, other.base.clock, other.relative)
        and first.start_us // interval_us == other.start_us // interval_us
        and first.base.mono <= other.base.mono
    )


def _fits(group: Sequence[Candidate]) -> bool:
    parts = [part for one in group for part in one.parts]
    readings = sum(min(len(part.readings), _READINGS) for part in parts)
    return len(parts) <= _COVERS and (len(group) == 1 or readings <= 16 * _READINGS)


def _thinned(group: Sequence[Candidate]) -> Thinned:
    base = group[0].base
    parts = [
        Part(part.seq, part.taken, tuple(_from(one, base, reading) for reading in part.readings))
        for one in group
        for part in one.parts
    ]
    readings = [reading for part in parts for reading in part.readings]
    stays = selected(readings)
    ends = list(accumulate(len(part.readings) for part in parts))
    covers = tuple(
        Cover(part.seq, part.taken, sum(n in stays for n in range(end - len(part.readings), end)))
        for part, end in zip(parts, ends, strict=True)
    )
    kept = tuple(readings[n] for n in sorted(stays))
    return Thinned(tuple(one.id for one in group), base, group[0].relative, covers, kept)


def _from(one: Candidate, base: Base, reading: Reading) -> Reading:
    """A relative time counts from the base of the whole."""
    if not one.relative or one.base.mono == base.mono:
        return reading
    time_us = reading.time_us + (one.base.mono - base.mono) * 1_000
    return Reading(
        reading.device, reading.point, time_us, reading.value, reading.unit, reading.quality
    )


def selected(readings: Sequence[Reading]) -> set[int]:
    """Places of the readings that stay."""
    by_point: dict[tuple[str, str], list[int]] = {}
    for place, reading in enumerate(readings):
        by_point.setdefault((reading.device, reading.point), []).append(place)
    return {place for places in by_point.values() for place in _of_point(readings, places)}


def _of_point(readings: Sequence[Reading], places: list[int]) -> Iterator[int]:
    yield places[0]
    yield places[-1]
    numbers = [
        (float(value), n)
        for n in places
        for value in (readings[n].value,)
        if isinstance(value, float | int)
    ]
    if numbers:
        yield min(numbers)[1]
        yield max(numbers, key=lambda one: (one[0], -one[1]))[1]
    qualities: dict[str, tuple[int, int]] = {}
    texts: dict[str, int] = {}
    for n in places:
        quality = str(readings[n].quality)
        qualities[quality] = (qualities.get(quality, (n, n))[0], n)
        value = readings[n].value
        if isinstance(value, str):
            texts.setdefault(value, n)
    for first, last in qualities.values():
        yield first
        yield last
    yield from list(texts.values())[:_TEXTS]
