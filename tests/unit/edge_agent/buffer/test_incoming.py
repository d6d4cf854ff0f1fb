"""Rows brought in keep their keys and stay out of sight until all are in; counts are whole."""

import sqlite3

import pytest

from edge_agent.buffer import anchors, incoming, numbers, rows, stored
from edge_agent.buffer.adopt import FILE_BROKEN, Adopted
from edge_agent.buffer.found import Found
from edge_agent.buffer.incoming import NoNumbersError
from tests.five_rows import DRAFT, A, five_rows, new
from wire.identity import Anchor
from wire.receipt import Receipt
from wire.topic import Lane

B, C = "b" * 16, "c" * 16


@pytest.fixture
def found() -> Found:
    return five_rows()


def begin(disk: sqlite3.Connection, found: Found, most: int = 99) -> list[incoming.Place]:
    """Bring in so many rows; they are not shown yet."""
    places = incoming.planned(disk, found, incoming.lowest(disk))
    for place in places:
        standing = found.rows.standing(place.one.lane, place.one.id, below=place.below)
        for _, row in zip(range(most), standing, strict=False):
            if place.number is not None:
                stored.write(disk, place.row(row))
    return places


def bring(disk: sqlite3.Connection, found: Found) -> Adopted:
    places = begin(disk, found)
    return incoming.show(disk, found, [(one, incoming.count(disk, one)) for one in places], "x")


def test_all_that_was_found_is_there(found: Found) -> None:
    disk = new()
    assert bring(disk, found) == Adopted(4, 40, 0)
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 40, 0, {})
    now, before = rows.state(disk, Lane.BULK, B)
    assert (now.base, now.prev) == (0, None)  # of another file, as it has stated itself
    assert (before.floor, before.last, before.taken) == (2, 5, 50)


def test_rows_on_broken_pages_are_given_up_by_name(found: Found) -> None:
    for number in sorted(found.rows)[1:3]:
        del found.rows[number]
    disk = new()
    assert bring(disk, found) == Adopted(2, 20, 20)
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 20, 0, {FILE_BROKEN: 20})
    assert rows.state(disk, Lane.BULK, B)[1].dropped == {FILE_BROKEN: 20}


def test_without_its_epoch_and_sums_a_row_still_goes_under_its_key(found: Found) -> None:
    found.epochs.clear()
    found.lanes.clear()
    disk = new()
    bring(disk, found)
    now, before = rows.state(disk, Lane.BULK, B)
    assert (before.floor, before.last, before.taken, before.base) == (2, 5, 50, 0)
    assert (now.base, now.prev) == (0, None)


def test_what_comes_back_after_its_receipt_is_not_counted_twice(found: Found) -> None:
    one = found.epochs[Lane.BULK, A]
    one.stored, one.rows_gone = 30, 3
    disk = new()
    assert bring(disk, found).lost == 0
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 40, 0, {})


def test_a_row_for_which_a_thinned_one_stands_is_left_out(found: Found) -> None:
    (last,) = sorted(found.rows)[-1:]
    thinned = found.rows[last]
    fields = {name: getattr(thinned, name) for name in stored.Stored.__struct_fields__}
    fields |= {"first": 4, "taken": 20, "kept": 3, "covers": "[[4,10,1],[5,10,2]]"}
    found.rows[last] = stored.Stored(**fields)
    disk = new()
    bring(disk, found)
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [2, 3, 5]
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 40, 0, {})


def test_nothing_of_it_is_seen_before_all_is_in(found: Found) -> None:
    disk = new()
    for _ in range(2):
        begin(disk, found, most=2)
        assert rows.rows_after(disk, Lane.BULK, 0, 9) == []
        assert [one.epoch for one in rows.state(disk, Lane.BULK, B)] == [B]
        assert rows.ledger(disk, Lane.BULK) == rows.Ledger(0, 0, 0, 0, {})
        rows.commit(disk, Lane.URGENT, B, [DRAFT])
    rows.commit(disk, Lane.BULK, B, [DRAFT])
    assert [row.key.epoch for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [B]
    assert bring(disk, found) == Adopted(4, 40, 0)
    seen = [(row.key.epoch, row.key.seq) for row in rows.rows_after(disk, Lane.BULK, 0, 9)]
    assert seen == [(A, 2), (A, 3), (A, 4), (A, 5), (B, 1)]


def test_what_began_goes_on_below_what_is_in(found: Found) -> None:
    disk = new()
    (first,) = begin(disk, found, most=3)
    (again,) = incoming.planned(disk, found, incoming.lowest(disk))
    assert (again.number, again.below) == (first.number, 3)


def test_the_epochs_of_this_file_follow_one_another_as_if_nothing_had_come(found: Found) -> None:
    disk = new()
    rows.commit(disk, Lane.BULK, B, [DRAFT] * 2)
    bring(disk, found)
    rows.commit(disk, Lane.BULK, B, [DRAFT])
    now, *others = rows.state(disk, Lane.BULK, C)
    assert (now.base, now.prev) == (30, B)
    assert {one.epoch: (one.base, one.prev) for one in others} == {A: (0, None), B: (0, None)}
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(80, 10, 70, 0, {})
    rows.receive(disk, Receipt(Lane.BULK, A, ((1, 5),), (A,), None, 0), C)
    rows.receive(disk, Receipt(Lane.BULK, B, ((1, 3),), (B,), None, 0), C)
    (now,) = rows.state(disk, Lane.BULK, C)
    assert (now.base, now.prev) == (30, B)
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(80, 80, 0, 0, {})


def test_of_an_epoch_that_is_here_only_newer_rows_come(found: Found) -> None:
    disk = new()
    rows.commit(disk, Lane.BULK, A, [DRAFT] * 3)
    rows.receive(disk, Receipt(Lane.BULK, A, ((1, 3),), (), None, 0), A)
    found.lanes.clear()
    found.epochs[Lane.BULK, A].base = 0
    assert bring(disk, found) == Adopted(2, 20, 0)
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [4, 5]


def test_when_the_file_was_taken_away_meanwhile_what_is_in_is_in(found: Found) -> None:
    disk = new()
    begin(disk, found, most=2)
    assert bring(disk, Found()) == Adopted(2, 20, 30)
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [4, 5]
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 0, 20, 0, {FILE_BROKEN: 30})


def test_without_numbers_nothing_begins(found: Found) -> None:
    disk = new()
    with pytest.raises(NoNumbersError):
        incoming.planned(disk, found, 1)


def test_numbers_are_never_below_those_in_use(found: Found) -> None:
    disk = new()
    assert incoming.lowest(disk) == 1 << 20
    (place,) = begin(disk, found)
    assert place.number == (1 << 20) - 1
    assert incoming.lowest(disk) == (1 << 20) - 1


def test_what_is_done_is_known_until_it_is_forgotten(found: Found) -> None:
    disk = new()
    assert not incoming.is_done(disk, "x")
    bring(disk, found)
    assert incoming.is_done(disk, "x")
    assert incoming.done(disk) == ["x"]
    incoming.forget(disk, ["x"])
    assert incoming.done(disk) == []


def test_a_start_gets_numbers_that_only_grow_and_the_clock(found: Found) -> None:
    found.anchors[1] = Anchor("boot", 5, 50)
    found.numbers["last_utc_us"] = 70
    found.numbers |= {"wear_us": 9, "wear:bulk": 4_000, "schema": 99}
    disk = new()
    for _ in range(2):
        incoming.carry(disk, found)
    assert rows.next_connection(disk) == 5
    incoming.carry(disk, found)
    assert rows.next_connection(disk) == 6
    assert anchors.known(disk, "boot") == anchors.Known(Anchor("boot", 5, 50), 70)
    assert numbers.kept(disk, "wear_us") == 9
    assert numbers.kept(disk, numbers.wear("bulk")) == 4_000
    assert numbers.number(disk, numbers.SCHEMA) == rows.SCHEMA_VERSION
