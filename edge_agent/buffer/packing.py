"""Samples to committed batches: placed in time, strictly increasing per point, within size."""

import logging
from collections.abc import Callable, Sequence

import msgspec
from msgspec.structs import replace

from edge_agent.buffer.rows import Draft
from edge_agent.buffer.timebase import STEP_US, Timebase
from edge_agent.exchange import Sample
from wire.batch import Batch, encode_batch
from wire.bounds import INFLATED_BYTES, LATEST_US, RECORDS, SENT_BYTES
from wire.codec import pack
from wire.envelope import Base
from wire.quality import Reason, bad
from wire.reading import Reading, check_reading
from wire.refusal import WireError

log = logging.getLogger(__name__)

US_PER_MS = 1_000
RECORDS_OF_READING = 2  # its value and its quality


class Pending(msgspec.Struct, frozen=True):
    """A sample of a device that waits for its commit; its time is the one that it will have."""

    device: str
    sample: Sample


class _Stamp(msgspec.Struct, frozen=True):
    mono_us: int
    utc_us: int


class Packer:
    """Keeps the last time of each point, so that two samples never fall on one instant."""

    def __init__(self, gateway: str, unit_of: Callable[[str, str], str | None]) -> None:
        self._gateway = gateway
        self._unit_of = unit_of
        self._last: dict[tuple[str, str], int] = {}
        self._stamped: dict[tuple[str, str], _Stamp] = {}

    def placed(self, device: str, sample: Sample) -> Pending:
        """The sample to wait, later than all before it of its point.

        Once and for all: a disk that refuses, and takes it at the tenth try, does not move it.
        """
        mono_us = max(sample.mono_us, self._last.get((device, sample.point), -1) + 1)
        self._last[device, sample.point] = mono_us
        return Pending(device, sample.at(mono_us))

    def drafts(self, pending: Sequence[Pending], timebase: Timebase) -> list[Draft]:
        """Batches in the order of `pending`, each within the wire's bounds."""
        timebase = self._in_order(pending, timebase)
        base_ms = min(one.sample.mono_us for one in pending) // US_PER_MS
        readings = [self._reading(one, timebase, base_ms) for one in pending]
        base = Base(timebase.boot, base_ms, timebase.state)
        return self._split(readings, base, relative=timebase.offset_us is None)

    def _in_order(self, pending: Sequence[Pending], timebase: Timebase) -> Timebase:
        """UTC that was set back a little still puts no sample at or before an earlier one.

        Set back by a step or more it stays so: the server tells by the boot's clock.
        """
        offset_us = timebase.offset_us
        if offset_us is None:
            return timebase
        needed = [self._after(one) for one in pending]
        near = [one for one in needed if one < offset_us + STEP_US]
        timebase = replace(timebase, offset_us=max([offset_us, *near]))
        for one in pending:
            at_us = timebase.utc_us(one.sample.mono_us)
            if at_us is not None:
                self._stamped[one.device, one.sample.point] = _Stamp(one.sample.mono_us, at_us)
        return timebase

    def _after(self, one: Pending) -> int:
        """The least offset that puts the sample after those of its point stamped before."""
        stamp = self._stamped.get((one.device, one.sample.point))
        if stamp is None:
            return -LATEST_US
        if stamp.mono_us >= one.sample.mono_us:  # the disk refused it: it does not move
            return stamp.utc_us - stamp.mono_us
        return stamp.utc_us + 1 - one.sample.mono_us

    def _reading(self, one: Pending, timebase: Timebase, base_ms: int) -> Reading:
        sample = one.sample
        utc_us = timebase.utc_us(sample.mono_us)
        time_us = sample.mono_us - base_ms * US_PER_MS if utc_us is None else utc_us
        is_number = isinstance(sample.value, int | float) and not isinstance(sample.value, bool)
        unit = self._unit_of(one.device, sample.point) if is_number else None
        return _sound(
            Reading(one.device, sample.point, time_us, sample.value, unit, sample.quality),
        )

    def _split(self, readings: list[Reading], base: Base, *, relative: bool) -> list[Draft]:
        payload = encode_batch(Batch(self._gateway, tuple(readings), relative=relative), tight=True)
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


def _sound(reading: Reading) -> Reading:
    """What the wire does not carry (a number that is none, a foreign unit) travels as bad."""
    try:
        check_reading(reading)
    except WireError as error:
        log.warning("%s:%s can not travel: %s", reading.device, reading.point, error)
        return replace(reading, value=None, unit=None, quality=bad(Reason.CONFIGURATION))
    return reading
