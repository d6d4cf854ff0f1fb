"""How much waits in a lane, and since when."""

import sqlite3

from edge_agent.buffer.backlog import Backlog, backlog
from edge_agent.buffer.rows import Draft, commit, migrate
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane


def test_a_backlog_is_counted_from_its_oldest_batch() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    assert backlog(connection, Lane.URGENT) == Backlog(0, 0, None, 0)
    for mono_ms in (700, 900):
        base = Base("boot-1", mono_ms, ClockState.UNSET)
        commit(connection, Lane.URGENT, "a" * 16, [Draft(2, base, Encoding.RAW, b"[12345]")])
    assert backlog(connection, Lane.URGENT) == Backlog(2, 14, "boot-1", 700)
    assert backlog(connection, Lane.BULK) == Backlog(0, 0, None, 0)
    connection.close()
