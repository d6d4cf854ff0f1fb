"""The full state of one alarm at one revision: what the book keeps and the webhook says."""

from enum import StrEnum

import msgspec

from alarm_rules.rule import AlarmClass, Severity


class Change(StrEnum):
    """Why a revision was made."""

    ACTIVATED = "activated"
    REACTIVATED = "reactivated"
    RETURNED = "returned"
    OVER = "over"  # an episode that was over before we learned of it: delivered once
    ACKNOWLEDGED = "acknowledged"
    RESET = "reset"
    SEVERITY_RAISED = "severity_raised"
    ESCALATED = "escalated"
    EXTENDED = "extended"  # late data moved the start or added an episode
    SUPPRESSED = "suppressed"
    UNSUPPRESSED = "unsuppressed"


class EventType(StrEnum):
    """The type of the webhook that carries a revision (design section 5)."""

    RAISED = "alarm.raised"
    CHANGED = "alarm.changed"
    CLEARED = "alarm.cleared"
    CLOSED = "alarm.closed"


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=False):
    """All times are UTC microseconds. `since`/`until`: source time of the latest episode.

    `learned`: when the server committed this revision. `age_us`: learned - since when first paged.
    `clock`: how far `since` may be trusted (`synchronised`, `holdover`, `server`, `unset`,
    `anchored`, `clock_suspect`). `place` names a place of server.toml, or None. `announces`: sound
    again.
    """

    alarm_id: str
    revision: int
    event: EventType
    change: Change
    alarm_class: AlarmClass
    severity: Severity
    life_safety: bool
    gateway: str
    device: str | None
    rule: str
    title: dict[str, str]
    guidance: dict[str, str]
    active: bool
    acknowledged: bool
    latched: bool
    shelved: bool
    suppressed: bool
    out_of_service: bool
    closed: bool
    test: bool
    late: bool
    since: int
    until: int | None
    learned: int
    age_us: int
    clock: str
    profile: str | None = None
    place: str | None = None
    point: str | None = None
    value: float | bool | str | None = None
    unit: str | None = None
    limit: float | bool | str | None = None
    quality: str | None = None
    actor: str | None = None
    comment: str | None = None
    announces: bool = False
