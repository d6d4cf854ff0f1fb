"""Which places of a read does a device refuse? Each is asked by itself, once."""

from collections.abc import Iterator

from msgspec.structs import replace

from device_profiles.model import Point
from edge_agent.driver.request_plan import PlannedRead

HARD_AGAIN_US = 600_000_000
"""A refused place that a hazard rule needs is tried again so often."""

AGAIN_US = 86_400_000_000
"""And any other: once a day."""


class Dissection:
    """One read, parted once. All times are microseconds of one monotonic clock.

    Until each place was asked by itself, `reads` are single places without points: nothing is
    concluded from them but who answers. Then they are the runs of those that the device has; what
    it refuses, and a hole between two places, is read over no more. A device that refuses
    everything is asked for the whole read as before: it may not have begun to work.
    """

    def __init__(self, read: PlannedRead, again_us: int, now_us: int) -> None:
        """`again_us`: after so long what was refused is tried again."""
        self.whole = read
        self._again_us = again_us
        self._places = tuple(_places(read))
        self._unknown = dict.fromkeys(range(len(self._places)))
        self._refused: set[int] = set()
        self._tried_us = now_us
        self._is_known = self._was_tried_again = False

    @property
    def refused_points(self) -> tuple[Point, ...]:
        """Those that are read no more, in the order of the read; none before the search is over."""
        if not self._is_known:
            return ()
        kept = {point.id for read in self.reads() for point in read.points}
        return tuple(point for point in self.whole.points if point.id not in kept)

    @property
    def is_mended(self) -> bool:
        """It was tried again, and nothing is refused any more."""
        return not self._unknown and not self._refused and self._was_tried_again

    @property
    def is_hopeless(self) -> bool:
        """The device refuses each place: it is asked for the whole read, as before."""
        return not self._unknown and len(self._refused) == len(self._places)

    def answered_whole(self) -> None:
        """Take that the device gave, after all, what it had refused as a whole."""
        self._refused.clear()
        self._was_tried_again = True

    def reads(self) -> tuple[PlannedRead, ...]:
        """What is asked in place of the whole read."""
        if self._unknown:
            singles = (self._places[number] for number in self._unknown)
            return (*self._good_runs(), *(replace(one, points=()) for one in singles))
        return (self.whole,) if self.is_hopeless else tuple(self._good_runs())

    def told(self, read: PlannedRead, *, is_refused: bool) -> bool:
        """Take what the device said to one of `reads`; tell whether that was the last of them."""
        number = self._number_of(read)
        if number is None:
            return False
        del self._unknown[number]
        if is_refused:
            self._refused.add(number)
        self._is_known |= not self._unknown
        return not self._unknown

    def try_again(self, now_us: int) -> bool:
        """Ask anew for what was refused, if that is due; tell whether `reads` are others now."""
        again_us = self._again_us if self._refused else AGAIN_US
        if self._unknown or now_us < self._tried_us + again_us:
            return False
        self._tried_us = now_us
        self._was_tried_again = True
        self._unknown = dict.fromkeys(sorted(self._refused))
        self._refused.clear()
        return True

    def _number_of(self, read: PlannedRead) -> int | None:
        here = (read.address, read.count)
        same = (
            n for n in self._unknown if (self._places[n].address, self._places[n].count) == here
        )
        return next(same, None)

    def _good_runs(self) -> Iterator[PlannedRead]:
        """Neighbours without a hole between them are read together; computed points come along."""
        run: list[PlannedRead] = []
        for number, place in enumerate(self._places):
            is_good = number not in self._refused and number not in self._unknown
            if run and (not is_good or place.address != run[-1].address + run[-1].count):
                yield self._joined(run)
                run = []
            if is_good:
                run.append(place)
        if run:
            yield self._joined(run)

    def _joined(self, run: list[PlannedRead]) -> PlannedRead:
        here = {point.id for place in run for point in place.points}
        points = tuple(
            point
            for point in self.whole.points
            if point.id in here
            or ((tilt := point.tilt) is not None and {tilt.x, tilt.y, tilt.z} <= here)
        )
        count = sum(place.count for place in run)
        return replace(self.whole, address=run[0].address, count=count, points=points)


def can_be_parted(read: PlannedRead) -> bool:
    """Whether it has more than one place, or reads over a hole."""
    places = list(_places(read))
    return len(places) > 1 or (bool(places) and places[0].count < read.count)


def _places(read: PlannedRead) -> Iterator[PlannedRead]:
    """By address, what has to be read in one piece: values that overlap stay together."""
    registers = sorted(
        (
            (point.register.address, point.register.count, point)
            for point in read.points
            if point.register
        ),
        key=lambda one: one[:2],
    )
    start, end, points = -1, -1, list[Point]()
    for address, count, point in registers:
        if points and address >= end:
            yield replace(read, address=start, count=end - start, points=tuple(points))
            points = []
        start = address if not points else start
        end = max(end, address + count) if points else address + count
        points.append(point)
    if points:
        yield replace(read, address=start, count=end - start, points=tuple(points))
