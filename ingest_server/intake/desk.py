"""What was taken from a session into the journal: one transaction, or message by message."""

import asyncio
import logging
import sqlite3
from collections.abc import Sequence

import msgspec

from ingest_server.db.quarantine import Refused, set_aside
from ingest_server.intake.admit import Admitted, Arrival, admit
from ingest_server.intake.commit import Committed, commit
from runtime.clock import Clock
from runtime.database import Database

_log = logging.getLogger(__name__)

# What a single message may provoke in spite of admission. Other errors of SQLite are the disk's or
# the file's: the next message would meet them too.
OF_THE_MESSAGE = (
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    msgspec.MsgspecError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
)
INTAKE_FAILED = "intake_failed"


class Desk:
    """Enters arrivals into the journal, in order."""

    def __init__(self, journal: Database, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock

    async def enter(self, arrivals: Sequence[Arrival]) -> Committed:
        """Commit them all. Raises sqlite3.Error, and then nothing of them is committed.

        A message that can not be entered although it was admitted goes to the quarantine alone,
        as `intake_failed`: it must not hold up its lane for ever.
        """
        admitted = await asyncio.to_thread(lambda: [admit(arrival) for arrival in arrivals])
        now_us = self._clock.utc_us()
        try:
            return await self._journal.transact(lambda journal: commit(journal, admitted, now_us))
        except OF_THE_MESSAGE:
            _log.exception("%d messages can not be entered together", len(admitted))
            return await self._journal.transact(
                lambda journal: _one_by_one(journal, admitted, now_us)
            )


def _one_by_one(
    journal: sqlite3.Connection, admitted: Sequence[Admitted], now_us: int
) -> Committed:
    """Each within a savepoint, so that what one breaks is undone alone."""
    together = Committed()
    for one in admitted:
        journal.execute("SAVEPOINT message")
        try:
            committed = commit(journal, [one], now_us)
        except OF_THE_MESSAGE as error:
            journal.execute("ROLLBACK TO message")
            _log.exception("set aside a message to %s", one.arrival.topic)
            set_aside(journal, _refused(one, repr(error)))
        else:
            together.answers += committed.answers
            together.kinds |= committed.kinds
        journal.execute("RELEASE message")
    return together


def _refused(one: Admitted, detail: str) -> Refused:
    arrival = one.arrival
    return Refused(
        arrival.arrival_us,
        arrival.topic,
        None if one.topic is None else one.topic.gateway,
        INTAKE_FAILED,
        detail,
        arrival.properties,
        arrival.payload,
        arrival.content_type,
    )
