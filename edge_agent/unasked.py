"""What a line hears that nobody asked for: how much, and whether two devices have one address."""

from collections import deque
from collections.abc import Iterator, Mapping

import msgspec

from edge_agent.health import LineHealth, Unasked, UnitHealth
from edge_agent.unasked_words import doubled_text, loud_text

_WINDOW_US = 600_000_000
_MINUTE_US = 60_000_000
_STEP_US = 10_000_000
_LEAST = 10  # of fewer answers too many a share says nothing
_BEGINS, _ENDS = 0.05, 0.01  # of the requests in the window


class _Look(msgspec.Struct, frozen=True):
    """Counts since the start. `units`: requests, and answers that no request explains."""

    at_us: int
    discarded: int
    units: dict[int, tuple[int, int]]


class UnaskedMeter:
    """Of one line. `devices` by unit; `character_us`: on the wire, None where it has no speed."""

    def __init__(self, line: str, devices: Mapping[int, str], character_us: float | None) -> None:
        self._line = line
        self._devices = devices
        self._character_us = character_us
        self._looks: deque[_Look] = deque()
        self._seen = Unasked()

    @property
    def kept(self) -> int:
        """How many looks are remembered: ten minutes of them."""
        return len(self._looks)

    def seen(self) -> Unasked:
        """As of the last look."""
        return self._seen

    def look(self, health: LineHealth, now_us: int) -> list[str]:
        """Take these counts in; what began to be wrong is to be told, once."""
        newest = _Look(now_us, health.discarded_bytes, dict(_counted(health.units, self._devices)))
        before, first = self._seen, self._looks[0] if self._looks else newest
        self._seen = self._judged(first, newest)
        if not self._looks or now_us - self._looks[-1].at_us >= _STEP_US:
            self._looks.append(newest)
        while len(self._looks) > 1 and self._looks[1].at_us <= now_us - _WINDOW_US:
            self._looks.popleft()
        return list(self._news(before))

    def _news(self, before: Unasked) -> Iterator[str]:
        for device in self._seen.doubled:
            if device not in before.doubled:
                yield doubled_text(self._line, device)
        if self._seen.is_loud and not before.is_loud:
            yield loud_text(self._line, self._seen)

    def _judged(self, first: _Look, newest: _Look) -> Unasked:
        start = first
        for one in self._looks:
            if one.at_us > newest.at_us - _MINUTE_US:
                break
            start = one
        spent_us = max(newest.at_us - start.at_us, _MINUTE_US)
        count = round((newest.discarded - start.discarded) * _MINUTE_US / spent_us)
        share = None if self._character_us is None else count * self._character_us / _MINUTE_US
        doubled = (
            name for unit, name in self._devices.items() if self._is_doubled(unit, first, newest)
        )
        return Unasked(count, share, tuple(doubled))

    def _is_doubled(self, unit: int, first: _Look, newest: _Look) -> bool:
        """Whether more answers came than were asked for; it ends later than it begins."""
        was_asked, was_over = first.units.get(unit, (0, 0))
        asked, over = newest.units.get(unit, (0, 0))
        asked, over = asked - was_asked, over - was_over
        if self._devices[unit] in self._seen.doubled:
            return over > _ENDS * asked
        return over >= _LEAST and over > _BEGINS * asked


def _counted(
    units: tuple[UnitHealth, ...], devices: Mapping[int, str]
) -> Iterator[tuple[int, tuple[int, int]]]:
    """The answer to a question that failed or was given up may still come, and is no other's."""
    for one in units:
        if one.unit in devices:
            failed = one.requests - one.replies - one.exceptions + one.cancelled
            yield one.unit, (one.requests, one.stale - failed)
