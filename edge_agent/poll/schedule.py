"""Which turn of a line is next: hard periods first, the rest in what is left, few of the dead."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from operator import attrgetter

import msgspec

from edge_agent.exchange import Claim

DEAD_AFTER = 3
"""Misses in a row after which a device is known to be dead."""

DEAD_SHARE_PER_CENT = 3
"""What the dead devices of a line may cost it together (design P5)."""

SOFT_SHARE_PER_CENT = 5
"""What the soft turns of a line get at the least, however much the hard ones ask for."""

PROBE_US = 9_500_000
"""A single dead device is asked at least so often, so that its return shows within 10 s."""

_ASK_AGAIN_SHARE = 20
_ASK_AGAIN_LEAST_US = 1_000
_LONGEST_US = 60_000_000


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


class Turn(msgspec.Struct, frozen=True):
    """The reads of one device that stand or fall together: they have one period and one claim."""

    device: str
    claim: Claim
    period_us: int


class Choice(msgspec.Struct, frozen=True):
    """The turn to take now, or None and when to choose again."""

    turn: Turn | None
    at_us: int
    why: Why


class _Device:
    """No Struct, as _Entry is none."""

    __slots__ = ("misses", "turns")

    def __init__(self) -> None:
        self.misses = 0
        self.turns: list[_Entry] = []

    @property
    def is_dead(self) -> bool:
        return self.misses >= DEAD_AFTER


class _Entry:
    """No Struct: its fields are set with each answer, which costs those five times as much."""

    __slots__ = ("deadline_us", "device", "due_us", "is_hard", "served_us", "turn")

    def __init__(self, turn: Turn, device: _Device, due_us: int) -> None:
        self.turn, self.device, self.due_us = turn, device, due_us
        self.served_us = 0
        self.is_hard = turn.claim is Claim.HARD
        self.settle()

    def settle(self) -> None:
        """Whoever was served gets a later deadline than all who have waited for longer."""
        self.deadline_us = max(self.due_us, self.served_us) + self.turn.period_us

    def due(self, at_us: int) -> None:
        self.due_us = at_us
        self.settle()


class Schedule:
    """Holds the due times of a line's turns. All times are µs of one clock.

    A hard turn that is due goes before every soft one, and among its like the earliest deadline
    (due + period) goes first; so do soft turns in the time that is left. Where that is nothing,
    they get SOFT_SHARE_PER_CENT of the line all the same, so that nobody starves. On a line that
    has too little time even for its hard turns, they all come later, and none of them starves.
    """

    def __init__(self, turns: Iterable[Turn], now_us: int) -> None:
        """Make every turn due now. Raise ValueError for a period that is not above 0."""
        self._devices: dict[str, _Device] = {}
        self._entries: dict[tuple[str, Claim], _Entry] = {}
        self._all: tuple[_Entry, ...] = ()
        self._dead_not_before_us = now_us
        self._soft_owed_us = now_us
        for turn in turns:
            self._add(turn, now_us)

    def regroup(self, device: str, turns: Iterable[Turn], now_us: int) -> None:
        """Give the device other turns: all due as the earliest of those before was."""
        entry = self._devices[device]
        due_us = min((one.due_us for one in entry.turns), default=now_us)
        for one in entry.turns:
            del self._entries[device, one.turn.claim]
        entry.turns.clear()
        for turn in turns:
            self._add(turn, due_us)

    def choose(self, now_us: int, resting_until_us: Callable[[str], int]) -> Choice:
        """Return the turn to take now, or when to look again (as late as a minute from now)."""
        likely = self._likely(now_us)
        if likely is not None and self._waits(likely, now_us, resting_until_us)[0] is Why.DUE:
            return Choice(likely.turn, now_us, Why.DUE)
        best: dict[Claim, _Entry] = {}
        next_us, next_why = now_us + _LONGEST_US, Why.PERIOD
        for entry in self._entries.values():
            known = best.get(entry.turn.claim)
            if known is not None and known.deadline_us <= entry.deadline_us:
                continue
            why, at_us = self._waits(entry, now_us, resting_until_us)
            if why is Why.DUE:
                best[entry.turn.claim] = entry
            elif at_us < next_us:
                next_us, next_why = at_us, why
        if best:
            return Choice(self._first(best, now_us).turn, now_us, Why.DUE)
        return Choice(None, next_us, next_why)

    def _likely(self, now_us: int) -> _Entry | None:
        """Who is next unless its unit rests or is dead: found in one look at all."""
        hard: _Entry | None = None
        soft: _Entry | None = None
        for entry in self._all:
            if entry.due_us > now_us:
                continue
            if entry.is_hard:
                if hard is None or entry.deadline_us < hard.deadline_us:
                    hard = entry
            elif soft is None or entry.deadline_us < soft.deadline_us:
                soft = entry
        if hard is None or soft is None:
            return hard or soft
        return self._first({Claim.HARD: hard, Claim.SOFT: soft}, now_us)

    def _first(self, best: dict[Claim, _Entry], now_us: int) -> _Entry:
        hard, soft = best.get(Claim.HARD), best.get(Claim.SOFT)
        if hard is None or soft is None:
            return next(iter(best.values()))
        is_owed = now_us >= max(soft.deadline_us, self._soft_owed_us)
        return soft if is_owed else hard

    def beside(
        self,
        turn: Turn,
        now_us: int,
        resting_until_us: Callable[[str], int],
        most: int,
        *,
        is_told_at_once: bool = False,
    ) -> list[Turn]:
        """Turns of other devices that may be taken together with this one, `most` of them.

        They have its claim and are due, their devices answered last time, and the earliest deadline
        comes first. None beside a soft turn while a hard one is due; none beside a hard one unless
        each answer is told before the next is asked for: an alarm waits for nobody's answer.
        """
        is_hard = turn.claim is Claim.HARD
        if is_hard and not is_told_at_once:
            return []
        due = [one for one in self._all if one.due_us <= now_us]
        if not is_hard and any(one.is_hard for one in due):
            return []
        found = [
            one
            for one in due
            if one.is_hard is is_hard
            and not one.device.misses
            and one.turn.device != turn.device
            and resting_until_us(one.turn.device) <= now_us
        ]
        found.sort(key=attrgetter("deadline_us"))
        return [one.turn for one in found[:most]]

    def waits(
        self, device: str, now_us: int, resting_until_us: Callable[[str], int]
    ) -> tuple[Why, int]:
        """Return what the device waits for, and until when."""
        waits = [
            self._waits(entry, now_us, resting_until_us) for entry in self._devices[device].turns
        ]
        return min(waits, key=lambda wait: wait[1])

    def misses(self, device: str) -> int:
        return self._devices[device].misses

    def is_dead(self, device: str) -> bool:
        return self._devices[device].is_dead

    @property
    def dead(self) -> tuple[str, ...]:
        """All that are known to be dead: usually none."""
        return tuple(name for name, one in self._devices.items() if one.misses >= DEAD_AFTER)

    def answered(self, turn: Turn, started_us: int, now_us: int) -> None:
        """Note an answer, be it a refusal: the device is alive, and its turn goes on.

        What it asks next in this turn has a later deadline, so that a long cycle, or a driver that
        never has enough, keeps nobody else from being asked.
        """
        entry = self._entries[turn.device, turn.claim]
        if entry.device.is_dead:
            for other in entry.device.turns:
                other.due(min(other.due_us, now_us))
        entry.device.misses = 0
        entry.served_us = now_us
        entry.settle()
        self._spent(turn, started_us, now_us)

    def finished(self, turn: Turn, now_us: int) -> None:
        """End the turn: it is due again at its next period, never at one gone by."""
        entry = self._entries[turn.device, turn.claim]
        behind = max(now_us - entry.due_us, 0) // turn.period_us
        entry.due(entry.due_us + (behind + 1) * turn.period_us)

    def nothing_to_ask(self, turn: Turn, now_us: int) -> None:
        """Note that the driver has no request yet: the turn is due a twentieth period later.

        The grid of periods moves along, and so meets the driver's own.
        """
        wait_us = max(turn.period_us // _ASK_AGAIN_SHARE, _ASK_AGAIN_LEAST_US)
        self._entries[turn.device, turn.claim].due(now_us + wait_us)

    def missed(self, turn: Turn, started_us: int, ended_us: int) -> Miss:
        """Note that no answer came, and what that cost the line.

        Once the device is known to be dead, every miss keeps all dead devices of the line away for
        so long that together they cost at most 3 % of its time.
        """
        entry = self._entries[turn.device, turn.claim]
        device = entry.device
        was_dead = device.is_dead
        device.misses += 1
        self._spent(turn, started_us, ended_us)
        if not device.is_dead:
            return Miss.MISSED
        pause_us = -(-(ended_us - started_us) * 100 // DEAD_SHARE_PER_CENT)
        self._dead_not_before_us = max(self._dead_not_before_us, started_us + pause_us)
        device.turns[0].due(started_us + max(PROBE_US, pause_us))
        return Miss.STILL_DEAD if was_dead else Miss.FOUND_DEAD

    def _add(self, turn: Turn, due_us: int) -> None:
        if turn.period_us <= 0:
            name = f"{turn.device}: the poll period is {turn.period_us} us"
            raise ValueError(f"{name}; it must be above 0")
        device = self._devices.setdefault(turn.device, _Device())
        entry = _Entry(turn, device, due_us)
        device.turns.append(entry)
        self._entries[turn.device, turn.claim] = entry
        self._all = tuple(self._entries.values())

    def _spent(self, turn: Turn, started_us: int, ended_us: int) -> None:
        """A soft turn that went before hard ones is paid for by letting as much time go by."""
        if turn.claim is Claim.SOFT:
            pause_us = (ended_us - started_us) * 100 // SOFT_SHARE_PER_CENT
            self._soft_owed_us = max(self._soft_owed_us, started_us + pause_us)

    def _waits(
        self, entry: _Entry, now_us: int, resting_until_us: Callable[[str], int]
    ) -> tuple[Why, int]:
        """What holds the turn up for longest; of a dead device only the first turn is taken."""
        at_us, why = entry.due_us, Why.PERIOD
        if entry.device.is_dead:
            first = entry.device.turns[0]
            at_us, why = first.due_us, Why.PROBE
            if self._dead_not_before_us > at_us:
                at_us, why = self._dead_not_before_us, Why.BUDGET
            if entry is not first:
                at_us = max(at_us, now_us + 1)
        rest_us = resting_until_us(entry.turn.device)
        if rest_us > at_us:
            at_us, why = rest_us, Why.RESTING
        return (Why.DUE, now_us) if at_us <= now_us else (why, at_us)
