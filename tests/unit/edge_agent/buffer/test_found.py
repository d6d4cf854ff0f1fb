"""What is found is kept only when it proves itself, and of two versions the later one."""

import msgspec

from edge_agent.buffer.found import Found
from edge_agent.buffer.proof import Field, Kind, proof
from edge_agent.buffer.row_id import row_id
from wire.command import Command, CommandKind, Outcome, Result, encode_command
from wire.topic import Lane

A = "a" * 16


def proven(kind: Kind, *fields: Field) -> tuple[Field, ...]:
    return (*fields, proof(kind, fields))


def a_row(seq: int, taken: int = 1) -> tuple[Field, ...]:
    number = row_id(Lane.BULK, 1, seq)
    said = (number, A, 0, 5, 5, seq, taken, 1, None, "b", 1, "unset", "raw", b"[]")
    return proven(Kind.BATCH, *said)


def an_epoch(last: int) -> tuple[Field, ...]:
    return proven(Kind.EPOCH, 1, "bulk", A, None, 0, last, 9, 0, 0, 0, 0, 0, "{}", "b")


def test_rows_epochs_sums_numbers_and_anchors_are_told_apart() -> None:
    found = Found()
    row = a_row(4)
    assert found.take(int(str(row[0])), (None, *row[1:]))  # SQLite keeps the id beside the record
    assert found.take(1, an_epoch(3))
    assert found.take(1, proven(Kind.LANE, "bulk", 5, 5, 0, None, "{}"))
    assert found.take(1, proven(Kind.META, "connection", 7))
    assert found.take(2, (None, *proven(Kind.ANCHOR, 2, "b", 5, 6)[1:]))
    assert list(found.rows) == [row[0]]
    assert found.epochs[Lane.BULK, A].last == 3
    assert found.lanes[Lane.BULK].taken == 5
    assert found.numbers == {"connection": 7}
    assert found.anchors[2].boot == "b"


def test_what_does_not_prove_itself_is_not_kept() -> None:
    found = Found()
    for fields in (a_row(4), an_epoch(3), proven(Kind.META, "connection", 7)):
        assert not found.take(1, (*fields[:-1], 5))
        assert not found.take(1, (*fields[:1], 99, *fields[2:]))
    assert not found.take(1, (1, 2))
    assert not found.take(1, ())
    assert found == Found()


def test_the_later_version_is_kept_whichever_comes_first() -> None:
    for order in ((3, 8), (8, 3)):
        found = Found()
        for taken in order:
            found.take(1, a_row(4, taken))
            found.take(1, an_epoch(taken))
        (row,) = found.rows.values()
        assert row.taken == 8
        assert found.epochs[Lane.BULK, A].last == 8


def command(state: str, answer: bytes | None, payload: bytes | None = None) -> tuple[Field, ...]:
    said = Command(id="c-1", kind=CommandKind.DIAGNOSTICS, by="anna")
    return (1, "c-1", None, payload or encode_command(said), "b", 5, state, answer, 0)


def test_a_command_is_kept_when_it_can_be_read() -> None:
    found = Found()
    answer = encode_command(Result("c-1", Outcome.DONE))
    assert found.take(1, command("waiting", None))
    assert found.take(1, command("answered", answer))
    assert found.take(1, command("waiting", None))
    assert found.commands["c-1"][6] == "answered"
    assert not found.take(1, command("waiting", None, msgspec.json.encode({"id": "c-2"})))
    assert not found.take(1, command("answered", encode_command(Result("c-9", Outcome.DONE))))
