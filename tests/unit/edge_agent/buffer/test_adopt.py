"""Rows brought in keep their keys; what is nowhere is counted, what came back is not lost."""

import msgspec
import pytest

from edge_agent.buffer import adopt, anchors, epochs, incoming, rows, stored
from edge_agent.buffer.adopt import Adopted
from edge_agent.buffer.found import Found
from edge_agent.buffer.row_id import row_id
from edge_agent.buffer.spool import Spool
from tests.five_rows import DRAFT, A, five_rows, new
from wire.command import Command, CommandKind, encode_command
from wire.identity import Anchor
from wire.receipt import Receipt
from wire.topic import Lane

B = "b" * 16


@pytest.fixture
def found() -> Found:
    return five_rows()


def test_of_a_known_epoch_only_newer_rows_are_taken(found: Found) -> None:
    disk = new()
    rows.commit(disk, Lane.BULK, A, [DRAFT] * 3)
    rows.receive(disk, Receipt(Lane.BULK, A, ((1, 3),), (), None, 0), A)
    assert adopt.add(disk, found) == Adopted(2, 20, 0)
    assert [row.key.seq for row in rows.rows_after(disk, Lane.BULK, 0, 9)] == [4, 5]
    assert rows.ledger(disk, Lane.BULK) == rows.Ledger(50, 30, 20, 0, {})
    assert adopt.add(disk, found) == Adopted()


def test_an_epoch_that_it_lacks_is_opened_with_what_was_found(found: Found) -> None:
    disk = new()
    assert adopt.add(disk, found) == Adopted(4, 40, 0)
    assert adopt.add(disk, found) == Adopted()
    assert adopt.add_known(disk, found, found.epochs[Lane.BULK, A]) == Adopted()
    now, before = rows.state(disk, Lane.BULK, B)
    assert (before.floor, before.last, before.taken) == (2, 5, 50)
    assert (now.base, now.prev) == (50, A)


@pytest.mark.parametrize("is_fresh", [True, False])
def test_rows_that_were_coming_in_are_left_to_the_file_they_come_from(
    found: Found, *, is_fresh: bool
) -> None:
    """A kill tore the log while a slice of them was written: they must not be listed already."""
    disk = new()
    if not is_fresh:
        rows.commit(disk, Lane.BULK, B, [DRAFT])
    coming = incoming.lowest(disk) - 1
    held = [
        stored.Stored(**{**msgspec.structs.asdict(row), "id": row_id(Lane.BULK, coming, row.seq)})
        for row in found.rows.values()
    ]
    assert adopt.add(disk, Found(Spool(held))) == Adopted()
    assert epochs.named(disk, Lane.BULK, A) is None
    (place,) = incoming.planned(disk, found, coming)
    assert place.number is not None


def test_a_command_that_was_not_answered_counts_as_begun(found: Found) -> None:
    said = encode_command(Command(id="c-1", kind=CommandKind.DIAGNOSTICS, by="anna"))
    found.commands["c-1"] = (3, "c-1", None, said, "boot", 5, "waiting", None, 0)
    disk = new()
    assert adopt.add_others(disk, found) == ["c-1"]
    assert adopt.add_others(disk, found) == []
    assert disk.execute("SELECT id, state FROM command").fetchall() == [("c-1", "under_way")]


def test_of_a_boot_that_is_known_only_newer_anchors_are_taken(found: Found) -> None:
    found.anchors.update({1: Anchor("boot", 5, 50), 2: Anchor("boot", 9, 90)})
    disk = new()
    anchors.write(disk, Anchor("boot", 7, 70))
    for _ in range(2):
        adopt.add_others(disk, found)
    assert [one.mono for one in anchors.stated(disk, "boot")] == [7, 9]
