"""The rules of one device over its new samples, or over time that has passed, into the book."""

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from alarm_rules.rule import (
    AbsenceRule,
    DeviationRule,
    LimitRule,
    RateRule,
    Rule,
    StateRule,
    points_of,
)
from ingest_server.alarm.completeness import Complete
from ingest_server.alarm.judge import (
    History,
    Judgement,
    Standing,
    due_us,
    is_decided,
    judge,
    judge_ancient,
    judge_time,
    read_standing,
    stand,
)
from ingest_server.alarm.known_profiles import KnownProfile, RuleInForce
from ingest_server.alarm.record import Cause, Seen
from ingest_server.alarm.settle import Desk, Settler, Suppressed
from ingest_server.db.evaluation_book import (
    Evaluation,
    Kept,
    add_samples,
    find_evaluation,
    prune_samples,
    samples_after,
    write_evaluation,
)
from ingest_server.db.registry import KnownDevice
from wire.reading import Value, is_of_link

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """A device, what the catalogue knows of it, and when its absence is nobody's news."""

    device: KnownDevice
    profile: KnownProfile
    gateway_away: Suppressed


def take_samples(desk: Desk, watched: Watched, kept: Iterable[Kept]) -> None:
    """Evaluate every rule that the new ones among these samples feed; doubled ones do nothing."""
    used = [one for one in kept if watched.profile.uses(one.reading.point)]
    new = add_samples(desk.connection, watched.device.gateway, used)
    if not new:
        return
    for force in watched.profile.rules:
        fed = [one for one in new if _feeds(force.rule, one)]
        if fed:
            _take(desk, watched, force, fed)


def _feeds(rule: Rule, kept: Kept) -> bool:
    """A rule without points takes all that the device says: not what is said of its link."""
    point, wanted = kept.reading.point, points_of(rule)
    return point in wanted if wanted else not is_of_link(point)


def _take(desk: Desk, watched: Watched, force: RuleInForce, fed: Sequence[Kept]) -> None:
    connection, device, rule = desk.connection, watched.device, force.rule
    standing, base_us = _standing(connection, device, force)
    settler = Settler(desk, cause_of(device, force), _suppressed(watched, rule))
    ancient = [one for one in fed if one.reading.time_us <= base_us]
    if ancient:
        settler.add(judge_ancient(rule, ancient))
    recent = [one for one in fed if one.reading.time_us > base_us]
    if not recent:
        return
    judgement = judge(rule, standing, recent, _history(connection, device, rule))
    settler.settle(judgement)
    _write(connection, device, force, judgement.standing)
    if judgement.standing.marks[0].at_us > base_us:
        needs = [(one.rule.id, points_of(one.rule)) for one in watched.profile.rules]
        prune_samples(connection, device.gateway, device.device, needs)


def pass_time(desk: Desk, watched: Watched, force: RuleInForce, through_us: int) -> None:
    """Nothing is missing up to `through_us` in what feeds this rule."""
    standing, _ = _standing(desk.connection, watched.device, force)
    judgement: Judgement = judge_time(force.rule, standing, through_us)
    suppressed = _suppressed(watched, force.rule)
    Settler(desk, cause_of(watched.device, force), suppressed).settle(judgement)
    _write(desk.connection, watched.device, force, judgement.standing)


def let_time_pass(
    desk: Desk, watched: Watched, force: RuleInForce, through: Complete, due_us: int
) -> None:
    """As far as nothing is missing; else as far as what is still to come can change nothing."""
    whole_us, live = through.of(is_urgent=force.is_urgent)
    if whole_us is not None and due_us <= whole_us:
        pass_time(desk, watched, force, whole_us)
    elif live is not None and due_us <= live.through_us:
        standing, _ = _standing(desk.connection, watched.device, force)
        if is_decided(force.rule, standing.state, live.since_us, live.through_us):
            pass_time(desk, watched, force, live.through_us)


def await_device(connection: sqlite3.Connection, watched: Watched) -> None:
    """Make the absence rules of a device count from when it was named, heard or not."""
    for force in watched.profile.rules:
        device = watched.device
        is_new = find_evaluation(connection, device.gateway, device.device, force.rule.id) is None
        if isinstance(force.rule, AbsenceRule) and is_new:
            _write(connection, device, force, stand(force.rule, device.named_us))


def cause_of(device: KnownDevice, force: RuleInForce) -> Cause:
    rule = force.rule
    return Cause(
        gateway=device.gateway,
        device=device.device,
        rule=rule.id,
        alarm_class=rule.alarm_class,
        severity=rule.severity,
        title=rule.title.by_language(),
        guidance=rule.guidance.by_language(),
        life_safety=rule.life_safety,
        latching=rule.latched,
        profile=device.profile,
        place=device.place,
        point=None if isinstance(rule, AbsenceRule) else rule.point,
        limit=_limit(rule),
        outranked_by=force.outranked_by,
    )


def _limit(rule: Rule) -> Value | None:
    """The figure that the value is held against."""
    match rule:
        case StateRule():
            return rule.equals
        case LimitRule() | DeviationRule() | RateRule():
            return rule.limit
        case _:
            return None


def _suppressed(watched: Watched, rule: Rule) -> Suppressed:
    """An absent gateway hides the absence of its devices, and nothing else (design section 4)."""
    return watched.gateway_away if isinstance(rule, AbsenceRule) else _never


def _never(_: Seen) -> bool:
    return False


def _history(connection: sqlite3.Connection, device: KnownDevice, rule: Rule) -> History:
    points = points_of(rule)

    def read(after_us: int) -> list[Kept]:
        kept = samples_after(connection, device.gateway, device.device, points, after_us)
        return [one for one in kept if _feeds(rule, one)]

    return read


def _standing(
    connection: sqlite3.Connection, device: KnownDevice, force: RuleInForce
) -> tuple[Standing, int]:
    """Where the rule stands, and its base. A changed rule begins anew where the old one stood."""
    kept = find_evaluation(connection, device.gateway, device.device, force.rule.id)
    if kept is None:
        standing = stand(force.rule, device.named_us)
    elif kept.definition != force.definition:
        standing = stand(force.rule, kept.last_us, kept.last_us)
    else:
        standing = _decode(kept) or stand(force.rule, kept.last_us, kept.last_us)
    return standing, standing.marks[0].at_us


def _decode(kept: Evaluation) -> Standing | None:
    try:
        return read_standing(kept.state, kept.marks)
    except msgspec.MsgspecError:
        _log.exception("rule %s of %s/%s begins anew", kept.rule, kept.gateway, kept.device)
        return None


def _write(
    connection: sqlite3.Connection, device: KnownDevice, force: RuleInForce, standing: Standing
) -> None:
    write_evaluation(
        connection,
        Evaluation(
            device.gateway,
            device.device,
            force.rule.id,
            force.definition,
            msgspec.json.encode(standing.state),
            standing.last_us,
            standing.marks[0].at_us,
            due_us(force.rule, standing.state),
            msgspec.json.encode(standing.marks),
        ),
    )
