"""Which bulk entries a pass takes, and where they stand after corrections that came later."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from ingest_server.db.journal import Entry
from ingest_server.db.retime import ClockMark, Moves, Retime


def in_time(bulk: Sequence[Entry], corrections: Sequence[Entry], through: int) -> list[Entry]:
    """As they stand after the corrections with ids up to `through`, which were made already.

    What lies behind the first correction that was not made waits for it.
    """
    first = next((one.id for one in corrections if one.id > through), None)
    return [
        _corrected(entry, [one for one in corrections if entry.id < one.id <= through])
        for entry in bulk
        if first is None or entry.id < first
    ]


def fitting(entries: Sequence[Entry], readings: int) -> Sequence[Entry]:
    """The first of them that hold so many readings together, but at least one."""
    total = 0
    for number, entry in enumerate(entries):
        total += len(entry.readings)
        if number and total > readings:
            return entries[:number]
    return entries


def is_whole(entries: Sequence[Entry], limit: int, readings: int) -> bool:
    """Whether nothing waits behind them: neither bound of the slice was met."""
    return len(entries) < limit and sum(len(one.readings) for one in entries) < readings


def _corrected(entry: Entry, corrections: Sequence[Entry]) -> Entry:
    for one in corrections:
        said = one.retime
        is_foreign = entry.clock == ClockMark.FOREIGN
        if said is None or said.moves is Moves.CLOCK or is_foreign or one.gateway != entry.gateway:
            continue
        entry = _moved(entry, said)
    return entry


def _moved(entry: Entry, said: Retime) -> Entry:
    if not any(said.holds(one.time_us) for one in entry.readings):
        return entry
    readings = tuple(
        structs.replace(one, time_us=said.moved(one.time_us)) for one in entry.readings
    )
    return replace(entry, readings=readings, clock=said.clock or entry.clock)
