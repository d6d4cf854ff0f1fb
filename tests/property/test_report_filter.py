"""P3: whatever the deadbands keep back, the episodes are those of every sample that was taken."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alarm_rules.evaluate import fold
from alarm_rules.rule import (
    AlarmClass,
    DeviationRule,
    Direction,
    LimitRule,
    Mark,
    QualityRule,
    RateRule,
    Rule,
    Severity,
    Source,
    StateRule,
    Words,
)
from alarm_rules.set_point import set_points, voting_points
from alarm_rules.transition import Episode
from alarm_rules.verdict import Sample
from edge_agent.exchange import Sample as Taken
from edge_agent.poll.report_filter import PointPolicy, ReportFilter, ReportPolicy
from wire.quality import GOOD, Limit, Quality, Reason, Status, bad, uncertain

COMMON: dict[str, Any] = {
    "id": "a",
    "alarm_class": AlarmClass.HAZARD,
    "severity": Severity.HIGH,
    "title": Words("a", "一"),
    "guidance": Words("a", "一"),
    "source": Source("here", Mark.ENGINEERING),
    "point": "level",
}
QUALITIES = (
    *[GOOD] * 40,  # each change of quality is reported, and would hide what a deadband hides
    Quality(test=True),
    uncertain(Reason.CALIBRATION),
    uncertain(Reason.CALIBRATION, Limit.HIGH),
    bad(Reason.SENSOR_FAULT),
    bad(Reason.OUT_OF_RANGE, Limit.HIGH),
)
LEVELS = st.one_of(st.floats(-5, 5), st.integers(-50, 50).map(lambda n: n / 10))
DELAYS = st.integers(0, 8)


@st.composite
def value_rules(draw: st.DrawFn) -> Rule:
    """Of every kind that is judged by the value now, with votes and without."""
    said: dict[str, Any] = {
        **COMMON,
        "on_delay": draw(DELAYS),
        "off_delay": draw(DELAYS),
        **draw(st.sampled_from([{}, {}, {"needed": 3, "of": 3}, {"needed": 2, "of": 4}])),
    }
    deadband = draw(st.sampled_from([0.0, 0.1, 0.7]))
    limit = draw(LEVELS)
    kind = draw(st.sampled_from(["limit", "deviation", "state"]))
    if kind == "state":
        return StateRule(**said, equals=limit, negate=draw(st.booleans()))
    if kind == "deviation":
        return DeviationRule(
            **said,
            limit=abs(limit) + 0.8,
            baseline=draw(LEVELS),
            deadband=deadband,
            direction=draw(st.sampled_from([None, *Direction])),
        )
    direction = draw(st.sampled_from(Direction))
    return LimitRule(**said, limit=limit, direction=direction, deadband=deadband)


@st.composite
def streams(draw: st.DrawFn) -> list[Taken]:
    """One sample a tick, wandering slowly or jumping, now and then in doubt, bad or tested."""
    value, taken = draw(LEVELS), []
    for at_us in range(draw(st.integers(1, 60))):
        jump = draw(st.sampled_from([0.0, 0.0, 0.05, -0.05, 0.4, -0.4, None]))
        value = draw(LEVELS) if jump is None else value + jump
        quality = draw(st.sampled_from(QUALITIES))
        said = None if quality.status is Status.BAD else value
        taken.append(Taken("level", said, at_us, quality))
    return taken


def reported(policy: PointPolicy, stream: list[Taken]) -> list[Taken]:
    return ReportFilter(ReportPolicy({"level": policy})).admit(stream)


def episodes(rule: Rule, stream: list[Taken]) -> tuple[Episode, ...]:
    return fold(rule, [Sample(one.mono_us, one.value, one.quality) for one in stream], 100)


@settings(max_examples=300)
@given(value_rules(), streams(), st.sampled_from([0.5, 3.0, 9.0]), st.sampled_from([0.0, 0.4]))
def test_the_episodes_are_the_same(
    rule: Rule, stream: list[Taken], deadband: float, relative: float
) -> None:
    policy = PointPolicy(
        max_interval_us=20,
        min_interval_us=10,
        deadband=deadband,
        relative=relative,
        set_points=set_points([rule]).get("level", ()),
        always="level" in voting_points([rule]),
    )
    assert episodes(rule, reported(policy, stream)) == episodes(rule, stream)


@given(streams(), st.integers(0, 8))
def test_a_change_of_quality_is_never_kept_back(stream: list[Taken], off_delay: int) -> None:
    rule = QualityRule(
        **{**COMMON, "alarm_class": AlarmClass.SENSOR_HEALTH}, uncertain=True, off_delay=off_delay
    )
    policy = PointPolicy(max_interval_us=20, min_interval_us=10, deadband=3.0)
    assert episodes(rule, reported(policy, stream)) == episodes(rule, stream)


@given(streams())
def test_a_rise_is_found_from_a_tenth_off_either_end(stream: list[Taken]) -> None:
    """With the deadband that a rate rule allows, what rises by a fifth more is not missed."""
    real = [one for one in stream if one.quality == GOOD]
    rule = RateRule(**COMMON, limit=1.0, window=30)
    sharp = RateRule(**COMMON, limit=1.2, window=20)
    kept = reported(PointPolicy(max_interval_us=10, deadband=0.1), real)
    found = episodes(rule, kept)
    for start_us, _, _ in episodes(sharp, real):
        assert any(
            begun <= start_us + 10 and (end is None or end >= start_us) for begun, end, _ in found
        )
