"""The alarms of gateways and of the server itself: silence, return, clones, broker away."""

from collections.abc import Iterable, Mapping

from ingest_server.alarm.gateway_absence import is_away, lose_gateway, unsuppress
from ingest_server.alarm.hearing import Hearing
from ingest_server.alarm.hold_condition import hold_condition
from ingest_server.alarm.known_profiles import KnownProfiles
from ingest_server.alarm.record import Seen
from ingest_server.alarm.settle import Desk
from ingest_server.alarm.system_alarm import SystemRule, system_cause
from ingest_server.db.alarm_book import open_of_rule, suppressed_gateways
from ingest_server.db.journal import LaneState
from ingest_server.db.registry import find_gateway, last_words, note_clones, note_heard
from wire.topic import Lane

GAP_US = 25_000_000
"""A heartbeat comes every 10 s; a pause of the urgent lane longer than this was an absence."""
CLONE_REST_US = 600_000_000


def urgent_arrivals(lanes: Iterable[LaneState]) -> dict[str, int]:
    """The last word of each gateway: of its urgent lane, which alone has a heartbeat."""
    return {one.gateway: one.arrival_us for one in lanes if one.lane is Lane.URGENT}


def expected_arrivals(desk: Desk, arrivals: Mapping[str, int]) -> dict[str, int]:
    """Also of those born whose urgent lane the journal does not know: their silence is no safety.

    They were never heard since, or only before the journal was lost.
    """
    return last_words(desk.connection) | dict(arrivals)


def note_arrivals(desk: Desk, arrivals: Mapping[str, int]) -> None:
    note_heard(desk.connection, arrivals, GAP_US)


def judge_silence(
    desk: Desk,
    hearing: Hearing,
    profiles: KnownProfiles,
    arrivals: Mapping[str, int],
    mono_us: int,
) -> None:
    """Raise and return `gateway_silent` and `broker_away`; only born gateways are expected."""
    for alarm in open_of_rule(desk.connection, SystemRule.GATEWAY_SILENT):
        gateway, since = alarm.snapshot.gateway, alarm.snapshot.since
        if alarm.snapshot.active and arrivals.get(gateway, since) != since:
            _hold(desk, SystemRule.GATEWAY_SILENT, gateway, arrivals[gateway], holds=False)
    for gateway in hearing.silent(mono_us):
        known = find_gateway(desk.connection, gateway)
        if known is not None and known.born_us is not None:
            _lose(desk, profiles, gateway, arrivals[gateway])
    cause = system_cause(SystemRule.BROKER_AWAY)
    if hearing.is_broker_away(mono_us):
        hold_condition(desk, cause, Seen(desk.now_us), holds=True)
    elif hearing.is_broker_here:
        hold_condition(desk, cause, Seen(desk.now_us), holds=False)


def _lose(desk: Desk, profiles: KnownProfiles, gateway: str, lost_us: int) -> None:
    if _hold(desk, SystemRule.GATEWAY_SILENT, gateway, lost_us, holds=True):
        lose_gateway(desk, gateway, lost_us, profiles.is_absence)


def judge_clones(desk: Desk, lanes: Iterable[LaneState]) -> None:
    """Raise `two_gateways_one_id` when the count rises; it returns after ten quiet minutes."""
    counts: dict[str, int] = {}
    for one in lanes:
        if one.clones:
            counts[one.gateway] = counts.get(one.gateway, 0) + one.clones
    for gateway, clones in counts.items():
        _judge_clones(desk, gateway, clones)


def _judge_clones(desk: Desk, gateway: str, clones: int) -> None:
    rule = SystemRule.TWO_GATEWAYS_ONE_ID
    if note_clones(desk.connection, gateway, clones, desk.now_us):
        _hold(desk, rule, gateway, desk.now_us, holds=True)
        return
    known = find_gateway(desk.connection, gateway)
    if known is not None and desk.now_us - (known.cloned_us or 0) > CLONE_REST_US:
        _hold(desk, rule, gateway, desk.now_us, holds=False)


def let_absence_speak(desk: Desk) -> None:
    """Gateways that are back for longer than the grace hide nothing any more."""
    for gateway in suppressed_gateways(desk.connection):
        if not is_away(desk, gateway):
            unsuppress(desk, gateway)


def _hold(desk: Desk, rule: SystemRule, gateway: str, at_us: int, *, holds: bool) -> bool:
    return hold_condition(desk, system_cause(rule, gateway), Seen(at_us), holds=holds) is not None
