"""Tells a person which points change without end, by name, once when it begins."""

from collections.abc import Callable

from edge_agent.buffer.pace import Pace

LOOK_US = 1_000_000


class Chatter:
    """`look` as often as it suits, it does so each second; what comes back after a rest is told."""

    def __init__(self, pace: Pace, tell: Callable[[str], None]) -> None:
        self._pace = pace
        self._tell = tell
        self._told: set[tuple[str, str]] = set()
        self._next_us = 0

    def look(self, now_us: int) -> None:
        if now_us < self._next_us:
            return
        self._next_us = now_us + LOOK_US
        now = set(self._pace.chattering(now_us))
        for device, point in sorted(now - self._told):
            self._tell(
                f"{device}:{point} changes without end: its changes are committed together, once a"
                " second, to spare the card; look at its wiring or its deadband"
            )
        self._told = now
