from dataclasses import replace

import pytest

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.alarm.gateway_absence import (
    ESCALATION_US,
    GRACE_US,
    gateway_away,
    is_away,
    lose_gateway,
    unsuppress,
)
from ingest_server.alarm.hold_condition import hold_condition
from ingest_server.alarm.record import Cause, Seen
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.system_alarm import SystemRule, system_cause
from ingest_server.db.registry import note_heard
from ingest_server.db.snapshot import Snapshot
from tests.alarm_rig import changes

S = 1_000_000
HAZARD = Cause(
    "gw-1", "gas-01", "lel_high", AlarmClass.HAZARD, Severity.HIGH, {"en": "t"}, {"en": "g"}
)
ABSENT = replace(HAZARD, rule="offline", alarm_class=AlarmClass.SENSOR_HEALTH)
Told = list[Snapshot]


def is_absence(alarm: Snapshot) -> bool:
    return alarm.rule == "offline"


def test_a_lost_gateway_suppresses_absence_and_escalates_hazards(desk: Desk, told: Told) -> None:
    for cause in (HAZARD, ABSENT):
        hold_condition(desk, cause, Seen(5), holds=True)
    lose_gateway(desk, "gw-1", 10, is_absence)
    assert changes(told)[2:] == [
        "lel_high: escalated/alarm.changed",
        "offline: suppressed/alarm.changed",
    ]
    assert told[2].severity is Severity.CRITICAL


@pytest.mark.parametrize(("gap", "escalates"), [(ESCALATION_US, True), (ESCALATION_US + 1, False)])
def test_a_hazard_that_ended_counts_for_ten_minutes(
    desk: Desk, told: Told, gap: int, *, escalates: bool
) -> None:
    hold_condition(desk, HAZARD, Seen(5), holds=True)
    hold_condition(desk, HAZARD, Seen(9), holds=False)
    lose_gateway(desk, "gw-1", 9 + gap, is_absence)
    assert (told[-1].change == "escalated") is escalates


def test_a_gateway_is_away_while_silent_and_for_a_grace_after_a_gap(desk: Desk) -> None:
    cause = system_cause(SystemRule.GATEWAY_SILENT, "gw-1")
    assert not is_away(desk, "gw-1")
    hold_condition(desk, cause, Seen(5), holds=True)
    assert is_away(desk, "gw-1")
    hold_condition(desk, cause, Seen(9), holds=False)
    assert not is_away(desk, "gw-1")
    returned = desk.now_us - GRACE_US + 1
    for arrival in (returned - 100 * S, returned):
        note_heard(desk.connection, {"gw-1": arrival}, 25 * S)
    assert is_away(desk, "gw-1")
    assert not is_away(replace(desk, now_us=returned + GRACE_US), "gw-1")


def test_only_an_absence_that_spans_the_return_was_the_gateways(desk: Desk) -> None:
    for arrival in (100 * S, 300 * S):
        note_heard(desk.connection, {"gw-1": arrival}, 25 * S)
    hides = gateway_away(desk, "gw-1")
    assert hides(Seen(130 * S, 301 * S))
    assert hides(Seen(130 * S, 296 * S))
    assert not hides(Seen(130 * S, 200 * S))
    assert not hides(Seen(301 * S, 400 * S))
    assert not hides(Seen(130 * S))


def test_what_was_told_before_is_let_speak_without_a_sound(desk: Desk, told: Told) -> None:
    hold_condition(desk, ABSENT, Seen(5), holds=True)
    lose_gateway(desk, "gw-1", 10, is_absence)
    unsuppress(desk, "gw-1")
    assert [(one.change, one.announces) for one in told[1:]] == [
        ("suppressed", False),
        ("unsuppressed", False),
    ]
