"""The alarm book after a correction of times: moved with them, nothing cleared or raised anew."""

import logging

import msgspec

from ingest_server.alarm.judge import read_standing
from ingest_server.alarm.lifecycle import Event, Refused
from ingest_server.alarm.move_time import moved_due, moved_standing
from ingest_server.alarm.record import revise
from ingest_server.alarm.settle import Desk
from ingest_server.db.alarm_book import find_alarm, publish
from ingest_server.db.evaluation_book import Evaluation, write_evaluation
from ingest_server.db.moved_times import evaluations_of, move_episodes, move_readings
from ingest_server.db.retime import Moves, Retime

_log = logging.getLogger(__name__)


def retime(desk: Desk, gateway: str, said: Retime) -> None:
    """Correct what was judged of the gateway. Alarms keep their ids; one revision tells the times.

    Within the transaction of the pass, before any entry that comes after the correction.
    """
    if said.moves is Moves.TIMES:
        move_readings(desk.connection, gateway, said)
        for alarm_id in move_episodes(desk.connection, gateway, said):
            _correct_alarm(desk, alarm_id, said)
    for one in evaluations_of(desk.connection, gateway):
        moved = _evaluation(one, said)
        if moved is not None:
            write_evaluation(desk.connection, moved)


def _correct_alarm(desk: Desk, alarm_id: str, said: Retime) -> None:
    """Unless it shows a later episode, which was not moved."""
    alarm = find_alarm(desk.connection, alarm_id)
    if alarm is None or not said.holds(alarm.snapshot.since):
        return
    now = alarm.snapshot
    after = revise(
        alarm,
        Event.EXTEND,
        desk.now_us,
        since=said.moved(now.since),
        until=None if now.until is None else said.moved(now.until),
        clock=said.clock or now.clock,
    )
    if not isinstance(after, Refused):
        publish(desk.connection, after, desk.enqueue)


def _evaluation(kept: Evaluation, said: Retime) -> Evaluation | None:
    """None: it can not be read, and begins anew when it is needed."""
    try:
        standing = read_standing(kept.state, kept.marks)
    except msgspec.MsgspecError:
        _log.exception("rule %s of %s/%s is not moved", kept.rule, kept.gateway, kept.device)
        return None
    moved = moved_standing(standing, said)
    return Evaluation(
        kept.gateway,
        kept.device,
        kept.rule,
        kept.definition,
        msgspec.json.encode(moved.state),
        moved.last_us,
        moved.marks[0].at_us,
        moved_due(kept.due_us, said),
        msgspec.json.encode(moved.marks),
    )
