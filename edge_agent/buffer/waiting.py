"""Samples on their way to the disk; *complete through* of a lane stays below all of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from edge_agent.buffer.packing import Pending
from edge_agent.buffer.timebase import Timebase
from wire.envelope import Through
from wire.topic import Lane

# What waits in memory while the disk refuses: beyond it the oldest is not taken, and counted.
WAITING_MAXIMUM = 5_000
# A reply on its way from the line's thread to `take` is never older than this.
IN_FLIGHT_US = 500_000

Groups = dict[Lane, list[Pending]]


class Waiting:
    """`not_taken`: samples given up, because the disk refused for long."""

    def __init__(self) -> None:
        self._pending: Groups = {lane: [] for lane in Lane}
        # Handed to the disk, which has not answered yet: not complete through them.
        self._committing: dict[Lane, list[list[Pending]]] = {lane: [] for lane in Lane}
        # When the first sample of each `take` under way was heard: behind it the line's next waits.
        self._taking: list[int] = []
        self.not_taken = 0

    @contextmanager
    def being_taken(self, heard_us: int) -> Iterator[None]:
        self._taking.append(heard_us)
        try:
            yield
        finally:
            self._taking.remove(heard_us)

    def add(self, lane: Lane, one: Pending) -> None:
        self._pending[lane].append(one)

    def count(self, lane: Lane) -> int:
        return len(self._pending[lane])

    def has_some(self) -> bool:
        """Whether anything waits that was not handed to the disk."""
        return any(self._pending.values())

    @contextmanager
    def handed_over(self, lanes: Iterable[Lane], multiple: int = 1) -> Iterator[Groups]:
        """What waits in these lanes goes to the disk; whatever comes of it, it is not here now.

        `multiple`: as many of each lane as are a multiple of it, the oldest; the others wait on.
        """
        groups: Groups = {}
        for lane in lanes:
            waiting = self._pending[lane]
            most = len(waiting) - len(waiting) % multiple
            if most:
                groups[lane], self._pending[lane] = waiting[:most], waiting[most:]
                self._committing[lane].append(groups[lane])
        try:
            yield groups
        finally:
            for lane, group in groups.items():
                self._committing[lane].remove(group)

    def put_back(self, groups: Groups) -> None:
        """The disk refused: before all that came meanwhile, the oldest given up beyond a bound."""
        for lane, group in groups.items():
            waiting = group + self._pending[lane]
            self.not_taken += max(len(waiting) - WAITING_MAXIMUM, 0)
            self._pending[lane] = waiting[-WAITING_MAXIMUM:]

    def through(self, lane: Lane, timebase: Timebase) -> Through:
        horizon_us = timebase.mono_us - IN_FLIGHT_US
        groups = [self._pending[lane], *self._committing[lane]]
        waiting = [one.sample.mono_us for group in groups for one in group]
        mono_us = max(min([horizon_us, *(at_us - 1 for at_us in (*waiting, *self._taking))]), 0)
        return Through(mono_us // 1_000, timebase.utc_us(mono_us))
