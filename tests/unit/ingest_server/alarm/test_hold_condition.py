from ingest_server.alarm.hold_condition import hold_condition
from ingest_server.alarm.record import Seen
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.system_alarm import SystemRule, system_cause
from ingest_server.db.alarm_book import get_alarm
from ingest_server.db.snapshot import Snapshot
from tests.alarm_rig import changes

CAUSE = system_cause(SystemRule.GATEWAY_SILENT, "gw-1")


def test_a_condition_is_told_when_it_changes_and_not_while_it_holds(
    desk: Desk, told: list[Snapshot]
) -> None:
    assert hold_condition(desk, CAUSE, Seen(5), holds=False) is None
    for at_us in (10, 11):
        hold_condition(desk, CAUSE, Seen(at_us), holds=True)
    for at_us in (20, 21):
        hold_condition(desk, CAUSE, Seen(at_us), holds=False)
    hold_condition(desk, CAUSE, Seen(30), holds=True)
    assert changes(told) == [
        "gateway_silent: activated/alarm.raised",
        "gateway_silent: returned/alarm.cleared",
        "gateway_silent: reactivated/alarm.raised",
    ]
    file = get_alarm(desk.connection, told[0].alarm_id)
    assert file is not None
    assert [(one.start_us, one.end_us) for one in file.episodes] == [(10, 20), (30, None)]


def test_an_end_is_never_before_its_begin(desk: Desk, told: list[Snapshot]) -> None:
    hold_condition(desk, CAUSE, Seen(10), holds=True)
    hold_condition(desk, CAUSE, Seen(5), holds=False)
    assert told[-1].until == 10
