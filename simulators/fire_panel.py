"""A GST9000 fire panel as its printer port tells it: fires of a building's detectors, in GBK."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from simulators.fault import FaultPlan
from simulators.stream_fault import UNCHECKED_KINDS
from simulators.stream_outlet import StreamOutlet
from simulators.wire_time import WireFormat

# Resellers' pages of the GST9000, with two fires and a reset byte by byte; the speed is assumed.
PANEL_FORMAT: Final = WireFormat(9600, "N", 1)
STAMP, EVENT = b"\x1b6", b"\x1b9"
FIRST, FURTHER, RESET = "首次火警", "火警后续", "系统复位"
FRAME_NAMES: Final = {FIRST: "fire", FURTHER: "follow-up", RESET: "reset"}
SMOKE, HEAT, BUTTON = "感烟探测器", "感温探测器", "手动报警按钮"
MOST_WAITING: Final = 1000
LAST_PLACE: Final = 999
IDLE_US: Final = 1_000_000

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector as the panel's programmer named it. Raises ValueError for what GBK has not."""

    place: str
    kind: str = SMOKE

    def __post_init__(self) -> None:
        """Refuse what would break the layout."""
        if not all(text and text.isprintable() for text in (self.place, self.kind)):
            raise ValueError("a detector has a place and a kind, each one line of text")
        (self.place + self.kind).encode("gbk")


BUILDING: Final[Mapping[Place, Detector]] = {
    (1, 12): Detector("一层大厅"),
    (4, 4): Detector("裙楼一层上空"),
    (4, 5): Detector("裙楼一层厨房", HEAT),
    (6, 7): Detector("中烟六层计划部"),
    (6, 20): Detector("六层东楼梯口", BUTTON),
}


def printed(moment: datetime, event: str, place: Place | None, detector: Detector | None) -> bytes:
    """Return an event as the panel prints it; one without a detector stands alone."""
    where = "" if place is None else f"{place[0]:03d}-{place[1]:03d}"
    told = [event] if detector is None else [event, detector.place, detector.kind]
    stamp = STAMP + f"{moment:%y/%m/%d  %H:%M}\n  {where}\n".encode("ascii")
    return stamp + EVENT + "\n".join(told).encode("gbk") + b"\n\n"


class FirePanel:
    """The panel; conditions by method, from any thread. It prints, and hears nothing.

    The first fire since a reset is printed as the first one, further detectors as follow-ups, each
    once. That a fire is over is never printed. Assumed, as the pages are silent: what still burns
    is printed again 2 s after a reset, a restart prints nothing of its own, and its clock goes on
    without power. It shows a time that nobody has set for years until `set_clock`.
    """

    def __init__(
        self,
        detectors: Mapping[Place, Detector] = BUILDING,
        *,
        shows: datetime = datetime(2008, 12, 2, 17, 24),  # noqa: DTZ001 - a panel knows no zone
        again_us: int = 2_000_000,
        record: bool = False,
        seed: int = 0,
    ) -> None:
        """Wire the detectors to their loops; at the first `due` its clock shows `shows`.

        Raises ValueError for a loop or part that three digits do not hold.
        """
        for place in detectors:
            if not all(0 <= part <= LAST_PLACE for part in place):
                raise ValueError(f"{place}: loop and part are from 0 to {LAST_PLACE}")
        self.faults = FaultPlan(allowed=UNCHECKED_KINDS, seed=seed)
        self.outlet = StreamOutlet(self.faults, checksum_at=None, record=record)
        self.detectors = dict(detectors)
        self._shows = shows
        self._shown_from_us: int | None = None
        self._again_us = again_us
        self._silent_until_us = 0
        self._burning: tuple[Place, ...] = ()
        self._told: dict[Place, None] = {}
        self._waiting: deque[Place | None] = deque(maxlen=MOST_WAITING)

    def set_fire(self, loop: int, part: int, on: bool) -> None:  # noqa: FBT001 - as a sentence
        """Let it burn at a detector, or no longer. Raises ValueError for one that is not there."""
        place = (loop, part)
        if place not in self.detectors:
            known = ", ".join(f"{one[0]} {one[1]}" for one in self.detectors)
            raise ValueError(f"no detector {loop} {part}; there are {known}")
        others = tuple(one for one in self._burning if one != place)
        self._burning = (*others, place) if on else others
        if on:
            self._waiting.append(place)

    def reset(self) -> None:
        """Let somebody reset it at its keys."""
        self._waiting.append(None)

    def set_clock(self, shows: datetime, now: int) -> None:
        """Set its clock, to local time as people do."""
        self._shows, self._shown_from_us = shows, now

    def restart(self, ready_us: int) -> None:
        """Take its power away and give it back: it forgets, and finds what burns at `ready_us`."""
        self.outlet.clear()
        self._begin_again(ready_us)

    def state(self) -> dict[str, float]:
        """Return how many detectors burn in truth, and how many it has told since its reset."""
        return {"burning": len(self._burning), "told": len(self._told)}

    def due(self, now: int) -> bytes:
        """Return what it begins to print by `now` (µs)."""
        if self._shown_from_us is None:
            self._shown_from_us = now
        while self._waiting and now >= self._silent_until_us:
            place = self._waiting.popleft()
            if place is None:
                self._print(RESET, None, now)
                self._begin_again(now + self._again_us)
            elif place not in self._told:
                self._print(FURTHER if self._told else FIRST, place, now)
                self._told[place] = None
        return self.outlet.due(now)

    def received(self, _data: bytes, _now: int) -> bytes:
        """It does not listen."""
        return b""

    def wake_us(self, now: int) -> int:
        """Return when `due` may have something to say next."""
        times = [now + IDLE_US]
        times += [max(now, self._silent_until_us)] if self._waiting else []
        times += [] if self.outlet.next_us is None else [self.outlet.next_us]
        return min(times)

    def _begin_again(self, from_us: int) -> None:
        self._told.clear()
        self._waiting.clear()
        self._waiting.extend(self._burning)
        self._silent_until_us = from_us

    def _print(self, event: str, place: Place | None, now: int) -> None:
        from_us = now if self._shown_from_us is None else self._shown_from_us
        passed = timedelta(microseconds=now - from_us)
        detector = None if place is None else self.detectors[place]
        frame = printed(self._shows + passed, event, place, detector)
        self.outlet.send(FRAME_NAMES[event], frame, now)
