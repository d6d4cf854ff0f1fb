"""Samples to committed batches: placed in time, strictly increasing per point, within size."""

import logging
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from edge_agent.buffer.rows import Draft
from edge_agent.buffer.timebase import STEP_US, Timebase
from edge_agent.exchange import Sample
from wire.batch import Batch, encode_checked
from wire.bounds import INFLATED_BYTES, LATEST_US, RECORDS, SENT_BYTES
from wire.codec import pack
from wire.envelope import Base
from wire.quality import Quality, Reason, bad
from wire.reading import Reading, Value, check_names, check_said
from wire.refusal import WireError

log = logging.getLogger(__name__)

US_PER_MS = 1_000
RECORDS_OF_READING = 2  # its value and its quality


class Trail:
    """What came last of a point, and when it is stamped, so that what follows comes behind it.

    No Struct: its fields are set with each reading, which costs those five times as much.
    """

    __slots__ = (
        "device",
        "offset_us",
        "point",
        "quality",
        "stamped_us",
        "taken_us",
        "unit",
        "value",
    )

    def __init__(self, device: str, point: str, unit: str | None = None) -> None:
        self.device = device
        self.point = point
        self.unit = unit
        self.value: Value | None = None
        self.quality: Quality | None = None
        self.taken_us = -1
        self.stamped_us: int | None = None
        self.offset_us = 0

    def stamp(self, mono_us: int, offset_us: int) -> None:
        self.stamped_us, self.offset_us = mono_us, offset_us

    def least_offset_us(self, mono_us: int) -> int:
        """What puts a sample after all that were stamped before."""
        if self.stamped_us is None:
            return -LATEST_US
        if self.stamped_us >= mono_us:  # the disk refused it: it does not move
            return self.offset_us
        return self.offset_us + 1 - (mono_us - self.stamped_us)


class Pending(msgspec.Struct, frozen=True, gc=False):
    """A sample of a point that waits for its commit; its time is the one that it will have.

    `is_news`: whether the one before it of its point was another.
    """

    trail: Trail
    sample: Sample
    is_news: bool = False


class Packer:
    """Keeps the last time of each point, so that two samples never fall on one instant."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._trails: dict[tuple[str, str], Trail] = {}
        self._highest_us = -LATEST_US  # of all offsets that were stamped with

    def placed(self, device: str, sample: Sample, unit: str | None) -> Pending:
        """The sample to wait, later than all before it of its point; `unit`: of its numbers.

        Once and for all: a disk that refuses, and takes it at the tenth try, does not move it.
        Raise WireError for a name that can not travel.
        """
        trail = self._trails.get((device, sample.point)) or self._begin(device, sample.point)
        value, quality = sample.value, sample.quality
        is_news = (value, quality) != (trail.value, trail.quality)
        if sample.mono_us <= trail.taken_us:
            sample = sample.at(trail.taken_us + 1)
        trail.unit, trail.value, trail.quality = unit, value, quality
        trail.taken_us = sample.mono_us
        return Pending(trail, sample, is_news)

    def _begin(self, device: str, point: str) -> Trail:
        check_names(device, point)
        trail = self._trails[device, point] = Trail(device, point)
        return trail

    def drafts(self, pending: Sequence[Pending], timebase: Timebase) -> list[Draft]:
        """Batches in the order of `pending`, each within the wire's bounds."""
        base_ms = min([one.sample.mono_us for one in pending]) // US_PER_MS
        base = Base(timebase.boot, base_ms, timebase.state)
        is_relative = timebase.offset_us is None
        if timebase.offset_us is None:
            offset_us = -base_ms * US_PER_MS
        else:
            offset_us = self._in_order(pending, timebase.offset_us)
        readings = [_reading(one, offset_us) for one in pending]
        return self._split(readings, base, relative=is_relative)

    def _in_order(self, pending: Sequence[Pending], offset_us: int) -> int:
        """UTC that was set back a little still puts no sample at or before an earlier one.

        Set back by a step or more it stays so: the server tells by the boot's clock.
        """
        if offset_us < self._highest_us:
            needed = [one.trail.least_offset_us(one.sample.mono_us) for one in pending]
            near = [one for one in needed if one < offset_us + STEP_US]
            offset_us = max([offset_us, *near])
        self._highest_us = max(self._highest_us, offset_us)
        for one in pending:
            one.trail.stamp(one.sample.mono_us, offset_us)
        return offset_us

    def _split(self, readings: list[Reading], base: Base, *, relative: bool) -> list[Draft]:
        payload = encode_checked(Batch(self._gateway, tuple(readings), relative))
        sent, encoding = pack(payload)
        fits = (
            len(sent) <= SENT_BYTES
            and len(payload) <= INFLATED_BYTES
            and RECORDS_OF_READING * len(readings) <= RECORDS
        )
        if fits or len(readings) == 1:
            return [Draft(len(readings), base, encoding, sent)]
        middle = len(readings) // 2
        return [
            *self._split(readings[:middle], base, relative=relative),
            *self._split(readings[middle:], base, relative=relative),
        ]


def _reading(one: Pending, offset_us: int) -> Reading:
    """What the wire does not carry (a number that is none, a foreign unit) travels as bad."""
    trail, sample = one.trail, one.sample
    value = sample.value
    unit = trail.unit if type(value) is float or type(value) is int else None
    time_us = sample.mono_us + offset_us
    reading = Reading(trail.device, trail.point, time_us, value, unit, sample.quality)
    try:
        check_said(reading)
    except WireError as error:
        log.warning("%s:%s can not travel: %s", trail.device, trail.point, error)
        return replace(reading, value=None, unit=None, quality=bad(Reason.CONFIGURATION))
    return reading
