"""What the book says of a command: its state, and which state may follow which."""

from dataclasses import dataclass
from enum import StrEnum

from wire.command import CommandKind, Outcome


class CommandState(StrEnum):
    """`queued`: nobody has it yet. `sent`: the broker has it. The others are answers, or none."""

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"


OPEN = frozenset({CommandState.QUEUED, CommandState.SENT})
ANSWERS = {
    Outcome.DONE: CommandState.DONE,
    Outcome.FAILED: CommandState.FAILED,
    Outcome.REFUSED: CommandState.REFUSED,
    Outcome.EXPIRED: CommandState.EXPIRED,
}
"""Outcomes of a configuration are not among them."""

FOLLOWS: dict[CommandState, frozenset[CommandState]] = {
    CommandState.QUEUED: frozenset({CommandState.SENT, *ANSWERS.values()}),
    CommandState.SENT: frozenset({CommandState.SENT, *ANSWERS.values()}),
    # We heard nothing in time, but the gateway may have, and says so late: that is the truth.
    CommandState.EXPIRED: frozenset(ANSWERS.values()),
    CommandState.DONE: frozenset(),
    CommandState.FAILED: frozenset(),
    CommandState.REFUSED: frozenset(),
}


class Origin(StrEnum):
    """Who gave it: the server for a person, a gateway to itself, or a person in front of it."""

    SERVER = "server"
    LOCAL_ACTION = "local_action"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCommand:
    """Times in UTC microseconds. `done_us`: by the gateway's own clock, if it was set.

    One that the server did not give was never sent: it has no payload, and is settled as it came.
    """

    number: int
    id: str
    gateway: str
    kind: CommandKind
    device: str | None
    action: str | None
    actor: str
    comment: str | None
    payload: bytes
    state: CommandState
    asked_us: int
    expires_us: int
    sendings: int
    next_us: int
    settled_us: int | None
    done_us: int | None
    detail: str
    origin: Origin = Origin.SERVER


@dataclass(frozen=True, slots=True)
class CommandEvent:
    """One line of the audit; `who` is a person, `server` or the gateway's id."""

    at_us: int
    event: str
    who: str
    detail: str
