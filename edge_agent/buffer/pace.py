"""Which transitions are committed at once, so that a chattering device does not wear the card.

Nothing is held back but the sync: what is not committed at once joins the group of its second, in
order and whole. A point that was quiet for a minute is never made to wait.
"""

from enum import StrEnum

import msgspec

_MINUTE_US = 60_000_000
_MINUTES, _SECONDS = 1_440, 86_400  # of a day


class Passage(StrEnum):
    """How soon a transition is committed, and why."""

    AT_ONCE = "at_once"
    POINT_CHATTERS = "point_chatters"
    ALL_CHATTER = "all_chatter"


class Budget(msgspec.Struct, frozen=True):
    """Syncs at once: `burst` after a long rest, `per_minute` for ever."""

    burst: int
    per_minute: int


POINT = Budget(burst=20, per_minute=6)
TOTAL = Budget(burst=120, per_minute=30)


class _Bucket(msgspec.Struct):
    budget: Budget
    left: float
    at_us: int

    def take(self, now_us: int) -> bool:
        refilled = self.left + (now_us - self.at_us) * self.budget.per_minute / _MINUTE_US
        self.left, self.at_us = min(refilled, self.budget.burst), now_us
        if self.left < 1:
            return False
        self.left -= 1
        return True


class _Point(msgspec.Struct):
    bucket: _Bucket
    seen_us: int
    grouped_us: int | None = None


class Pace(msgspec.Struct):
    """Of one agent: a budget for each point and one for all together."""

    point: Budget = POINT
    total: Budget = TOTAL
    _points: dict[tuple[str, str], _Point] = msgspec.field(default_factory=dict)
    _all: _Bucket | None = None

    def judge(self, place: tuple[str, str], now_us: int) -> Passage:
        """How soon a transition of the point at `place` (device, point) is committed."""
        if self._all is None:
            self._all = _Bucket(self.total, self.total.burst, now_us)
        known = self._points.get(place)
        if known is None:
            known = _Point(_Bucket(self.point, self.point.burst, now_us), now_us - _MINUTE_US)
            self._points[place] = known
        was_quiet = now_us - known.seen_us >= _MINUTE_US
        known.seen_us = now_us
        passage = self._passage(known, self._all, now_us, was_quiet=was_quiet)
        if passage is not Passage.AT_ONCE:
            known.grouped_us = now_us
        return passage

    @staticmethod
    def _passage(known: _Point, together: _Bucket, now_us: int, *, was_quiet: bool) -> Passage:
        if not known.bucket.take(now_us):
            return Passage.POINT_CHATTERS
        if together.take(now_us) or was_quiet:
            return Passage.AT_ONCE
        return Passage.ALL_CHATTER

    def chattering(self, now_us: int) -> tuple[tuple[str, str], ...]:
        """Points of which a transition was made to wait within the last minute, by name."""
        return tuple(
            sorted(
                place
                for place, known in self._points.items()
                if known.grouped_us is not None and now_us - known.grouped_us < _MINUTE_US
            )
        )

    def commits_per_day(self) -> int:
        """The most commits that the points seen so far can cause, with a group each second."""
        points = len(self._points)
        quiet = points  # each once a minute
        at_once = min(self.total.per_minute + quiet, points * self.point.per_minute)
        return self.total.burst + _MINUTES * at_once + _SECONDS
