"""When to try again after an attempt that failed, and why then."""

from dataclasses import dataclass
from enum import StrEnum

from ingest_server.notify.answer import Answer, Outcome

SECOND = 1_000_000
PATIENCE_US = 10 * SECOND  # so long an older revision keeps its turn (design section 5)
LIFE_SAFETY_S = (1, 2, 5, 10, 20, 30)  # pauses after the first attempt, the last one for ever
OTHERS_S = (*LIFE_SAFETY_S, 60, 120, 240, 300)
LIFE_SAFETY_REST_S, OTHERS_REST_S = 60, 300  # the longest Retry-After that is obeyed
HORIZON_US = (OTHERS_REST_S + 1) * SECOND  # no decision reaches further ahead
_SPREAD = 0.2  # how much of a pause chance may take away or, where rest was asked for, add


class Reason(StrEnum):
    """Why an attempt is followed by another one, or by none."""

    DONE = "done"
    SCHEDULE = "schedule"
    REST_ASKED = "rest_asked"
    REST_CAPPED = "rest_capped"


@dataclass(frozen=True, slots=True)
class Decision:
    """`pause_us`: from the end of the attempt to the next one. `held`: the receiver asked so."""

    reason: Reason
    pause_us: int

    @property
    def held(self) -> bool:
        return self.reason in (Reason.REST_ASKED, Reason.REST_CAPPED)


def decide(answer: Answer, failures: int, *, life_safety: bool, jitter: float) -> Decision:
    """What follows an answer, when `failures` attempts failed before it.

    Nothing disables a receiver and nothing is given up: 410 and every other 4xx are tried again
    on the schedule, for the one who can mend them is a person, and the alarm still stands.
    `jitter` in 0..1 shortens a pause of the schedule (never lengthens it: it is a promise) and
    lengthens a rest that was asked for.
    """
    if answer.outcome is Outcome.DELIVERED:
        return Decision(Reason.DONE, 0)
    if answer.retry_after_s is not None and answer.outcome in _MAY_ASK_FOR_REST:
        return _rest(answer.retry_after_s, life_safety=life_safety, jitter=jitter)
    schedule = LIFE_SAFETY_S if life_safety else OTHERS_S
    pause_s = schedule[min(failures, len(schedule) - 1)]
    return Decision(Reason.SCHEDULE, round(pause_s * SECOND * (1 - _SPREAD * jitter)))


_MAY_ASK_FOR_REST = frozenset({Outcome.THROTTLED, Outcome.SERVER_ERROR})  # RFC 9110, RFC 6585


def _rest(asked_s: int, *, life_safety: bool, jitter: float) -> Decision:
    """At least 1 s, so that `Retry-After: 0` is no endless loop."""
    cap_s = LIFE_SAFETY_REST_S if life_safety else OTHERS_REST_S
    if asked_s > cap_s:
        return Decision(Reason.REST_CAPPED, cap_s * SECOND)
    spread_us = round(max(asked_s, 1) * SECOND * (1 + _SPREAD * jitter))
    return Decision(Reason.REST_ASKED, min(spread_us, cap_s * SECOND))
