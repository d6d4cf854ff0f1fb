"""A point of a series as the store keeps it, and the points of one entry of the journal."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest_server.db.journal import Entry
from wire.reading import Value


@dataclass(frozen=True, slots=True)
class Point:
    """(gateway, device, point, time_us) is its identity: of two, the one written last stays.

    `time_us`: UTC microseconds. `value` is None when the quality is bad. `quality` as on the wire
    (`good/ok`, `bad/comm_failure`). `clock`: how far the time may be trusted.
    """

    gateway: str
    device: str
    point: str
    time_us: int
    value: Value | None
    unit: str | None
    quality: str
    clock: str


def points_of(entries: Iterable[Entry]) -> list[Point]:
    """In the order of the journal, so that the last one that was committed wins."""
    return [
        Point(
            entry.gateway,
            reading.device,
            reading.point,
            reading.time_us,
            reading.value,
            reading.unit,
            str(reading.quality),
            entry.clock,
        )
        for entry in entries
        for reading in entry.readings
    ]
