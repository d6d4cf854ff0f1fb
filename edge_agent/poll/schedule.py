"""Which device of a line is asked next: the earliest deadline first, the dead within a budget."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

DEAD_AFTER = 3
"""Misses in a row after which a device is known to be dead."""

DEAD_SHARE_PER_CENT = 3
"""What the dead devices of a line may cost it together (design P5)."""

PROBE_US = 9_500_000
"""A single dead device is asked at least so often, so that its return shows within 10 s."""

_ASK_AGAIN_SHARE = 20
_ASK_AGAIN_LEAST_US = 1_000


class Why(StrEnum):
    """What a device waits for."""

    DUE = "due"
    PERIOD = "period"
    RESTING = "resting"
    PROBE = "probe"
    BUDGET = "budget"


class Miss(StrEnum):
    """What a missing answer makes of a device."""

    MISSED = "missed"
    FOUND_DEAD = "found_dead"
    STILL_DEAD = "still_dead"


@dataclass(frozen=True, slots=True)
class Choice:
    """The device to ask now, or None and when to choose again."""

    device: str | None
    at_us: int
    why: Why


@dataclass(slots=True)
class _Entry:
    name: str
    period_us: int
    due_us: int
    misses: int = 0
    served_us: int = 0

    @property
    def deadline_us(self) -> int:
        return max(self.due_us, self.served_us) + self.period_us

    @property
    def is_dead(self) -> bool:
        return self.misses >= DEAD_AFTER


class Schedule:
    """Holds the due times of a line's devices. All times are µs of one clock.

    A device that is due is served before its deadline (due + period) whenever the line has the
    time. On a line that has not, nobody starves: whoever was served gets a later deadline than
    everyone who has waited for long.
    """

    def __init__(self, periods_us: Mapping[str, int], now_us: int) -> None:
        """Make every device due now. Raise ValueError for a period that is not above 0."""
        for name, period in periods_us.items():
            if period <= 0:
                raise ValueError(f"{name}: the poll period is {period} us; it must be above 0")
        self._entries = {name: _Entry(name, us, now_us) for name, us in periods_us.items()}
        self._dead_not_before_us = now_us

    def choose(self, now_us: int, resting_until_us: Callable[[str], int]) -> Choice:
        """Return the device to ask now, or when to look again (as late as a minute from now)."""
        best: _Entry | None = None
        next_us, next_why = now_us + 60_000_000, Why.PERIOD
        for entry in self._entries.values():
            why, at_us = self._waits(entry, now_us, resting_until_us)
            if why is Why.DUE:
                if best is None or entry.deadline_us < best.deadline_us:
                    best = entry
            elif at_us < next_us:
                next_us, next_why = at_us, why
        if best is not None:
            return Choice(best.name, now_us, Why.DUE)
        return Choice(None, next_us, next_why)

    def waits(
        self, name: str, now_us: int, resting_until_us: Callable[[str], int]
    ) -> tuple[Why, int]:
        """Return what the device waits for, and until when."""
        return self._waits(self._entries[name], now_us, resting_until_us)

    def misses(self, name: str) -> int:
        return self._entries[name].misses

    def is_dead(self, name: str) -> bool:
        return self._entries[name].is_dead

    def answered(self, name: str, now_us: int) -> None:
        """Note an answer, be it a refusal: the device is alive, and its turn goes on.

        What it asks next in this turn has a later deadline, so that a long cycle, or a driver that
        never has enough, keeps nobody else from being asked.
        """
        entry = self._entries[name]
        entry.misses = 0
        entry.served_us = now_us

    def finished(self, name: str, now_us: int) -> None:
        """End the device's turn: it is due again at its next period, never at one gone by."""
        entry = self._entries[name]
        behind = max(now_us - entry.due_us, 0) // entry.period_us
        entry.due_us += (behind + 1) * entry.period_us

    def nothing_to_ask(self, name: str, now_us: int) -> None:
        """Note that the driver has no request yet: the device is due a twentieth period later.

        The grid of periods moves along, and so meets the driver's own.
        """
        entry = self._entries[name]
        entry.due_us = now_us + max(entry.period_us // _ASK_AGAIN_SHARE, _ASK_AGAIN_LEAST_US)

    def missed(self, name: str, started_us: int, ended_us: int) -> Miss:
        """Note that no answer came, and what that cost the line.

        Once the device is known to be dead, every miss keeps all dead devices of the line away for
        so long that together they cost at most 3 % of its time.
        """
        entry = self._entries[name]
        was_dead = entry.is_dead
        entry.misses += 1
        if not entry.is_dead:
            return Miss.MISSED
        pause_us = -(-(ended_us - started_us) * 100 // DEAD_SHARE_PER_CENT)
        self._dead_not_before_us = max(self._dead_not_before_us, started_us + pause_us)
        entry.due_us = started_us + max(PROBE_US, pause_us)
        return Miss.STILL_DEAD if was_dead else Miss.FOUND_DEAD

    def _waits(
        self, entry: _Entry, now_us: int, resting_until_us: Callable[[str], int]
    ) -> tuple[Why, int]:
        due = (entry.due_us, Why.PROBE if entry.is_dead else Why.PERIOD)
        rest = (resting_until_us(entry.name), Why.RESTING)
        budget = (self._dead_not_before_us if entry.is_dead else now_us, Why.BUDGET)
        at_us, why = max(due, rest, budget, key=lambda wait: wait[0])
        return (Why.DUE, now_us) if at_us <= now_us else (why, at_us)
