"""From one revision of an alarm to the next: the lifecycle's answer and what was seen."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.alarm.lifecycle import Event, Facts, Refused, Step, Variables, is_quiet, take
from ingest_server.db.alarm_book import Alarm
from ingest_server.db.snapshot import Change, EventType, Snapshot
from wire.reading import Value

LATE_US = 60_000_000
"""An alarm whose cause is older than this when we learn of it is marked late."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What an alarm is of: a rule of a device, of a gateway (device None) or of the server.

    `outranked_by`: rules of the same device; while one of them is active this one does not sound.
    """

    gateway: str
    device: str | None
    rule: str
    alarm_class: AlarmClass
    severity: Severity
    title: dict[str, str]
    guidance: dict[str, str]
    life_safety: bool = False
    latching: bool = False
    profile: str | None = None
    place: str | None = None
    point: str | None = None
    limit: Value | None = None
    outranked_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One episode as far as it is known, and the sample that tells it. Times: UTC us."""

    since: int
    until: int | None = None
    clock: str = "synchronised"
    test: bool = False
    value: Value | None = None
    unit: str | None = None
    quality: str | None = None


def alarm_id(gateway: str, device: str | None, rule: str, since: int, nth: int = 0) -> str:
    """`alm-` and 20 hex digits: the same cause and start have the same id on every run.

    `nth` tells a second alarm of the same start apart, when the first is closed already.
    """
    text = "\n".join((gateway, device or "", rule, str(since), *([str(nth)] if nth else [])))
    return f"alm-{hashlib.sha256(text.encode()).hexdigest()[:20]}"


def open_alarm(cause: Cause, seen: Seen, *, suppressed: bool = False) -> Alarm:
    """A fresh alarm at revision 0: nothing is written or told of it yet."""
    snapshot = Snapshot(
        alarm_id=alarm_id(cause.gateway, cause.device, cause.rule, seen.since),
        revision=0,
        event=EventType.RAISED,
        change=Change.ACTIVATED,
        alarm_class=cause.alarm_class,
        severity=cause.severity,
        life_safety=cause.life_safety,
        gateway=cause.gateway,
        device=cause.device,
        rule=cause.rule,
        title=cause.title,
        guidance=cause.guidance,
        active=False,
        acknowledged=True,
        latched=False,
        shelved=False,
        suppressed=suppressed,
        out_of_service=False,
        closed=False,
        test=seen.test,
        late=False,
        since=seen.since,
        until=seen.until,
        learned=0,
        age_us=0,
        clock=seen.clock,
        profile=cause.profile,
        place=cause.place,
        point=cause.point,
        limit=cause.limit,
    )
    return Alarm(snapshot, cause.latching)


def show_episode(
    alarm: Alarm, event: Event, seen: Seen, now_us: int, *, outranked: bool = False
) -> Alarm | Refused:
    """The revision that shows this episode as the alarm's newest."""
    age = max(0, now_us - seen.since)
    over = event is Event.FIND_OVER
    return revise(
        alarm,
        event,
        now_us,
        since=seen.since,
        until=seen.until,
        clock=seen.clock,
        test=seen.test,
        value=seen.value,
        unit=seen.unit,
        quality=seen.quality,
        age_us=age,
        late=over or age > LATE_US,
        outranked=outranked,
    )


def revise(
    alarm: Alarm, event: Event, now_us: int, *, outranked: bool = False, **said: Any
) -> Alarm | Refused:
    """The next revision; `said` are other fields of the snapshot. Actor and comment do not stay.

    `outranked`: a worse alarm of the same measurement sounds already; this one is told silently.
    """
    before = alarm.snapshot
    step = take(event, _variables(before), _facts(alarm))
    if isinstance(step, Refused):
        return step
    announces = step.announces and not outranked
    values: dict[str, Any] = {"actor": None, "comment": None, **said, **_values(step)}
    after = msgspec.structs.replace(
        before,
        revision=before.revision + 1,
        learned=now_us,
        event=step.type,
        change=step.change,
        announces=announces,
        **values,
    )
    told = alarm.told or not is_quiet(step.variables, life_safety=before.life_safety)
    paged = now_us if announces and alarm.paged_us is None else alarm.paged_us
    return replace(alarm, snapshot=after, told=told, paged_us=paged)


def _variables(snapshot: Snapshot) -> Variables:
    return Variables(*(getattr(snapshot, name) for name in Variables.__slots__))


def _values(step: Step) -> dict[str, bool]:
    return {name: getattr(step.variables, name) for name in Variables.__slots__}


def _facts(alarm: Alarm) -> Facts:
    return Facts(
        fresh=alarm.snapshot.revision == 0,
        latching=alarm.latching,
        told=alarm.told,
        life_safety=alarm.snapshot.life_safety,
    )


def is_sounding(alarm: Alarm) -> bool:
    """Active, and not recorded only."""
    now = alarm.snapshot
    return now.active and not is_quiet(_variables(now), life_safety=now.life_safety)


def worse(severity: Severity) -> Severity:
    """One step up; the worst stays the worst."""
    order = list(Severity)
    return order[max(0, order.index(severity) - 1)]
