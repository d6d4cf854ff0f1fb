"""What came is held against what was expected: met, early, late, missed, too often, false."""

from dataclasses import replace

import pytest

from simulators.delivery_book import Delivery, DeliveryBook
from simulators.scenario.model import Others
from simulators.scenario.timing import SECOND_US, Timing
from simulators.scenario.verdict import Outcome, Told, judge, told_since
from simulators.webhook_check import Verdict
from tests.unit.simulators.scenario.storm import storm

NORMAL = Timing(1, 0, 1_000 * SECOND_US)
OVER = 60 * SECOND_US
GAUGE_OK = Told(20, "alarm.raised", "gauge", "water_notice", "notice")


def ruler(at_s: float, severity: str = "notice") -> Told:
    return Told(at_s, "alarm.raised", "ruler", "water_notice", severity)


def outcomes(*told: Told, now_us: int = OVER) -> list[Outcome]:
    return [one.outcome for one in judge(storm(), NORMAL, told, now_us)]


@pytest.mark.parametrize(
    ("came", "outcome"),
    [
        ((ruler(10),), Outcome.MET),
        ((ruler(25),), Outcome.MET),
        ((ruler(12), ruler(14)), Outcome.MET),
        ((ruler(9.9),), Outcome.EARLY),
        ((ruler(25.1),), Outcome.LATE),
        ((ruler(9), ruler(26)), Outcome.LATE),
        ((), Outcome.MISSED),
    ],
)
def test_an_alarm_that_must_come(came: tuple[Told, ...], outcome: Outcome) -> None:
    assert outcomes(*came, GAUGE_OK)[0] is outcome


def test_as_long_as_its_window_lasts_it_is_open() -> None:
    assert outcomes(now_us=24 * SECOND_US)[:2] == [Outcome.OPEN, Outcome.OPEN]
    assert outcomes(ruler(12), GAUGE_OK, now_us=24 * SECOND_US) == [
        Outcome.MET,
        Outcome.OPEN,
        Outcome.OPEN,
    ]


def test_too_often() -> None:
    assert outcomes(ruler(12), GAUGE_OK, GAUGE_OK)[1] is Outcome.TOO_OFTEN


def test_nothing_may_come() -> None:
    page = Told(30.4, "alarm.raised", "panel", "smoke", "critical")
    assert outcomes(ruler(12), GAUGE_OK)[2] is Outcome.MET
    assert outcomes(ruler(12), GAUGE_OK, page)[2:] == [Outcome.FALSE_ALARM]
    assert outcomes(page, now_us=31 * SECOND_US)[2] is Outcome.FALSE_ALARM


def test_another_severity_is_another_alarm() -> None:
    assert outcomes(ruler(12, "high"), GAUGE_OK)[0] is Outcome.MISSED


def test_what_nobody_foresaw_is_a_false_alarm() -> None:
    odd = Told(3, "alarm.raised", "ruler", "offline", "high")
    cleared = Told(4, "alarm.cleared", "ruler", "offline", "high")
    *_, last = judge(storm(), NORMAL, [ruler(12), GAUGE_OK, odd, cleared], OVER)
    assert (last.outcome, last.expectation, last.came) == (Outcome.FALSE_ALARM, None, (odd,))
    assert len(judge(storm(), NORMAL, [odd], OVER)) == 4


def test_unless_others_are_allowed() -> None:
    odd = Told(3, "alarm.raised", "ruler", "offline", "high")
    allowing = replace(storm(), others=Others.ALLOWED)
    assert len(judge(allowing, NORMAL, [odd], OVER)) == 3


def test_speed_moves_the_window_but_not_what_the_programs_may_take() -> None:
    fast = Timing(10, 0, 0)
    (first, *_) = judge(storm(), fast, [ruler(4.2)], OVER)
    assert (first.outcome, first.opens_s, first.closes_s) == (Outcome.MET, 1.0, 4.3)
    (first, *_) = judge(storm(), fast, [ruler(4.4)], OVER)
    assert first.outcome is Outcome.LATE


def delivery(verdict: Verdict, at_us: int, kind: str = "alarm.raised") -> Delivery:
    body = (
        f'{{"type":"{kind}","data":{{"alarm_id":"a","revision":1,"device":"ruler",'
        '"rule":"water_notice","severity":"notice"}}'
    )
    return DeliveryBook().take(
        {"webhook-id": "m"}, body.encode(), verdict, answer="200", utc_us=at_us, mono_us=0
    )


def test_only_verified_alarms_since_the_beginning_count() -> None:
    began = NORMAL.utc_us
    good = delivery(Verdict.VERIFIED, began + 12 * SECOND_US)
    unverified = next(one for one in Verdict if one is not Verdict.VERIFIED)
    others = [
        delivery(Verdict.VERIFIED, began - 1),
        delivery(unverified, began),
        delivery(Verdict.VERIFIED, began, "heartbeat"),
    ]
    assert told_since([*others, good], NORMAL) == [ruler(12)]
