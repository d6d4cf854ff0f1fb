"""What the silence of a gateway does to its other alarms: hides absence, escalates hazards."""

from collections.abc import Callable

from alarm_rules.rule import AlarmClass
from ingest_server.alarm.lifecycle import Event, Refused
from ingest_server.alarm.record import Seen, revise, worse
from ingest_server.alarm.settle import Desk, Suppressed
from ingest_server.alarm.system_alarm import SystemRule
from ingest_server.db.alarm_book import Alarm, find_open, open_alarms, publish
from ingest_server.db.registry import find_gateway
from ingest_server.db.snapshot import Snapshot

GRACE_US = 60_000_000
SLACK_US = 5_000_000
ESCALATION_US = 600_000_000


def gateway_away(desk: Desk, gateway: str) -> Suppressed:
    """Whether the absence of a device is only that of its gateway: now, just ended, or meanwhile.

    After a gap the devices get a grace of a minute to be heard again.
    """
    returned_us = _returned_us(desk, gateway)
    if _is_away(desk, gateway, returned_us):
        return _always

    def was_away(seen: Seen) -> bool:
        if returned_us is None or seen.until is None:
            return False
        return seen.since <= returned_us <= seen.until + SLACK_US

    return was_away


def is_away(desk: Desk, gateway: str) -> bool:
    """Whether the gateway is silent, or came back less than a grace ago."""
    return _is_away(desk, gateway, _returned_us(desk, gateway))


def _returned_us(desk: Desk, gateway: str) -> int | None:
    known = find_gateway(desk.connection, gateway)
    return None if known is None else known.returned_us


def _is_away(desk: Desk, gateway: str, returned_us: int | None) -> bool:
    alarm = find_open(desk.connection, gateway, None, SystemRule.GATEWAY_SILENT)
    if alarm is not None and alarm.snapshot.active:
        return True
    return returned_us is not None and 0 <= desk.now_us - returned_us < GRACE_US


def lose_gateway(
    desk: Desk, gateway: str, lost_us: int, is_absence: Callable[[Snapshot], bool]
) -> None:
    """Suppress its devices' absence alarms; escalate hazards of the last ten minutes (P11)."""
    for alarm in open_alarms(desk.connection, gateway):
        if is_absence(alarm.snapshot):
            _publish(desk, revise(alarm, Event.SUPPRESS, desk.now_us))
        elif _is_recent_hazard(alarm, lost_us):
            severity = worse(alarm.snapshot.severity)
            _publish(desk, revise(alarm, Event.ESCALATE, desk.now_us, severity=severity))


def unsuppress(desk: Desk, gateway: str) -> None:
    """The gateway is back for good: a device that is still absent is news now."""
    for alarm in open_alarms(desk.connection, gateway):
        if alarm.snapshot.suppressed:
            _publish(desk, revise(alarm, Event.UNSUPPRESS, desk.now_us))


def _is_recent_hazard(alarm: Alarm, lost_us: int) -> bool:
    now = alarm.snapshot
    if now.alarm_class is not AlarmClass.HAZARD or now.test:
        return False
    return now.active or lost_us - (now.until or now.since) <= ESCALATION_US


def _publish(desk: Desk, after: Alarm | Refused) -> None:
    if not isinstance(after, Refused):
        publish(desk.connection, after, desk.enqueue)


def _always(_: Seen) -> bool:
    return True
