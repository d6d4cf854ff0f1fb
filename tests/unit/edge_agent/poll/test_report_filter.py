"""Changes at once, keep-alives together, times that never repeat."""

import pytest

from edge_agent.exchange import Sample
from edge_agent.poll.report_filter import Cause, PointPolicy, ReportFilter, ReportPolicy
from wire.quality import GOOD, Quality, Reason, Status, bad
from wire.reading import Value

SECOND = 1_000_000
TEN = PointPolicy(10 * SECOND)


def sample(
    value: Value | None, at: int = 0, quality: Quality = GOOD, point: str = "smoke"
) -> Sample:
    return Sample(point, value, at, quality)


def at_ten_seconds(*, always: bool = False) -> ReportFilter:
    return ReportFilter(ReportPolicy({"smoke": TEN}, always=always))


def test_the_first_sample_is_reported_and_a_repetition_is_not() -> None:
    reports = at_ten_seconds()
    assert reports.judge(sample(value=False)) is Cause.FIRST
    assert reports.admit([sample(value=False)]) == [sample(value=False)]
    assert reports.judge(sample(value=False, at=SECOND)) is Cause.UNCHANGED
    assert reports.admit([sample(value=False, at=SECOND)]) == []


@pytest.mark.parametrize(
    ("new", "cause"),
    [
        (sample(value=True, at=1), Cause.CHANGED),
        (sample(0.0, at=1), Cause.CHANGED),
        (sample(value=False, at=1, quality=Quality(test=True)), Cause.QUALITY),
        (sample(None, at=1, quality=bad(Reason.COMM_FAILURE)), Cause.QUALITY),
        (sample(value=False, at=10 * SECOND), Cause.KEEP_ALIVE),
        (sample(value=False, at=10 * SECOND - 1), Cause.UNCHANGED),
    ],
)
def test_what_is_new_is_reported_for_a_named_cause(new: Sample, cause: Cause) -> None:
    reports = at_ten_seconds()
    reports.admit([sample(value=False)])
    assert reports.judge(new) is cause
    assert reports.admit([new]) == ([] if cause is Cause.UNCHANGED else [new])


def test_a_reason_that_changes_is_a_change_of_quality() -> None:
    reports = at_ten_seconds()
    reports.admit([sample(1.0, quality=Quality(Status.UNCERTAIN, Reason.WARM_UP))])
    worse = sample(1.0, at=1, quality=Quality(Status.UNCERTAIN, Reason.INHIBITED))
    assert reports.judge(worse) is Cause.QUALITY


def test_what_another_policy_changes_is_reported_anew_at_once_and_nothing_else_is() -> None:
    reports = ReportFilter(ReportPolicy({"smoke": TEN, "level": TEN}))
    reports.admit([sample(1.0), sample(1.0, point="level")])
    near = PointPolicy(10 * SECOND, set_points=(2.0,))
    reports.retune(ReportPolicy({"smoke": TEN, "level": near}))
    again = [sample(1.0), sample(1.0, point="level")]
    assert reports.admit(again) == [sample(1.0, at=1, point="level")]  # times never repeat
    assert reports.admit([sample(1.0, at=9, point="level")]) == []
    assert reports.judge(sample(2.0, at=9, point="level")) is Cause.CROSSED
    wide = PointPolicy(10 * SECOND, deadband=1.0)
    reports.retune(ReportPolicy({"smoke": wide, "level": near}))
    assert reports.admit([sample(1.5, at=20), sample(2.0, at=21)]) == [sample(1.5, at=20)]


def test_points_of_a_cycle_keep_alive_together_whatever_changed_between() -> None:
    reports = ReportFilter(ReportPolicy({"smoke": TEN, "relay": TEN}))
    reports.admit([sample(value=False), sample(value=False, point="relay")])
    reports.admit([sample(value=True, at=7 * SECOND, point="relay")])
    cycle = [sample(value=False, at=11 * SECOND), sample(value=True, at=11 * SECOND, point="relay")]
    assert reports.admit(cycle) == cycle


def test_a_point_without_an_interval_of_its_own_has_the_other_one() -> None:
    reports = at_ten_seconds()
    reports.admit([sample(1.0, point="supply")])
    assert reports.judge(sample(1.0, at=59 * SECOND, point="supply")) is Cause.UNCHANGED
    assert reports.judge(sample(1.0, at=60 * SECOND, point="supply")) is Cause.KEEP_ALIVE


def test_always_reports_every_sample() -> None:
    reports = at_ten_seconds(always=True)
    assert len(reports.admit([sample(value=False, at=n) for n in range(5)])) == 5


def test_times_of_a_point_strictly_increase() -> None:
    reports = at_ten_seconds(always=True)
    admitted = reports.admit([sample(value=False, at=at) for at in (5, 5, 5, 4, 9)])
    assert [each.mono_us for each in admitted] == [5, 6, 7, 8, 9]


def test_points_do_not_disturb_each_others_times() -> None:
    reports = at_ten_seconds()
    admitted = reports.admit([sample(value=True, at=5), sample(value=True, at=5, point="relay")])
    assert [each.mono_us for each in admitted] == [5, 5]


def level(value: Value | None, at: int = 0, quality: Quality = GOOD) -> Sample:
    return sample(value, at, quality, "level")


def of_level(policy: PointPolicy) -> ReportFilter:
    reports = ReportFilter(ReportPolicy({"level": policy}))
    reports.admit([level(2.0)])
    return reports


@pytest.mark.parametrize(
    ("policy", "value", "cause"),
    [
        (PointPolicy(deadband=0.5), 2.5, Cause.UNCHANGED),
        (PointPolicy(deadband=0.5), 2.6, Cause.CHANGED),
        (PointPolicy(deadband=0.5), 1.5, Cause.UNCHANGED),
        (PointPolicy(deadband=0.5), 1.4, Cause.CHANGED),
        (PointPolicy(relative=0.125), 2.25, Cause.UNCHANGED),
        (PointPolicy(relative=0.1), 2.3, Cause.CHANGED),
        (PointPolicy(deadband=0.5, relative=0.1), 2.3, Cause.UNCHANGED),
        (PointPolicy(deadband=0.1, relative=0.5), 2.9, Cause.UNCHANGED),
        (PointPolicy(deadband=0.5), True, Cause.CHANGED),
        (PointPolicy(deadband=0.5), "2.0", Cause.CHANGED),
        (PointPolicy(deadband=9.0, set_points=(2.25,)), 2.2, Cause.UNCHANGED),
        (PointPolicy(deadband=9.0, set_points=(2.25,)), 2.25, Cause.CROSSED),
        (PointPolicy(deadband=9.0, set_points=(2.25,)), 2.3, Cause.CROSSED),
        (PointPolicy(deadband=9.0, set_points=(1.0, 2.0)), 1.99, Cause.CROSSED),
        (PointPolicy(deadband=9.0, set_points=(1.0, 2.0)), 2.01, Cause.CROSSED),
        (PointPolicy(deadband=9.0, set_points=(2.25,)), "flooded", Cause.CHANGED),
        (PointPolicy(deadband=9.0, always=True), 2.0, Cause.ALWAYS),
        (PointPolicy(min_interval_us=SECOND), 3.0, Cause.TOO_SOON),
        (PointPolicy(min_interval_us=SECOND, set_points=(2.25,)), 3.0, Cause.CROSSED),
        (PointPolicy(min_interval_us=SECOND, always=True), 3.0, Cause.ALWAYS),
    ],
)
def test_deadbands_hold_back_but_never_a_crossing(
    policy: PointPolicy, value: Value, cause: Cause
) -> None:
    reports = of_level(policy)
    assert reports.judge(level(value, at=1)) is cause
    kept_back = cause in (Cause.UNCHANGED, Cause.TOO_SOON)
    assert reports.admit([level(value, at=1)]) == ([] if kept_back else [level(value, at=1)])


def test_a_deadband_counts_from_the_last_report_so_that_a_slow_rise_is_seen() -> None:
    reports = of_level(PointPolicy(deadband=0.5))
    rise = [level(2.0 + 0.2 * n, at=n) for n in range(1, 7)]
    assert [round(one.value, 1) for one in reports.admit(rise)] == [2.6, 3.2]  # type: ignore[arg-type]  # numbers all


def test_what_came_too_soon_is_reported_once_its_time_has_come() -> None:
    reports = of_level(PointPolicy(min_interval_us=SECOND))
    changes = [level(2.0 + n, at=n * SECOND // 4) for n in range(1, 9)]
    assert [one.mono_us for one in reports.admit(changes)] == [SECOND, 2 * SECOND]
    worse = level(None, at=2 * SECOND + 1, quality=bad(Reason.SENSOR_FAULT))
    assert reports.judge(worse) is Cause.QUALITY
