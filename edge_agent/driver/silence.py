"""When a planned read or its whole device counts as silent, and how often that is told."""

import msgspec

from edge_agent.exchange import Fault
from wire.quality import Quality, Reason, bad

MISSES = 3
"""Offline: so many misses in a row, and as many poll periods without a good reply."""

_SILENT = (bad(Reason.COMM_FAILURE), bad(Reason.NOT_CONNECTED))

Told = list[tuple[int, Quality]]
"""By the number of a read, what is to be told of its points now."""


class _Count(msgspec.Struct):
    good_us: int
    misses: int = 0

    def is_long(self, now_us: int, period_us: int) -> bool:
        deadline_us = self.deadline_us(period_us)
        return deadline_us is not None and now_us >= deadline_us

    def deadline_us(self, period_us: int) -> int | None:
        """When it counts as silent if nothing good comes before; None before the third miss."""
        return self.good_us + MISSES * period_us if self.misses >= MISSES else None


class _Read(_Count):
    told: Quality | None = None
    told_us: int = 0


class Silence:
    """Of `reads` planned reads, so that a dead table is seen although the others answer.

    When none of them answers, the device is silent, and that is told of all its points at once.
    """

    def __init__(self, reads: int, period_us: int, repeat_us: int, now_us: int) -> None:
        self._period_us = period_us
        self._repeat_us = repeat_us
        self._reads = [_Read(now_us) for _ in range(reads)]
        self._device = _Count(now_us)
        self.is_offline = False
        """Nothing of the device can be read at present."""

    @property
    def overdue_us(self) -> int | None:
        """When `overdue` has something to tell that no miss told, if nothing good comes before."""
        untold = [one for one in self._reads if one.told not in _SILENT]
        if not untold:
            return None
        ends = [one.deadline_us(self._period_us) for one in (*untold, self._device)]
        return min((end for end in ends if end is not None), default=None)

    def overdue(self, now_us: int) -> Told:
        """What is silent for long enough now, without a further miss."""
        lost = bad(Reason.COMM_FAILURE)
        if self._device.is_long(now_us, self._period_us):
            return self._tell_all(range(len(self._reads)), lost, now_us)
        return [
            told
            for number, one in enumerate(self._reads)
            if one.is_long(now_us, self._period_us)
            for told in self._tell(number, lost, now_us)
        ]

    def answered(self, read: int, now_us: int) -> None:
        """The read brought what it asked for."""
        self._alive(read, now_us)
        self._reads[read].told = None
        self.is_offline = False

    def refused(self, read: int, now_us: int) -> Told:
        """The device lives, and only these points are refused."""
        self._alive(read, now_us)
        return self._tell(read, bad(Reason.DEVICE_EXCEPTION), now_us)

    def missed(self, read: int, fault: Fault, now_us: int) -> Told:
        """No answer, or none that can be believed: often nothing to tell yet."""
        one = self._reads[read]
        one.misses += 1
        self._device.misses += 1
        everything = range(len(self._reads))
        if fault is Fault.PORT_GONE:
            return self._tell_all(everything, bad(Reason.NOT_CONNECTED), now_us)
        if self._device.is_long(now_us, self._period_us) or self.is_offline:
            return self._tell_all(everything, bad(Reason.COMM_FAILURE), now_us)
        if one.is_long(now_us, self._period_us) or one.told in _SILENT:
            return self._tell(read, bad(Reason.COMM_FAILURE), now_us)
        return []

    def _alive(self, read: int, now_us: int) -> None:
        one, device = self._reads[read], self._device
        one.misses = device.misses = 0
        one.good_us = device.good_us = now_us

    def _tell_all(self, reads: range, quality: Quality, now_us: int) -> Told:
        return [told for read in reads for told in self._tell(read, quality, now_us)]

    def _tell(self, read: int, quality: Quality, now_us: int) -> Told:
        """Once when it begins, then again every so often."""
        one = self._reads[read]
        if one.told == quality and now_us - one.told_us < self._repeat_us:
            return []
        one.told, one.told_us = quality, now_us
        self.is_offline = all(each.told in _SILENT for each in self._reads)
        return [(read, quality)]
