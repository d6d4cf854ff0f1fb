"""A test mode ends: whatever the clock does, and however often the agent or its machine starts."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from edge_agent.test_mode.term import EVERY_US, Instant, Term, kept, runs, terms

HOUR = 3_600_000_000
LENGTH = 2 * HOUR
UTC = 1_790_000_000_000_000
NOW = Instant("boot-1", 50_000_000, UTC)
WANTED = {"smoke-01": LENGTH}


def later(instant: Instant, us: int) -> Instant:
    utc_us = None if instant.utc_us is None else instant.utc_us + us
    return replace(instant, mono_us=instant.mono_us + us, utc_us=utc_us)


def only(known: tuple[Term, ...], now: Instant, wanted: dict[str, int] = WANTED) -> Term:
    (found,) = terms(known, wanted, now)
    return found


@pytest.mark.parametrize("utc_us", [UTC, None])
def test_it_ends_by_the_clock_of_the_boot_and_stays_ended(utc_us: int | None) -> None:
    now = replace(NOW, utc_us=utc_us)
    term = only((), now)
    assert (term.over, term.ends_us - now.mono_us) == (False, LENGTH)
    assert runs(term, later(now, LENGTH - 1))
    assert not runs(term, later(now, LENGTH))
    over = only((term,), later(now, LENGTH))
    assert over.over
    assert only((over,), later(now, 100 * LENGTH)) == over


def test_the_wall_clock_moves_no_end_within_a_boot() -> None:
    term = only((), NOW)
    for step_us in (-10 * HOUR, 10 * HOUR):
        stepped = replace(later(NOW, HOUR), utc_us=UTC + step_us)
        assert only((term,), stepped).ends_us == term.ends_us


def test_another_boot_goes_on_with_what_was_left_less_what_nobody_wrote() -> None:
    seen = only((only((), NOW),), later(NOW, HOUR))
    unset = Instant("boot-2", 7_000_000, None)
    again = only((seen,), unset)
    assert again.ends_us - unset.mono_us == HOUR - EVERY_US
    assert not runs(again, later(unset, HOUR - EVERY_US))
    # and not beyond its end in UTC, once that is known; a clock that is behind prolongs nothing
    known = replace(later(unset, EVERY_US), utc_us=UTC + LENGTH - EVERY_US)
    assert only((again,), known).ends_us - known.mono_us == EVERY_US
    assert only((again,), replace(known, utc_us=UTC - LENGTH)).ends_us == again.ends_us
    assert only((again,), replace(known, utc_us=UTC + LENGTH)).over


def test_an_end_in_utc_is_known_as_soon_as_the_clock_is_set() -> None:
    term = only((), replace(NOW, utc_us=None))
    assert term.ends_utc_us is None
    assert only((term,), later(NOW, HOUR)).ends_utc_us == UTC + LENGTH
    carried = only((term,), Instant("boot-2", 0, None))
    placed = only((carried,), Instant("boot-2", 0, UTC))
    assert placed.ends_utc_us == UTC + LENGTH - EVERY_US


def test_another_length_or_a_key_that_was_away_is_another_term() -> None:
    over = only((only((), NOW),), later(NOW, LENGTH))
    after = later(NOW, 2 * LENGTH)
    assert only((over,), after, {"smoke-01": HOUR}).ends_us == after.mono_us + HOUR
    assert kept((over,), WANTED) == (over,)
    assert kept((over,), {"smoke-01": HOUR}) == ()
    assert kept((over,), {}) == ()
    assert not only((), after).over


def test_none_begins_while_nobody_knows_which_had() -> None:
    (lost,) = terms((), WANTED, NOW, is_lost=True)
    assert lost.over


@given(
    some.lists(
        some.tuples(
            some.integers(0, 3 * HOUR), some.booleans(), some.one_of(some.none(), some.integers())
        ),
        max_size=30,
    )
)
def test_it_never_runs_longer_than_its_length(
    course: list[tuple[int, bool, int | None]],
) -> None:
    """Time passes, the machine starts anew (its clock at nought), the wall clock says anything."""
    now, ran_us = replace(NOW, utc_us=None), 0
    term = only((), now)
    for passes_us, restarts, utc_us in course:
        before = term
        now = replace(now, mono_us=now.mono_us + passes_us, utc_us=utc_us)
        term = only((term,), now)
        ran_us += min(passes_us, max(before.ends_us - before.seen_us, 0)) * (not before.over)
        assert not before.over or term.over
        if restarts:
            now = Instant(now.boot + "'", 0, None)
            term = only((term,), now)
    assert ran_us <= LENGTH
