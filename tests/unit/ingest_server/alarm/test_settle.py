from dataclasses import replace

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.alarm.judge import Judgement, stand
from ingest_server.alarm.operate import Order, acknowledge
from ingest_server.alarm.record import Cause, Seen
from ingest_server.alarm.settle import Desk, Settler
from ingest_server.db.alarm_book import Which, list_alarms
from ingest_server.db.evaluation_book import EpisodeRow, episodes_after
from ingest_server.db.snapshot import Snapshot
from tests.alarm_rig import SMOKE, changes

CAUSE = Cause(
    gateway="gw-1",
    device="smoke-01",
    rule="service",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.WARNING,
    title={"en": "Service"},
    guidance={"en": "Clean"},
)
Told = list[Snapshot]


def settle(
    desk: Desk,
    *seen: Seen,
    window: int = 0,
    before: int = 0,
    cleared: int | None = None,
    cause: Cause = CAUSE,
) -> None:
    standing = stand(SMOKE.rules[0], 0)
    judgement = Judgement(standing, window, seen, before, cleared)
    Settler(desk, cause, lambda _: False).settle(judgement)


def rows(desk: Desk) -> list[EpisodeRow]:
    return episodes_after(desk.connection, "gw-1", "smoke-01", "service", 0)


def acknowledge_it(desk: Desk) -> None:
    (alarm,) = list_alarms(desk.connection).alarms
    order = Order(alarm.alarm_id, "li", None, desk.now_us)
    acknowledge(desk.connection, order, desk.enqueue)


def test_an_ordinary_alarm_begins_returns_and_closes(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10), window=5, before=5)
    settle(desk, Seen(10, 20), window=15, before=15)
    acknowledge_it(desk)
    assert changes(told) == [
        "service: activated/alarm.raised",
        "service: returned/alarm.cleared",
        "service: acknowledged/alarm.closed",
    ]


WORSE = replace(CAUSE, rule="nobody", severity=Severity.CRITICAL)
MILDER = replace(CAUSE, outranked_by=("nobody",))


def test_a_milder_one_of_the_same_measurement_is_told_without_sounding(
    desk: Desk, told: Told
) -> None:
    settle(desk, Seen(10), cause=WORSE)
    settle(desk, Seen(10), cause=MILDER)
    assert [(one.rule, one.event, one.announces) for one in told] == [
        ("nobody", "alarm.raised", True),
        ("service", "alarm.raised", False),
    ]
    assert not told[-1].acknowledged


def test_once_the_worse_one_is_over_a_milder_one_sounds_again(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10), cause=WORSE)
    settle(desk, Seen(10, 20), window=15, before=15, cause=WORSE)
    settle(desk, Seen(30), cause=MILDER)
    assert told[-1].announces


def test_a_test_of_the_worse_one_silences_nothing_real(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10, test=True), cause=WORSE)
    settle(desk, Seen(10), cause=MILDER)
    assert told[-1].announces
    settle(desk, Seen(10), cause=replace(WORSE, rule="other"))
    settle(desk, Seen(10, test=True), cause=replace(MILDER, rule="b", outranked_by=("other",)))
    assert not told[-1].announces


def test_what_is_recorded_only_silences_nothing(desk: Desk, told: Told) -> None:
    judgement = Judgement(stand(SMOKE.rules[0], 0), 0, (Seen(10),), 0)
    Settler(desk, WORSE, lambda _: True).settle(judgement)
    assert told == []
    settle(desk, Seen(10), cause=MILDER)
    assert told[-1].announces


def test_an_end_known_late_is_written_down_and_does_not_clear(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10))
    settle(desk, Seen(10, 20), before=30)
    assert [row.end_us for row in rows(desk)] == [20]
    assert len(told) == 1
    settle(desk, window=40, before=40, cleared=50)
    assert (told[-1].active, told[-1].until) == (False, 50)


def test_an_end_taken_away_makes_the_alarm_active_again(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10))
    settle(desk, Seen(10, 20), before=15)
    settle(desk, Seen(10), before=30)
    assert changes(told)[2:] == ["service: reactivated/alarm.raised"]
    assert [row.end_us for row in rows(desk)] == [None]


def test_after_it_was_closed_a_second_alarm_of_that_start_has_its_own_id(
    desk: Desk, told: Told
) -> None:
    settle(desk, Seen(10))
    settle(desk, Seen(10, 20), before=15)
    acknowledge_it(desk)
    settle(desk, Seen(10), before=30)
    first, second = told[0], told[-1]
    assert second.active
    assert first.since == second.since
    assert first.alarm_id != second.alarm_id
    assert [row.alarm_id for row in rows(desk)] == [second.alarm_id]


def test_late_data_extends_a_closed_alarm_without_opening_it(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10, 20))
    settle(desk, Seen(5, 25), before=40)
    assert changes(told) == ["service: over/alarm.closed", "service: extended/alarm.closed"]
    assert (told[-1].since, told[-1].until) == (5, 25)
    assert list_alarms(desk.connection, which=Which.OPEN).alarms == ()
    assert [row.start_us for row in rows(desk)] == [5]


def test_what_is_no_longer_so_is_marked_and_its_alarm_stays(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10))
    settle(desk, before=30)
    assert rows(desk) == []
    assert len(told) == 1
    assert told[0].active


def test_the_same_judgement_twice_changes_nothing(desk: Desk, told: Told) -> None:
    for _ in range(2):
        settle(desk, Seen(10, 20), Seen(30))
    assert len(told) == 2


def test_an_episode_before_the_newest_extends_it(desk: Desk, told: Told) -> None:
    settle(desk, Seen(30), window=25)
    settle(desk, Seen(10, 20), Seen(30))
    assert changes(told)[1:] == ["service: extended/alarm.changed"]
    assert told[-1].since == 30


def test_a_test_that_turns_real_is_announced_though_it_is_active(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10, test=True))
    settle(desk, Seen(10, 20, test=True), Seen(20), before=30)
    assert changes(told)[1:] == ["service: reactivated/alarm.raised"]
    assert (told[-1].test, told[-1].announces) == (False, True)


def test_a_rule_that_became_more_severe_announces(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10))
    settle(desk, Seen(10), cause=replace(CAUSE, severity=Severity.HIGH))
    settle(desk, Seen(10), cause=replace(CAUSE, severity=Severity.NOTICE))
    assert changes(told)[1:] == ["service: severity_raised/alarm.changed"]
    assert told[-1].severity is Severity.HIGH
    assert told[-1].announces


def test_ancient_episodes_are_only_added(desk: Desk, told: Told) -> None:
    settle(desk, Seen(10, 20))
    settler = Settler(desk, CAUSE, lambda _: False)
    settler.add((Seen(12, 14), Seen(2, 4)))
    assert [row.start_us for row in rows(desk)] == [2, 10]
    assert len(told) == 2
