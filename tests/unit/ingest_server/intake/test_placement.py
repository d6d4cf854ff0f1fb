"""Readings in UTC: absolute, relative to a boot, to now, from the future."""

from ingest_server.db.boot import Boot
from ingest_server.intake.placement import (
    Placement,
    end_of_batch,
    not_ahead,
    place_absolute,
    place_foreign,
    place_relative,
    stated_by_batch,
    stated_by_through,
)
from ingest_server.intake.timeline import Said
from wire.batch import Batch
from wire.envelope import Base, ClockState, Through
from wire.reading import Reading

ARRIVAL = 1_763_700_000_000_000
ZERO = ARRIVAL - 10_000_000
HOUR = 3_600_000_000
SET, UNSET = ClockState.HOLDOVER, ClockState.UNSET


def batch(*times: int, relative: bool) -> Batch:
    return Batch("gw", tuple(Reading("d", "p", at, True) for at in times), relative)


def test_utc_stays_as_it_is() -> None:
    placed = place_absolute(Boot(ZERO), Base("now", 5, SET), ZERO, Said.AGREES)
    assert placed == Placement(0, "holdover")


def test_what_is_not_believed_is_placed_by_the_boot() -> None:
    placed = place_absolute(Boot(ZERO), Base("now", 5, SET), ZERO + HOUR, Said.SUSPECT)
    assert placed == Placement(-HOUR, "clock_suspect")


def test_a_relative_batch_counts_from_the_zero_of_its_boot() -> None:
    base = Base("now", 2_000, UNSET)
    assert place_relative(Boot(ZERO), base) == Placement(ZERO + 2_000_000, "unset")
    placed = place_relative(Boot(ZERO, is_anchored=True), base)
    assert placed == Placement(ZERO + 2_000_000, "anchored")


def test_absolute_times_state_a_zero_at_most_a_millisecond_early() -> None:
    base = Base("now", 2_000, SET)
    for cut_us in (0, 1, 999):
        stated = stated_by_batch(batch(ZERO + 2_000_000 + cut_us, ARRIVAL, relative=False), base)
        assert 0 <= ZERO - stated < 1_000
    stated_through = stated_by_through(Through(2_000, ZERO + 2_000_500))
    assert stated_through is not None
    assert 0 <= ZERO - stated_through < 1_000
    assert stated_by_through(Through(2_000)) is None


def test_what_contradicts_itself_lies_at_its_arrival_and_is_suspect() -> None:
    """A base after the moment of publishing; a reading long after its neighbours."""
    ahead = Placement(ZERO + HOUR, "unset")
    placed = not_ahead(ahead, batch(0, 7, relative=True), ARRIVAL)
    assert placed == Placement(ARRIVAL - 7, "clock_suspect")
    fine = Placement(0, "server")
    near = batch(ARRIVAL - HOUR, ARRIVAL + 4_000_000, relative=False)
    assert not_ahead(fine, near, ARRIVAL) == fine
    far = batch(ARRIVAL - HOUR, ARRIVAL + HOUR, relative=False)
    assert not_ahead(fine, far, ARRIVAL) == Placement(-HOUR, "clock_suspect")


def test_the_end_of_a_batch_on_the_clock_of_its_boot() -> None:
    base = Base("now", 2_000, SET)
    assert end_of_batch(batch(7, 500, relative=True), base) == 2_000_500
    assert end_of_batch(batch(ARRIVAL, ARRIVAL + 500, relative=False), base) == 2_000_500


def test_a_stranger_speaks_of_now_or_in_utc_but_never_of_the_future() -> None:
    assert place_foreign(batch(-4, 0, relative=True), ARRIVAL) == Placement(ARRIVAL, "foreign")
    assert place_foreign(batch(-4, 9, relative=True), ARRIVAL).shift_us + 9 == ARRIVAL
    assert place_foreign(batch(ARRIVAL, relative=False), ARRIVAL) == Placement(0, "foreign")
    readings = batch(ARRIVAL + HOUR - 5, ARRIVAL + HOUR, relative=False)
    assert place_foreign(readings, ARRIVAL) == Placement(-HOUR, "clock_suspect")
