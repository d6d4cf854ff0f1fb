"""What a fleet counts while it runs: messages, answers, latencies, and how each incident ended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from simulators.fleet.gateway import FleetGateway
from simulators.fleet.incident import Incident
from simulators.fleet.lane_buffer import Row
from simulators.fleet.latency import Latency
from wire.topic import Lane


@dataclass(slots=True)
class Tally:
    """`pubacks`: what the broker answered, by last word of the topic and outcome.

    `published` counts rows, `resent` those of them that were published before. `foreign`: what came
    down and is no receipt of ours. `late_us`: how late the generator itself was at worst.
    """

    published: int = 0
    resent: int = 0
    duplicates: int = 0
    heartbeats: int = 0
    births: int = 0
    alarms: int = 0
    receipts: int = 0
    foreign: Counter[str] = field(default_factory=Counter)
    pubacks: Counter[tuple[str, str]] = field(default_factory=Counter)
    latency: dict[Lane, Latency] = field(default_factory=lambda: {lane: Latency() for lane in Lane})
    late_us: int = 0

    def receipted(self, lane: Lane, rows: Iterable[Row], now_us: int) -> None:
        """Rows that a receipt let go: from when they were first published."""
        for row in rows:
            if row.first_us:
                self.latency[lane].add(now_us - row.first_us)


class Drill:
    """One incident as it goes: who was struck, when all were back, when what waited was through.

    `begin`, `back` and `look` are told in this order, with the microseconds since the start.
    """

    def __init__(self, incident: Incident, struck: Iterable[int]) -> None:
        self.incident = incident
        self.struck = tuple(struck)
        self.back_us: int | None = None
        self.drained_us: int | None = None
        self._marks: list[tuple[FleetGateway, Lane, int]] = []

    @property
    def ends_us(self) -> int:
        """From when on connections may come back."""
        return self.incident.at_us + self.incident.for_us

    @property
    def back_after_us(self) -> int | None:
        return None if self.back_us is None else self.back_us - self.ends_us

    @property
    def drained_after_us(self) -> int | None:
        return None if self.drained_us is None else self.drained_us - self.ends_us

    def back(self, now_us: int, gateways: Iterable[FleetGateway]) -> None:
        """All who were struck are back; what they hold now is what has to drain."""
        self.back_us = now_us
        self._marks = [
            (gateway, lane, gateway.lanes[lane].last) for gateway in gateways for lane in Lane
        ]

    def look(self, now_us: int) -> None:
        """Note when the last row held at that time has its receipt."""
        if self.back_us is None or self.drained_us is not None:
            return
        self._marks = [mark for mark in self._marks if mark[0].lanes[mark[1]].floor <= mark[2]]
        if not self._marks:
            self.drained_us = now_us
