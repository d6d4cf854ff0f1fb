"""A point of a series as the store keeps it, and what readings become there."""

from collections.abc import Iterable
from dataclasses import dataclass

from wire.reading import Reading, Value


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


def points_of(gateway: str, clock: str, readings: Iterable[Reading]) -> list[Point]:
    """In the order given. The times of the readings are UTC microseconds."""
    return [
        Point(
            gateway,
            reading.device,
            reading.point,
            reading.time_us,
            reading.value,
            reading.unit,
            str(reading.quality),
            clock,
        )
        for reading in readings
    ]
