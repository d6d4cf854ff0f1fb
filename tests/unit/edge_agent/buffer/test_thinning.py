"""What stays of an interval: existing readings, in order, under every key; nothing is averaged."""

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer.thinning import INTERVALS_US, Candidate, Part, selected, thin
from wire.envelope import Base, ClockState, Cover
from wire.quality import GOOD, Quality, Reason, bad
from wire.reading import Reading, Value

SECOND = 1_000_000
T0 = 1_790_000_040_000_000
MINUTE = INTERVALS_US[0]


def base(mono: int = 0, clock: ClockState = ClockState.SYNCHRONISED, boot: str = "b") -> Base:
    return Base(boot, mono, clock)


def reading(at_us: int, value: Value | None, point: str = "level") -> Reading:
    quality: Quality = bad(Reason.COMM_FAILURE) if value is None else GOOD
    return Reading("gauge", point, at_us, value, None, quality)


def row(number: int, *readings: Reading, taken: int = 0, **kw: object) -> Candidate:
    said = {"base": base(number), "relative": False, **kw}
    part = Part(number, taken or len(readings), readings)
    return Candidate(number, parts=(part,), **said)  # type: ignore[arg-type]  # of this file


def a_minute(values: list[float]) -> list[Candidate]:
    return [row(n + 1, reading(T0 + n * SECOND, value)) for n, value in enumerate(values)]


def test_first_last_lowest_and_highest_stay_under_the_last_key() -> None:
    (thinned,) = thin(a_minute([5.0, 1.0, 4.0, 9.0, 6.0]), MINUTE)
    assert thinned.numbers == (1, 2, 3, 4, 5)
    assert [one.value for one in thinned.readings] == [5.0, 1.0, 9.0, 6.0]
    assert thinned.covers == (
        Cover(1, 1, 1),
        Cover(2, 1, 1),
        Cover(3, 1, 0),
        Cover(4, 1, 1),
        Cover(5, 1, 1),
    )


def test_intervals_are_kept_apart_and_growing_ones_thin_again() -> None:
    rows = [row(n + 1, reading(T0 + n * 30 * SECOND, float(n))) for n in range(20)]
    minutes = thin(rows, INTERVALS_US[0])
    assert [one.numbers for one in minutes] == [(n, n + 1) for n in range(1, 20, 2)]
    again = [
        Candidate(
            one.numbers[-1],
            one.base,
            one.relative,
            tuple(
                Part(cover.seq, cover.taken, (kept,))
                for cover, kept in zip(one.covers, one.readings, strict=True)
            ),
        )
        for one in minutes
    ]
    longer = thin(again, INTERVALS_US[1])
    assert [len(one.numbers) for one in longer] == [5, 4]  # the first minute stands alone
    assert [cover.seq for one in longer for cover in one.covers] == list(range(3, 21))


def test_a_row_that_can_not_get_smaller_is_left_alone() -> None:
    assert thin([row(1, reading(T0, 1.0), reading(T0 + 1, 2.0))], MINUTE) == []


def test_another_clock_boot_or_earlier_base_begins_anew() -> None:
    first = row(1, reading(T0, 1.0))
    for other in (base(2, ClockState.HOLDOVER), base(2, boot="c"), base(0)):
        assert thin([first, row(2, reading(T0 + 1, 2.0), base=other)], MINUTE) == []


def test_relative_times_count_from_the_first_base() -> None:
    rows = [
        row(1, reading(5, 1.0), base=base(1_000, ClockState.UNSET), relative=True),
        row(2, reading(7, 2.0), base=base(3_000, ClockState.UNSET), relative=True),
    ]
    (thinned,) = thin(rows, MINUTE)
    assert thinned.base.mono == 1_000
    assert [one.time_us for one in thinned.readings] == [5, 2_000_007]


def test_faults_and_texts_stay() -> None:
    values: list[Value | None] = [1.0, None, None, None, 1.0, "off", "on", "off", 1.0]
    places = selected([reading(T0 + n, value) for n, value in enumerate(values)])
    assert {1, 3, 5, 6} <= places
    assert 2 not in places


def test_a_state_that_was_true_once_stays_true_once() -> None:
    states = [reading(T0 + n, n == 3, "smoke") for n in range(9)]
    kept = [states[n] for n in sorted(selected(states))]
    assert [one.value for one in kept] == [False, True, False]


def rows_of(values: st.SearchStrategy[Value]) -> st.SearchStrategy[list[list[Value | None]]]:
    """Rows of one point; now and then it fails."""
    said = st.lists(st.one_of(values, st.none()), min_size=1, max_size=6)
    return st.lists(said, min_size=1, max_size=20)


@given(
    st.one_of(
        rows_of(st.floats(-9, 9)), rows_of(st.booleans()), rows_of(st.sampled_from(["on", "off"]))
    ),
    st.sampled_from(INTERVALS_US),
)
def test_of_any_rows_what_stays_was_there_in_order_and_every_key_is_covered(
    rows: list[list[Value | None]], interval_us: int
) -> None:
    made, at_us = [], T0
    for number, values in enumerate(rows, start=1):
        made.append(row(number, *(reading(at_us + n, one) for n, one in enumerate(values))))
        at_us += 20 * SECOND
    found = thin(made, interval_us)
    by_id = {one.id: one for one in made}
    for one in found:
        before = [
            r for number in one.numbers for part in by_id[number].parts for r in part.readings
        ]
        assert [r for r in before if r in one.readings] == list(one.readings)
        assert [cover.seq for cover in one.covers] == list(one.numbers)
        assert sum(cover.kept for cover in one.covers) == len(one.readings)
        assert sum(cover.taken for cover in one.covers) == len(before)
        assert one.numbers == tuple(range(one.numbers[0], one.numbers[-1] + 1))
        numbers = [r.value for r in before if isinstance(r.value, float)]
        if numbers:
            kept = [r.value for r in one.readings if isinstance(r.value, float)]
            assert (min(kept), max(kept)) == (min(numbers), max(numbers))
