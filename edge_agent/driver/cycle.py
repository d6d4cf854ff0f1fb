"""When a set of planned reads is due, one after another, on a grid of its period."""

from collections.abc import Sequence

_EARLY_SHARE = 10
"""A cycle may begin a tenth of its period early: the poller keeps a grid of its own."""


class Cycle:
    """The reads of one turn, by their numbers. All times are microseconds of one monotonic clock.

    Call `due`, do the read that it names, then `done`, and so on until `due` gives None: the cycle
    is over until about `next_us`. Periods that were missed are skipped, not caught up.
    """

    def __init__(self, reads: Sequence[tuple[int, int]], period_us: int) -> None:
        """Take each read's number with how often it is wanted at the most (0: in every cycle)."""
        self._every_us = dict(reads)
        self._not_before_us = dict.fromkeys(self._every_us, 0)
        self._period_us = period_us
        self._early_us = period_us // _EARLY_SHARE
        self._began_us = 0
        self._left: list[int] = []
        self.next_us: int | None = None

    @property
    def reads(self) -> tuple[int, ...]:
        return tuple(self._every_us)

    def due(self, now_us: int) -> int | None:
        """The next read of the cycle, None between two; asked again it is the same."""
        if not self._left and not self._begin(now_us):
            return None
        return self._left[0]

    def done(self, now_us: int, *, was_told: bool) -> None:
        """On to the next read, or to the next cycle that is still ahead.

        `was_told`: it brought what it is read for, so that it is not wanted again before its time.
        """
        read = self._left.pop(0)
        if was_told:
            self._not_before_us[read] = now_us + self._every_us[read]
        if not self._left:
            behind = max(0, now_us - self._began_us)
            self.next_us = self._began_us + self._period_us * max(1, -(-behind // self._period_us))

    def all_anew(self, now_us: int) -> None:
        """Want everything in the next cycle: the device may have been given other settings."""
        self._not_before_us = dict.fromkeys(self._every_us, now_us)

    def _begin(self, now_us: int) -> bool:
        """Begin a cycle if its time has come, on the grid of the one before if there is one."""
        if self.next_us is None:
            self._began_us = now_us
        elif now_us < self.next_us - self._early_us:
            return False
        else:
            is_on_grid = now_us < self.next_us + self._period_us
            self._began_us = self.next_us if is_on_grid else now_us
        self._left = [read for read in self._every_us if self._is_wanted(read, now_us)]
        self._left = self._left or [next(iter(self._every_us))]
        return True

    def _is_wanted(self, read: int, now_us: int) -> bool:
        return now_us >= self._not_before_us[read] - self._early_us
