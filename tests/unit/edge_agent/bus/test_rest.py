"""Who rests, for how long, and what to ask first afterwards."""

from edge_agent.bus.rest import RestBook, Standing
from edge_agent.exchange import Read, Table

STATUS = Read(1, Table.DISCRETE_INPUTS, 0, 4)
CODES = Read(1, Table.HOLDING_REGISTERS, 0, 4)
LATE_MAX = 3_000_000


def test_a_unit_without_an_answer_rests_for_longer_than_it_may_be_late() -> None:
    book = RestBook()
    assert book.standing(1, 0) is Standing.FREE
    book.rest(STATUS, 1_000, LATE_MAX)
    assert book.standing(1, 1_000 + LATE_MAX) is Standing.RESTING
    assert book.until_us(1) > 1_000 + LATE_MAX
    assert book.standing(2, 1_000) is Standing.FREE


def test_after_the_rest_another_shape_comes_first_until_it_answers() -> None:
    book = RestBook()
    book.rest(STATUS, 0, LATE_MAX)
    free = book.until_us(1)
    assert book.standing(1, free) is Standing.NEEDS_OTHER_SHAPE
    assert not book.is_other_shape(STATUS)
    assert book.is_other_shape(CODES)
    book.answered(1)
    assert book.standing(1, free) is Standing.FREE
    assert book.is_other_shape(STATUS)


def test_the_whole_line_may_rest() -> None:
    book = RestBook()
    book.rest_all(5)
    assert book.standing(9, 4) is Standing.RESTING
    assert book.standing(9, 5) is Standing.FREE
