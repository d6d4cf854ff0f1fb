"""What is remembered of the current epochs is what the file says, whatever else was written."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer import rows
from edge_agent.buffer.heads import Heads
from runtime.database import connect, run_transaction
from wire.envelope import Base, ClockState, Encoding
from wire.receipt import Receipt
from wire.topic import Lane

A, OTHER = "a" * 16, "b" * 16
BASE = Base("boot", 7, ClockState.HOLDOVER)


def draft(taken: int = 1) -> rows.Draft:
    return rows.Draft(taken, BASE, Encoding.RAW, b"[]" * taken)


class TakenBackError(Exception):
    """Something in the transaction failed after rows were written."""


def commit(
    connection: sqlite3.Connection, heads: Heads, lane: Lane, *, is_taken_back: bool = False
) -> None:
    """One transaction as the lanes make it; it must state what the file says."""

    def work(inner: sqlite3.Connection) -> None:
        heads.begin(inner)
        heads.append(inner, lane, [draft(), draft(2)])
        assert heads.state(inner, lane) == rows.state(inner, lane, A)
        heads.end(inner)
        if is_taken_back:
            raise TakenBackError

    try:
        run_transaction(connection, work)
    except TakenBackError:
        return
    heads.committed()


def fresh(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    rows.migrate(connection)
    run_transaction(connection, lambda c: rows.commit(c, Lane.URGENT, OTHER, [draft()]))
    return connection


ACTS = st.sampled_from(["urgent", "bulk", "taken back", "receive", "give up", "forget other"])


@given(acts=st.lists(ACTS, max_size=12))
def test_it_states_what_the_file_says(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    heads = Heads(A)
    with closing(fresh(tmp_path_factory.mktemp("heads") / "buffer.db")) as connection:
        for act in acts:
            if act in ("urgent", "bulk"):
                commit(connection, heads, Lane(act))
            elif act == "taken back":
                commit(connection, heads, Lane.URGENT, is_taken_back=True)
            else:
                run_transaction(connection, partial(others_do, act=act))
            for lane in Lane:
                assert heads.look(connection, lane) == rows.state(connection, lane, A)
        commit(connection, heads, Lane.URGENT)
        held = rows.rows_after(connection, Lane.URGENT, 0, 99)
        keys = [row.key.seq for row in held if row.key.epoch == A]
        assert keys == sorted(set(keys))


def others_do(connection: sqlite3.Connection, act: str) -> None:
    """What the rest of the agent writes to the same file."""
    mine = [one for one in rows.rows_after(connection, Lane.URGENT, 0, 99) if one.key.epoch == A]
    if act == "receive" and mine:
        had = ((mine[0].key.seq, mine[0].key.seq),)
        rows.receive(connection, Receipt(Lane.URGENT, A, had, (), None, 0), A)
    elif act == "give up" and mine:
        rows.give_up(connection, mine[0].id, "urgent_full")
    elif act == "forget other":
        rows.receive(connection, Receipt(Lane.URGENT, OTHER, ((1, 1),), (OTHER,), None, 0), A)


def test_a_commit_after_a_commit_reads_nothing(tmp_path: Path) -> None:
    heads, asked = Heads(A), list[str]()
    with closing(fresh(tmp_path / "buffer.db")) as connection:
        commit(connection, heads, Lane.URGENT)

        def work(inner: sqlite3.Connection) -> None:
            heads.begin(inner)
            heads.append(inner, Lane.URGENT, [draft()])
            heads.state(inner, Lane.URGENT)
            heads.end(inner)

        connection.set_trace_callback(asked.append)
        run_transaction(connection, work)
    assert [one.split()[0] for one in asked] == ["BEGIN", "INSERT", "COMMIT"]


def test_what_leaves_between_two_commits_reads_what_is_stated_once(tmp_path: Path) -> None:
    heads, asked = Heads(A), list[str]()
    with closing(fresh(tmp_path / "buffer.db")) as connection:
        commit(connection, heads, Lane.URGENT)
        first = run_transaction(connection, lambda c: heads.look(c, Lane.URGENT))
        connection.set_trace_callback(asked.append)
        assert run_transaction(connection, lambda c: heads.look(c, Lane.URGENT)) == first
        assert [one.split()[0] for one in asked] == ["BEGIN", "COMMIT"]
        connection.set_trace_callback(None)
        commit(connection, heads, Lane.URGENT)
        (now, *_) = run_transaction(connection, lambda c: heads.look(c, Lane.URGENT))
    assert (first[0].last, now.last) == (2, 4)
