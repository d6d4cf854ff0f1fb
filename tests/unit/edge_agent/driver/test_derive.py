"""What follows from other points over time: how fast one rises, how long several held."""

import pickle
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.model import Point
from edge_agent.driver.derive import Derivation
from edge_agent.exchange import Sample
from tests.shipped import PROFILES
from wire.quality import GOOD, Limit, Quality, Reason, Status, bad, uncertain

SECOND = 1_000_000
NEVER = bad(Reason.NEVER_READ)
ANY = next(iter(PROFILES.values()))


def derivation(**derived: Any) -> Derivation:
    point = msgspec.convert(
        {"id": "derived", "value": "number", "unit": "s", "title": {"en": "a", "zh": "一"}}
        | derived,
        Point,
    )
    return Derivation(msgspec.structs.replace(ANY, points=(*ANY.points, point)))


def rising(over_s: int = 100) -> Derivation:
    return derivation(rise={"of": "level", "over": over_s * SECOND})


def lying() -> Derivation:
    conditions = [
        {"point": "presence", "equals": True},
        {"point": "motion", "equals": "static"},
    ]
    return derivation(held={"all": conditions})


def level(value: float | None, at: float, quality: Quality = GOOD) -> Sample:
    return Sample("level", None if value is None else float(value), round(at * SECOND), quality)


def only(samples: Iterable[Sample]) -> tuple[object, Quality]:
    (one,) = samples
    assert one.point == "derived"
    assert (one.value is None) is (one.quality.status is Status.BAD)
    return one.value, one.quality


def at(derived: Derivation, second: float, *samples: Sample) -> tuple[object, Quality]:
    return only(derived.feed(samples, round(second * SECOND)))


def test_a_profile_without_such_points_says_nothing() -> None:
    assert Derivation(ANY).feed([level(1.0, 0)], 0) == []


def test_a_rise_is_told_once_half_the_window_is_known() -> None:
    derived = rising()
    told = [at(derived, second, level(0.01 * second, second)) for second in range(0, 120, 10)]
    assert told[:5] == [(None, NEVER)] * 5
    assert told[5:] == [(0.01, GOOD)] * 7


def test_only_the_window_counts() -> None:
    derived = rising(20)
    for second in range(30):
        at(derived, second, level(100.0 * second, second))
    told = [at(derived, second, level(3_000.0, second)) for second in range(30, 60)]
    assert told[-1] == (0.0, GOOD)


def test_a_bad_sample_makes_the_rise_bad_the_same_way_and_the_next_good_one_goes_on() -> None:
    derived = rising()
    for second in range(0, 100, 10):
        at(derived, second, level(second, second))
    pinned = bad(Reason.OUT_OF_RANGE, Limit.HIGH)
    assert at(derived, 100, level(None, 100, pinned)) == (None, pinned)
    assert at(derived, 105) == (None, pinned)
    assert at(derived, 110, level(110, 110)) == (1.0, GOOD)


def test_an_uncertain_sample_is_not_counted_and_makes_the_rise_uncertain() -> None:
    derived = rising()
    for second in range(0, 100, 10):
        at(derived, second, level(second, second))
    stale = uncertain(Reason.STALE)
    assert at(derived, 100, level(0, 100, stale)) == (1.0, stale)


@pytest.mark.parametrize(("gap", "told"), [(50, (1.0, GOOD)), (51, (None, NEVER))])
def test_a_gap_of_more_than_half_the_window_starts_anew(
    gap: int, told: tuple[object, Quality]
) -> None:
    derived = rising()
    for second in range(0, 100, 10):
        at(derived, second, level(second, second))
    assert at(derived, 90 + gap) == told
    assert at(derived, 90 + gap, level(90 + gap, 90 + gap)) == told


def test_what_it_holds_is_bounded_however_fast_samples_come() -> None:
    derived, sizes = rising(1), []
    for step in range(4_000):
        at(derived, step / 1_000, level(step, step / 1_000))
        if step % 2_000 == 1_999:
            sizes.append(len(pickle.dumps(derived)))
    assert sizes[1] < sizes[0] + 64
    assert sizes[1] < 10_000


@given(
    st.floats(-100, 100, allow_subnormal=False),
    st.lists(st.floats(0.05, 45), min_size=30, max_size=60),
)
def test_the_rise_of_a_straight_line_is_its_slope(slope: float, steps: list[float]) -> None:
    derived, second, value = rising(), 0.0, None
    for step in steps:
        second += step
        value, _ = at(derived, second, level(slope * second, second))
        assert value is None or value == pytest.approx(slope, abs=1e-4)
    assert value is not None or second - steps[0] < 100


@given(st.lists(st.tuples(st.integers(-50, 200), st.sampled_from([1.0, None])), max_size=40))
def test_any_clock_and_any_samples_give_one_finite_rise_in_order(
    steps: list[tuple[int, float | None]],
) -> None:
    derived, now, last = rising(), 0, 0
    for step, value in steps:
        now += step
        quality = GOOD if value is not None else bad(Reason.COMM_FAILURE)
        (one,) = derived.feed([level(value, now, quality)], now * SECOND)
        assert one.mono_us >= last
        last = one.mono_us


def state(point: str, value: bool | str | None, second: float, quality: Quality = GOOD) -> Sample:
    return Sample(point, value, round(second * SECOND), quality)


def still(second: float) -> tuple[Sample, Sample]:
    return state("presence", True, second), state("motion", "static", second)


def test_it_counts_from_the_last_condition_that_came_true() -> None:
    derived = lying()
    assert at(derived, 0) == (None, NEVER)
    assert at(derived, 1, state("presence", True, 1)) == (None, NEVER)
    assert at(derived, 5, state("motion", "static", 4)) == (1.0, GOOD)
    assert at(derived, 65) == (61.0, GOOD)


def test_it_is_nothing_while_one_does_not_hold_and_starts_anew() -> None:
    derived = lying()
    at(derived, 0, *still(0))
    assert at(derived, 60, state("motion", "active", 60)) == (0.0, GOOD)
    assert at(derived, 90) == (0.0, GOOD)
    assert at(derived, 100, state("motion", "static", 95)) == (5.0, GOOD)


def test_a_break_within_one_batch_of_samples_is_a_break() -> None:
    derived = lying()
    at(derived, 0, *still(0))
    told = at(derived, 60, state("motion", "active", 50), state("motion", "static", 51))
    assert told == (9.0, GOOD)


def test_a_bad_condition_makes_it_bad_the_same_way_and_a_short_one_costs_its_own_time() -> None:
    derived = lying()
    at(derived, 0, *still(0))
    lost = bad(Reason.COMM_FAILURE)
    assert at(derived, 100, state("motion", None, 100, lost)) == (None, lost)
    assert at(derived, 110) == (None, lost)
    assert at(derived, 120, state("motion", "static", 120)) == (100.0, GOOD)
    assert at(derived, 130) == (110.0, GOOD)


def test_after_longer_ignorance_than_it_had_counted_it_starts_anew() -> None:
    derived = lying()
    at(derived, 0, *still(0))
    at(derived, 100, state("motion", None, 100, bad(Reason.COMM_FAILURE)))
    assert at(derived, 201, state("motion", "static", 201)) == (0.0, GOOD)


def test_an_uncertain_condition_counts_and_is_told() -> None:
    derived = lying()
    at(derived, 0, *still(0))
    stale = uncertain(Reason.STALE)
    assert at(derived, 30, state("motion", "static", 30, stale)) == (30.0, stale)


def test_true_is_not_one() -> None:
    derived = derivation(held={"all": [{"point": "presence", "equals": True}]})
    assert at(derived, 1, Sample("presence", 1.0, 0)) == (0.0, GOOD)


@given(
    st.lists(
        st.tuples(
            st.integers(-3, 30),
            st.sampled_from(["static", "active", None]),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_it_never_runs_backwards_but_to_begin_anew(
    steps: list[tuple[int, str | None, bool]],
) -> None:
    derived, now, before = lying(), 0, 0.0
    at(derived, 0, state("presence", True, 0))
    for step, motion, is_told in steps:
        passed, now = max(0, step), now + step
        quality = GOOD if motion is not None else bad(Reason.COMM_FAILURE)
        samples = (state("motion", motion, now, quality),) if is_told else ()
        value, _ = at(derived, now, *samples)
        if isinstance(value, float):
            assert 0 <= value <= now + 3 * len(steps)
            assert value >= before or value <= passed or motion != "static"
            before = value
