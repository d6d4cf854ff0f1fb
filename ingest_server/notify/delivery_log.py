"""What the log says of deliveries: ids that can be pasted into the API, never a URL or secret."""

import logging
from collections.abc import Iterable

from ingest_server.db.delivery import Attempt, Delivery, Superseded
from ingest_server.notify.answer import Answer
from ingest_server.notify.reach import Turn
from ingest_server.notify.retry import SECOND, Decision, Reason

_log = logging.getLogger(__name__)


def tell_attempt(delivery: Delivery, attempt: Attempt, decision: Decision) -> None:
    what = (delivery.id, delivery.alarm_id, delivery.revision, delivery.receiver)
    if decision.reason is Reason.DONE:
        _log.info("delivered %s: alarm %s revision %d to %s in %d ms", *what, attempt.latency_ms)
        return
    _log.info(
        "not delivered %s: alarm %s revision %d to %s: %s %s; again in %.1f s (%s)",
        *what,
        attempt.outcome,
        attempt.status or "",
        decision.pause_us / SECOND,
        decision.reason,
    )


def tell_superseded(passed: Iterable[Superseded]) -> None:
    for one in passed:
        older = ", ".join(f"{revision} ({delivery})" for delivery, revision in one.losers)
        _log.warning(
            "alarm %s to %s: revision %d (%s) supersedes undelivered %s",
            one.alarm_id,
            one.receiver,
            one.revision,
            one.winner,
            older,
        )


def tell_turn(receiver: str, turn: Turn, answer: Answer) -> None:
    """Only the change is worth a warning; every attempt stands in the outbox."""
    if turn is Turn.LOST:
        why = answer.status or answer.text
        _log.warning("receiver %s does not take what we send: %s %s", receiver, answer.outcome, why)
    elif turn is Turn.FOUND:
        _log.warning("receiver %s takes deliveries again", receiver)


def tell_orphan(receiver: str, undelivered: int) -> None:
    text = "%d deliveries wait for receiver %s, which is not configured: name it again to send them"
    _log.warning(text, undelivered, receiver)
