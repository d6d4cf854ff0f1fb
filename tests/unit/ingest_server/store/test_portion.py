"""When rows join the portion before them, and when they begin one of their own."""

from ingest_server.store.portion import FULL_ROWS, SMALL_ROWS, WIDE_US, Portion, extended

OLD = Portion(1, SMALL_ROWS, 1_000, 2_000)


def after(old: Portion, rows: int, start_us: int, end_us: int) -> Portion:
    return Portion(old.last + 1, old.last + rows, start_us, end_us)


def test_the_first_is_alone() -> None:
    assert extended(None, OLD) == OLD


def test_neighbours_in_time_are_joined() -> None:
    assert extended(OLD, after(OLD, 10, 500, 3_000)) == Portion(1, SMALL_ROWS + 10, 500, 3_000)


def test_a_full_one_is_left() -> None:
    new = after(OLD, FULL_ROWS, 1_000, 2_000)
    assert extended(OLD, new) == new


def test_what_is_hours_late_stands_alone() -> None:
    new = after(OLD, 10, 1_000 - WIDE_US, 1_500)
    assert extended(OLD, new) == new


def test_a_small_one_takes_anything() -> None:
    small = Portion(1, SMALL_ROWS - 1, 1_000, 2_000)
    new = after(small, 10, 1_000 - 5 * WIDE_US, 1_500)
    assert extended(small, new).start_us == 1_000 - 5 * WIDE_US


def test_a_gap_in_the_numbers_is_never_bridged() -> None:
    new = Portion(SMALL_ROWS + 5, SMALL_ROWS + 6, 1_000, 2_000)
    assert extended(OLD, new) == new
