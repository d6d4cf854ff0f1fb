"""A condition that simply holds or not becomes an alarm: what the system rules need."""

from ingest_server.alarm.lifecycle import Event, Refused
from ingest_server.alarm.record import Cause, Seen, open_alarm, revise, show_episode
from ingest_server.alarm.settle import Desk
from ingest_server.db.alarm_book import Alarm, find_open, publish
from ingest_server.db.evaluation_book import EpisodeRow, write_episode


def hold_condition(desk: Desk, cause: Cause, seen: Seen, *, holds: bool) -> Alarm | None:
    """Activate or return the one alarm of the cause; the new revision, or None if nothing is new.

    `seen.since` is when it began to hold, or when it ceased to.
    """
    alarm = find_open(desk.connection, cause.gateway, cause.device, cause.rule)
    if (alarm is not None and alarm.snapshot.active) is holds:
        return None
    after = _activate(desk, cause, alarm, seen) if holds else _return(desk, alarm, seen)
    if after is None or isinstance(after, Refused):
        return None
    publish(desk.connection, after, desk.enqueue)
    _note(desk, after)
    return after


def _activate(desk: Desk, cause: Cause, alarm: Alarm | None, seen: Seen) -> Alarm | Refused:
    start = open_alarm(cause, seen) if alarm is None else alarm
    return show_episode(start, Event.ACTIVATE, seen, desk.now_us)


def _return(desk: Desk, alarm: Alarm | None, seen: Seen) -> Alarm | Refused | None:
    if alarm is None:
        return None
    until = max(seen.since, alarm.snapshot.since)
    return revise(alarm, Event.RETURN, desk.now_us, until=until)


def _note(desk: Desk, alarm: Alarm) -> None:
    now = alarm.snapshot
    row = EpisodeRow(now.since, now.until, now.alarm_id, now.learned)
    write_episode(desk.connection, now.gateway, now.device or "", now.rule, row)
