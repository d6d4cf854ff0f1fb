from dataclasses import replace

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.alarm.lifecycle import Event, Refused
from ingest_server.alarm.record import (
    LATE_US,
    Cause,
    Seen,
    alarm_id,
    open_alarm,
    revise,
    show_episode,
    worse,
)
from ingest_server.db.alarm_book import Alarm
from ingest_server.db.snapshot import Change

CAUSE = Cause(
    gateway="gw-1",
    device="smoke-01",
    rule="smoke",
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.CRITICAL,
    title={"en": "Smoke"},
    guidance={"en": "Go"},
    life_safety=True,
    latching=True,
)


def shown(alarm: Alarm | Refused) -> Alarm:
    assert isinstance(alarm, Alarm)
    return alarm


def test_an_alarm_id_is_the_same_on_every_run() -> None:
    assert alarm_id("gw-1", "smoke-01", "smoke", 5) == "alm-cbb532925c88ec462753"
    ids = {
        alarm_id("gw-1", None, "smoke", 5),
        alarm_id("gw-1", "smoke-01", "smoke", 6),
        alarm_id("gw-1", "smoke-01", "smoke", 5, 1),
    }
    assert len(ids) == 3


def test_revisions_count_and_the_first_page_is_remembered() -> None:
    first = shown(show_episode(open_alarm(CAUSE, Seen(10)), Event.ACTIVATE, Seen(10), 25))
    assert (first.snapshot.revision, first.snapshot.learned, first.snapshot.age_us) == (1, 25, 15)
    assert (first.told, first.paged_us) == (True, 25)
    second = shown(revise(first, Event.ACKNOWLEDGE, 40, actor="li", comment="seen"))
    assert (second.snapshot.revision, second.snapshot.actor) == (2, "li")
    assert (second.snapshot.age_us, second.paged_us) == (15, 25)
    third = shown(revise(second, Event.RETURN, 50, until=45))
    assert (third.snapshot.actor, third.snapshot.comment, third.snapshot.until) == (None, None, 45)
    assert third.snapshot.change is Change.RETURNED


def test_what_we_learn_late_is_marked_late() -> None:
    for age, late in ((LATE_US, False), (LATE_US + 1, True)):
        alarm = shown(show_episode(open_alarm(CAUSE, Seen(0)), Event.ACTIVATE, Seen(0), age))
        assert alarm.snapshot.late is late


def test_a_suppressed_alarm_is_not_told_until_it_is_let_speak() -> None:
    fresh = open_alarm(CAUSE, Seen(1), suppressed=True)
    hidden = shown(show_episode(fresh, Event.ACTIVATE, Seen(1), 2))
    assert (hidden.told, hidden.paged_us, hidden.snapshot.announces) == (False, None, False)
    spoken = shown(revise(hidden, Event.UNSUPPRESS, 9))
    assert (spoken.told, spoken.paged_us, spoken.snapshot.announces) == (True, 9, True)


def test_a_refusal_comes_back_as_its_reason() -> None:
    assert revise(open_alarm(CAUSE, Seen(1)), Event.RESET, 2) is Refused.NOT_LATCHED
    unlatched = open_alarm(replace(CAUSE, latching=False), Seen(1))
    assert revise(unlatched, Event.RETURN, 2) is Refused.NOT_ACTIVE


def test_one_step_worse() -> None:
    assert worse(Severity.NOTICE) is Severity.WARNING
    assert worse(Severity.CRITICAL) is Severity.CRITICAL
