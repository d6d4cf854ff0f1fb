"""The life of one alarm: every transition stands in one table, and nothing else decides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest_server.db.snapshot import Change, EventType


class Event(StrEnum):
    """What can happen to an alarm."""

    ACTIVATE = "activate"
    RETURN = "return"
    FIND_OVER = "find over"  # a newer episode, over before we learned of it
    EXTEND = "extend"  # late data about an episode that is not the newest, or moves its bounds
    RAISE_SEVERITY = "raise severity"
    ESCALATE = "escalate"
    TURN_REAL = "turn real"  # the condition goes on after test mode ended
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"


class Refused(StrEnum):
    """Why an event changes nothing."""

    CLOSED = "closed"
    ALREADY_ACTIVE = "already_active"
    NOT_ACTIVE = "not_active"
    ALREADY_ACKNOWLEDGED = "already_acknowledged"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    STILL_ACTIVE = "still_active"
    NOT_LATCHED = "not_latched"
    ALREADY_SUPPRESSED = "already_suppressed"
    NOT_SUPPRESSED = "not_suppressed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Variables:
    """Independent two-state variables (OPC UA Part 9, 5.8.2); a fresh alarm is normal."""

    active: bool = False
    acknowledged: bool = True
    latched: bool = False
    shelved: bool = False
    suppressed: bool = False
    out_of_service: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table looks at beside the variables: `told` when a revision was ever delivered."""

    fresh: bool
    latching: bool
    told: bool
    life_safety: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """On `event`, when every named fact or variable has that value: the new values, or why not."""

    event: Event
    when: Mapping[str, bool]
    then: Mapping[str, bool] | Refused
    change: Change = Change.EXTENDED
    type: EventType = EventType.CHANGED
    announces: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What a taken transition makes of the alarm."""

    variables: Variables
    change: Change
    type: EventType
    announces: bool


_OPEN = {"closed": False}
_FRESH = {"closed": False, "active": False, "fresh": True}
_AGAIN = {"closed": False, "active": False, "fresh": False}
_ACTIVE = {"closed": False, "active": True}
_INACTIVE = {"closed": False, "active": False}
_UNSEEN = {"acknowledged": False}
_ON = {"active": True, "acknowledged": False}
_OFF = {"active": False}
_SHUT = {"active": False, "acknowledged": True, "closed": True}
_RAISED, _CLEARED, _CLOSED = EventType.RAISED, EventType.CLEARED, EventType.CLOSED
_CHANGED = EventType.CHANGED
_OVER, _BACK, _ACK = Change.OVER, Change.RETURNED, Change.ACKNOWLEDGED


def _refuse_closed(*events: Event) -> tuple[Row, ...]:
    return tuple(Row(event, {"closed": True}, Refused.CLOSED) for event in events)


TABLE: tuple[Row, ...] = (
    *_refuse_closed(*(event for event in Event if event is not Event.EXTEND)),
    Row(Event.ACTIVATE, _ACTIVE, Refused.ALREADY_ACTIVE),
    Row(
        Event.ACTIVATE,
        _FRESH | {"latching": True},
        _ON | {"latched": True},
        Change.ACTIVATED,
        _RAISED,
        announces=True,
    ),
    Row(
        Event.ACTIVATE,
        _FRESH | {"latching": False},
        _ON,
        Change.ACTIVATED,
        _RAISED,
        announces=True,
    ),
    Row(
        Event.ACTIVATE,
        _AGAIN | {"latching": True},
        _ON | {"latched": True},
        Change.REACTIVATED,
        _RAISED,
        announces=True,
    ),
    Row(
        Event.ACTIVATE,
        _AGAIN | {"latching": False},
        _ON,
        Change.REACTIVATED,
        _RAISED,
        announces=True,
    ),
    Row(Event.RETURN, _INACTIVE, Refused.NOT_ACTIVE),
    Row(Event.RETURN, _ACTIVE | {"latched": True}, _OFF, _BACK, _CLEARED),
    # Nobody was told of it (suppressed all along): nobody is asked to acknowledge it.
    Row(Event.RETURN, _ACTIVE | {"latched": False, "told": False}, _SHUT, _BACK, _CLOSED),
    Row(
        Event.RETURN,
        _ACTIVE | {"latched": False, "told": True, "acknowledged": False},
        _OFF,
        _BACK,
        _CLEARED,
    ),
    Row(
        Event.RETURN,
        _ACTIVE | {"latched": False, "told": True, "acknowledged": True},
        _SHUT,
        _BACK,
        _CLOSED,
    ),
    Row(Event.FIND_OVER, _ACTIVE, {}),
    Row(
        Event.FIND_OVER,
        _INACTIVE | {"latching": True},
        _UNSEEN | {"latched": True},
        _OVER,
        _RAISED,
        announces=True,
    ),
    Row(Event.FIND_OVER, _FRESH | {"latching": False}, _SHUT, _OVER, _CLOSED),
    Row(Event.FIND_OVER, _AGAIN | {"latching": False}, {}),
    Row(Event.EXTEND, _OPEN, {}),
    Row(Event.EXTEND, {"closed": True}, {}, type=_CLOSED),
    Row(Event.RAISE_SEVERITY, _INACTIVE, Refused.NOT_ACTIVE),
    Row(
        Event.RAISE_SEVERITY,
        _ACTIVE,
        _UNSEEN,
        Change.SEVERITY_RAISED,
        _CHANGED,
        announces=True,
    ),
    Row(Event.ESCALATE, _OPEN, _UNSEEN, Change.ESCALATED, _CHANGED, announces=True),
    Row(Event.TURN_REAL, _INACTIVE, Refused.NOT_ACTIVE),
    Row(Event.TURN_REAL, _ACTIVE, _UNSEEN, Change.REACTIVATED, _RAISED, announces=True),
    Row(Event.ACKNOWLEDGE, _OPEN | {"acknowledged": True}, Refused.ALREADY_ACKNOWLEDGED),
    Row(Event.ACKNOWLEDGE, _ACTIVE | _UNSEEN, {"acknowledged": True}, _ACK),
    Row(Event.ACKNOWLEDGE, _INACTIVE | _UNSEEN | {"latched": True}, {"acknowledged": True}, _ACK),
    Row(Event.ACKNOWLEDGE, _INACTIVE | _UNSEEN | {"latched": False}, _SHUT, _ACK, _CLOSED),
    Row(Event.RESET, _ACTIVE, Refused.STILL_ACTIVE),
    Row(Event.RESET, _INACTIVE | _UNSEEN, Refused.NOT_ACKNOWLEDGED),
    Row(
        Event.RESET,
        _INACTIVE | {"acknowledged": True, "latched": False},
        Refused.NOT_LATCHED,
    ),
    Row(
        Event.RESET,
        _INACTIVE | {"acknowledged": True, "latched": True},
        _SHUT | {"latched": False},
        Change.RESET,
        _CLOSED,
    ),
    Row(Event.SUPPRESS, _OPEN | {"suppressed": True}, Refused.ALREADY_SUPPRESSED),
    Row(Event.SUPPRESS, _OPEN | {"suppressed": False}, {"suppressed": True}, Change.SUPPRESSED),
    Row(Event.UNSUPPRESS, _OPEN | {"suppressed": False}, Refused.NOT_SUPPRESSED),
    # What was announced before the suppression keeps its acknowledgement; the rest is news.
    Row(
        Event.UNSUPPRESS,
        _ACTIVE | {"suppressed": True, "told": True},
        {"suppressed": False},
        Change.UNSUPPRESSED,
    ),
    Row(
        Event.UNSUPPRESS,
        _ACTIVE | {"suppressed": True, "told": False},
        {"suppressed": False},
        Change.UNSUPPRESSED,
        _RAISED,
        announces=True,
    ),
    Row(
        Event.UNSUPPRESS,
        _INACTIVE | {"suppressed": True},
        {"suppressed": False},
        Change.UNSUPPRESSED,
    ),
)


def find_row(event: Event, variables: Variables, facts: Facts) -> Row:
    """The one row that fits; the table is total and no two rows overlap (tested over all)."""
    for row in TABLE:
        if row.event is event and _fits(row.when, variables, facts):
            return row
    raise LookupError(f"no row for {event} of {variables}")


def take(event: Event, variables: Variables, facts: Facts) -> Step | Refused:
    """The next values of the variables, or the named reason why nothing changes."""
    row = find_row(event, variables, facts)
    if isinstance(row.then, Refused):
        return row.then
    after = replace(variables, **row.then)
    quiet = is_quiet(after, life_safety=facts.life_safety)
    return Step(after, row.change, row.type, row.announces and not quiet)


def is_quiet(variables: Variables, *, life_safety: bool) -> bool:
    """Whether it is recorded only. A shelf never silences a danger to life (design section 4)."""
    return (
        variables.suppressed or variables.out_of_service or (variables.shelved and not life_safety)
    )


def _fits(when: Mapping[str, bool], variables: Variables, facts: Facts) -> bool:
    return all(
        getattr(variables if name in Variables.__slots__ else facts, name) is value
        for name, value in when.items()
    )
