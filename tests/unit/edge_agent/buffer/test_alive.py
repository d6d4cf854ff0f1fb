"""A statement that takes long calls again and again; one that is short need not."""

import sqlite3
from contextlib import closing

from edge_agent.buffer.alive import nobody, watched

COUNT = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) SELECT max(i) FROM n"
)


def test_it_is_called_while_a_statement_is_at_work() -> None:
    calls: list[int] = []

    def alive() -> None:
        calls.append(1)

    with closing(sqlite3.connect(":memory:")) as disk:
        watched(disk, alive)
        assert disk.execute(COUNT, (100_000,)).fetchone() == (100_000,)
        assert len(calls) > 10
        calls.clear()
        watched(disk, nobody)
        assert disk.execute(COUNT, (100_000,)).fetchone() == (100_000,)
        assert calls == []
