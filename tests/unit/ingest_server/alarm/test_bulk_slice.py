"""Bulk that lags behind stands where the corrections say that urgent entries have seen."""

from dataclasses import replace

from ingest_server.alarm.bulk_slice import fitting, in_time
from ingest_server.db.journal import Entry, Kind
from ingest_server.db.retime import Moves, Retime
from tests.alarm_rig import reading

FAR = 10**9


def bulk(number: int, *times: int, clock: str = "unset", gateway: str = "gw") -> Entry:
    readings = tuple(reading(at_us, value=True) for at_us in times)
    return Entry(number, Kind.BULK, gateway, 0, clock, readings)


def correction(number: int, delta_us: int, *, moves: Moves = Moves.TIMES) -> Entry:
    said = Retime(moves, 100, 200, delta_us, "anchored")
    return Entry(number, Kind.RETIME, "gw", 0, "server", retime=said)


def times(entry: Entry) -> list[int]:
    return [one.time_us for one in entry.readings]


def test_entries_before_a_correction_that_was_made_are_moved() -> None:
    before, after = bulk(1, 150, 160), bulk(3, 150)
    moved, same = in_time([before, after], [correction(2, 40)], FAR)
    assert (times(moved), moved.clock) == ([190, 200], "anchored")
    assert same == after


def test_several_corrections_are_made_one_after_the_other() -> None:
    (moved,) = in_time([bulk(1, 150)], [correction(2, 40), correction(3, -80)], FAR)
    assert times(moved) == [110]


def test_what_lies_behind_a_correction_not_made_yet_waits() -> None:
    entries = [bulk(1, 150), bulk(3, 150), bulk(6, 150)]
    kept = in_time(entries, [correction(2, 40), correction(5, 10)], 4)
    assert [(one.id, times(one)) for one in kept] == [(1, [190]), (3, [150])]


def test_others_and_what_is_not_within_the_span_stay() -> None:
    entries = [
        bulk(1, 150, gateway="other"),
        bulk(1, 150, clock="foreign"),
        bulk(1, 99, 201),
    ]
    assert in_time(entries, [correction(2, 40)], FAR) == entries
    assert in_time(entries, [correction(2, 40, moves=Moves.CLOCK)], FAR) == entries


def test_a_slice_holds_so_many_readings_but_at_least_one_entry() -> None:
    entries = [bulk(1, 1, 2, 3), replace(bulk(2, 4), id=2), bulk(3, 5)]
    assert [one.id for one in fitting(entries, 1)] == [1]
    assert [one.id for one in fitting(entries, 4)] == [1, 2]
    assert [one.id for one in fitting(entries, 9)] == [1, 2, 3]
