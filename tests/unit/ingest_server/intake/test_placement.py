"""Readings in UTC: absolute, relative to a boot, to an earlier boot, to now, from the future."""

from ingest_server.intake.placement import boot_zero_seen, place, through_utc
from wire.batch import Batch
from wire.envelope import Base, ClockState, Envelope, Sent, Through
from wire.reading import Reading

ARRIVAL = 1_763_700_000_000_000


def batch(*times: int, relative: bool) -> Batch:
    return Batch("gw", tuple(Reading("d", "p", at, True) for at in times), relative)


def sent(mono: int) -> Sent:
    return Sent("now", mono, ClockState.UNSET)


def test_utc_stays_as_it_is() -> None:
    envelope = Envelope(base=Base("now", 5, ClockState.HOLDOVER))
    placed = place(batch(ARRIVAL - 7, relative=False), envelope, ARRIVAL, None)
    assert (placed.shift_us, placed.clock) == (0, "holdover")


def test_a_stamp_from_the_future_is_stored_at_arrival_and_marked() -> None:
    envelope = Envelope(base=Base("now", 5, ClockState.SYNCHRONISED))
    hour = 3_600_000_000
    readings = batch(ARRIVAL + hour - 5, ARRIVAL + hour, relative=False)
    placed = place(readings, envelope, ARRIVAL, None)
    assert (placed.shift_us, placed.clock) == (-hour, "clock_suspect")


def test_a_relative_batch_counts_from_the_zero_of_its_boot() -> None:
    envelope = Envelope(base=Base("now", 2_000, ClockState.UNSET), sent=sent(3_000))
    zero = boot_zero_seen(envelope, ARRIVAL)
    assert zero == ARRIVAL - 3_000_000
    placed = place(batch(0, 500, relative=True), envelope, ARRIVAL, zero)
    assert (placed.shift_us, placed.clock) == (ARRIVAL - 1_000_000, "unset")


def test_a_relative_batch_never_lies_in_the_future() -> None:
    envelope = Envelope(base=Base("now", 9_000, ClockState.UNSET))
    placed = place(batch(0, 500, relative=True), envelope, ARRIVAL, ARRIVAL)
    assert placed.shift_us + 500 == ARRIVAL


def test_an_earlier_boot_without_anchor_ended_before_this_one_began() -> None:
    envelope = Envelope(base=Base("before", 8_000, ClockState.UNSET), sent=sent(3_000))
    placed = place(batch(0, relative=True), envelope, ARRIVAL, None)
    assert placed.shift_us == ARRIVAL - 3_000_000


def test_a_stranger_without_base_speaks_of_now() -> None:
    placed = place(batch(-4, 0, relative=True), Envelope(), ARRIVAL, None)
    assert (placed.shift_us, placed.clock) == (ARRIVAL, "foreign")
    assert place(batch(ARRIVAL, relative=False), Envelope(), ARRIVAL, None).clock == "foreign"


def test_complete_through_is_never_in_the_future() -> None:
    assert through_utc(Through(1, ARRIVAL + 5), ARRIVAL, None) == ARRIVAL
    assert through_utc(Through(2), ARRIVAL, ARRIVAL - 9_000) == ARRIVAL - 7_000
    assert through_utc(Through(2), ARRIVAL, None) is None
