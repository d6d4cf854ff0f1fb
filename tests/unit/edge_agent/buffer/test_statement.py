"""A statement lists the current epoch always and the others in turn."""

from edge_agent.buffer.statement import cut
from wire.statement import EpochStatement, check_statement


def epochs(count: int) -> list[EpochStatement]:
    return [EpochStatement(f"{n:016x}", 1, 0, n > 0, 0, 0) for n in range(count)]


def test_all_are_listed_while_they_fit() -> None:
    statement = cut(epochs(4), 1, limit=4)
    assert len(statement.epochs) == 4
    assert not statement.partial


def test_beyond_that_every_epoch_has_its_turn() -> None:
    stated = epochs(8)
    seen: set[str] = set()
    for number in range(1, 8):
        statement = check_statement(cut(stated, number, limit=3))
        assert statement.partial
        assert statement.current == stated[0]
        assert len(statement.epochs) == 3
        seen |= {one.epoch for one in statement.epochs}
    assert seen == {one.epoch for one in stated}


def test_while_others_are_coming_in_the_list_is_not_whole() -> None:
    assert cut(epochs(2), 1, is_whole=False).partial
