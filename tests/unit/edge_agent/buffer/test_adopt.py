"""Rows brought in keep their keys; what is nowhere is counted, what came back is not lost."""

import sqlite3

import pytest

from edge_agent.buffer import adopt, epochs, rows, stored
from edge_agent.buffer.adopt import FILE_BROKEN, Adopted
from edge_agent.buffer.found import Found
from edge_agent.buffer.row_id import span_of_lane
from edge_agent.buffer.spool import Spool
from wire.command import Command, CommandKind, encode_command
from wire.envelope import Base, ClockState, Encoding
from wire.receipt import Receipt
from wire.topic import Lane

A, B = "a" * 16, "b" * 16
BASE = Base("boot", 7, ClockState.HOLDOVER)


def new() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    return disk


@pytest.fixture
def found() -> Found:
    """An epoch of five rows of ten readings, of which the first is delivered; all sums saved."""
    disk = new()
    rows.commit(disk, Lane.BULK, A, [rows.Draft(10, BASE, Encoding.RAW, b"xx")] * 5)
    rows.receive(disk, Receipt(Lane.BULK, A, ((1, 1),), (), None, 0), A)
    one = epochs.named(disk, Lane.BULK, A)
    assert one is not None
    held = stored.between(disk, span_of_lane(Lane.BULK))
    gone = {lane: epochs.forgotten(disk, lane) for lane in Lane}
    return Found(Spool(held), {(Lane.BULK, A): one}, gone, {"connection": 4})


def test_all_that_was_found_is_there(found: Found) -> None:
    disk = new()
    assert adopt.replace_all(disk, found) == Adopted(4, 40, 0)
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 40, 0, {})
    now, before = rows.state(disk, Lane.BULK, B)
    assert (now.base, now.prev) == (50, A)
    assert (before.floor, before.last, before.taken) == (2, 5, 50)
    assert rows.next_connection(disk) == 5


def test_rows_on_broken_pages_are_given_up_by_name(found: Found) -> None:
    for number in sorted(found.rows)[1:3]:
        del found.rows[number]
    disk = new()
    assert adopt.replace_all(disk, found) == Adopted(2, 20, 20)
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 20, 0, {FILE_BROKEN: 20})
    assert rows.state(disk, Lane.BULK, B)[1].dropped == {FILE_BROKEN: 20}


def test_without_its_epoch_and_sums_a_row_still_goes_under_its_key(found: Found) -> None:
    found.epochs.clear()
    found.lanes.clear()
    disk = new()
    adopt.replace_all(disk, found)
    now, before = rows.state(disk, Lane.BULK, B)
    assert (before.floor, before.last, before.taken, before.base) == (2, 5, 50, 0)
    assert (now.base, now.prev) == (50, A)


def test_what_comes_back_after_its_receipt_is_not_counted_twice(found: Found) -> None:
    one = found.epochs[Lane.BULK, A]
    one.stored, one.rows_gone = 30, 3
    disk = new()
    assert adopt.replace_all(disk, found).lost == 0
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 40, 0, {})


def test_of_a_known_epoch_only_newer_rows_are_taken(found: Found) -> None:
    disk = new()
    rows.commit(disk, Lane.BULK, A, [rows.Draft(10, BASE, Encoding.RAW, b"xx")] * 3)
    rows.receive(disk, Receipt(Lane.BULK, A, ((1, 3),), (), None, 0), A)
    assert adopt.add(disk, found) == Adopted(2, 20, 0)
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [4, 5]
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 30, 20, 0, {})
    assert adopt.add(disk, found) == Adopted()


def test_a_row_for_which_a_thinned_one_stands_is_left_out(found: Found) -> None:
    (last,) = sorted(found.rows)[-1:]
    thinned = found.rows[last]
    fields = {name: getattr(thinned, name) for name in stored.Stored.__struct_fields__}
    fields |= {"first": 4, "taken": 20, "kept": 3, "covers": "[[4,10,1],[5,10,2]]"}
    found.rows[last] = stored.Stored(**fields)
    disk = new()
    adopt.replace_all(disk, found)
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [2, 3, 5]
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 10, 40, 0, {})


def test_a_command_that_was_not_answered_counts_as_begun(found: Found) -> None:
    said = encode_command(Command(id="c-1", kind=CommandKind.DIAGNOSTICS, by="anna"))
    found.commands["c-1"] = (3, "c-1", None, said, "boot", 5, "waiting", None, 0)
    disk = new()
    adopt.replace_all(disk, found)
    adopt.add_others(disk, found)
    assert disk.execute("SELECT id, state FROM command").fetchall() == [("c-1", "under_way")]
