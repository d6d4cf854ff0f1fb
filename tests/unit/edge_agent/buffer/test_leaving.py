"""Rows as the uplink takes them: bounded, in order, none under way; where the young begin."""

import sqlite3
from collections.abc import Iterator

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.leaving import ENVELOPE_BYTES, Wanted, look, oldest_young
from edge_agent.buffer.rows import Draft
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane

EPOCH, BOOT = "a" * 16, "boot"
SIZE = 100


def draft(mono_ms: int, boot: str = BOOT) -> Draft:
    return Draft(1, Base(boot, mono_ms, ClockState.SYNCHRONISED), Encoding.RAW, bytes(SIZE))


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(made)
    rows.commit(made, Lane.BULK, EPOCH, [draft(1_000 * n) for n in range(200)])
    rows.commit(made, Lane.URGENT, EPOCH, [draft(0)])
    yield made
    made.close()


def wanted(
    after: int = 0,
    until: int | None = None,
    most: int = 500,
    size: int = 1 << 30,
    passed_over: frozenset[int] = frozenset(),
) -> Wanted:
    return Wanted(Lane.BULK, after, until, most, size, passed_over.__contains__)


def ids(connection: sqlite3.Connection, lane: Lane = Lane.BULK) -> list[int]:
    return rows.numbers_after(connection, lane, 0, 1_000)


def test_oldest_first_and_of_one_lane(connection: sqlite3.Connection) -> None:
    found = look(connection, wanted(most=3))
    assert [row.key.seq for row in found.rows] == [1, 2, 3]
    assert found.last == ids(connection)[2]
    assert {row.lane for row in found.rows} == {Lane.BULK}


def test_at_least_one_whatever_its_size(connection: sqlite3.Connection) -> None:
    assert len(look(connection, wanted(size=1)).rows) == 1
    assert len(look(connection, wanted(size=3 * (SIZE + ENVELOPE_BYTES))).rows) == 3


def test_a_span_has_an_end(connection: sqlite3.Connection) -> None:
    numbers = ids(connection)
    found = look(connection, wanted(after=numbers[9], until=numbers[11]))
    assert [row.id for row in found.rows] == numbers[10:12]
    assert look(connection, wanted(after=numbers[11], until=numbers[11])).last is None
    assert look(connection, wanted(after=numbers[-1])).last is None


def test_what_is_under_way_is_passed_over_however_much_it_is(
    connection: sqlite3.Connection,
) -> None:
    numbers = ids(connection)
    found = look(connection, wanted(most=2, passed_over=frozenset(numbers[:190])))
    assert [row.id for row in found.rows] == numbers[190:192]
    assert look(connection, wanted(passed_over=frozenset(numbers))).last is None


def test_the_young_are_the_newest_of_this_boot(connection: sqlite3.Connection) -> None:
    numbers = ids(connection)
    assert oldest_young(connection, Lane.BULK, BOOT, 190_000) == numbers[190]
    assert oldest_young(connection, Lane.BULK, BOOT, 10**9) == numbers[-1] + 1
    assert oldest_young(connection, Lane.BULK, "another", 0) == numbers[-1] + 1
    assert oldest_young(connection, Lane.BULK, BOOT, 0) == numbers[-32]


def test_in_an_empty_lane_all_that_comes_is_young() -> None:
    made = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(made)
    first = oldest_young(made, Lane.URGENT, BOOT, 0)
    rows.commit(made, Lane.URGENT, EPOCH, [draft(5)])
    assert ids(made, Lane.URGENT)[0] >= first
    made.close()
