"""Keeps on disk what a run has written to its card, so that the rates do not begin anew with it."""

import sqlite3
from collections.abc import Callable
from typing import Final

from edge_agent.buffer import numbers
from edge_agent.buffer.thread_io import written_by_this_thread
from edge_agent.buffer.wear import Meter, Purpose, Worn

_KEPT_US: Final = 3_600_000_000
"""How often it rides with a commit: a crash forgets no more, and there is no commit for it."""


class KeptWear:
    """`meter` counts this run. `mono_us` is the boot's clock; a run begins when this is made."""

    def __init__(
        self,
        mono_us: Callable[[], int],
        written: Callable[[], int | None] = written_by_this_thread,
    ) -> None:
        self._mono_us = mono_us
        self._written = written
        self._began_us = self._kept_us = self._riding_us = mono_us()
        self._before = Worn()
        self.is_ending = False
        self.meter = Meter()

    def remember(self, connection: sqlite3.Connection) -> None:
        """Take up what earlier runs wrote. Raise DamagedError."""
        by_purpose = {one: numbers.kept(connection, numbers.wear(one)) for one in Purpose}
        over_us = numbers.kept(connection, numbers.WEAR_US)
        self._before = Worn(over_us, by_purpose).lately()

    def so_far(self) -> Worn:
        """Of the runs before and of this one."""
        ran_us = max(self._mono_us() - self._began_us, 0)
        return self._before + Worn(ran_us, dict(self.meter.by_purpose))

    def begin(self, connection: sqlite3.Connection, purpose: Purpose) -> None:
        """First thing in a transaction, in the writing thread; now and then it keeps the counts."""
        self.meter.begin(purpose, self._written())
        now_us = self._mono_us()
        if now_us - self._kept_us < _KEPT_US and not self.is_ending:
            return
        self._riding_us = now_us
        worn = self.so_far()
        numbers.note(connection, numbers.WEAR_US, worn.over_us)
        for one, written in worn.by_purpose.items():
            numbers.note(connection, numbers.wear(one), written)

    def committed(self) -> None:
        """The transaction that began last is on disk."""
        self._kept_us = max(self._kept_us, self._riding_us)
