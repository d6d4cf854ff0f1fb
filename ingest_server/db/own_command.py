"""From an answer that the server did not ask for to a command that a gateway gave itself."""

from ingest_server.db.command import ANSWERS, Origin, StoredCommand
from wire.bounds import TEXT
from wire.command import BY_LOCAL_ACTION, Result
from wire.own_order import own_order

NOBODY = "?"


def own_command(gateway: str, result: Result, arrival_us: int) -> StoredCommand | None:
    """Settled as it comes; None of an answer to the server. `number` is given by the book.

    Of its text 4,096 characters are kept: nobody here wanted to know more.
    """
    order, state = own_order(result), ANSWERS.get(result.outcome)
    if order is None or state is None:
        return None
    is_local = result.answers.startswith(BY_LOCAL_ACTION)
    asked_us = arrival_us if result.time is None else min(result.time, arrival_us)
    return StoredCommand(
        number=0,
        id=result.answers,
        gateway=gateway,
        kind=order.kind,
        device=order.device,
        action=order.action,
        actor=order.by or NOBODY,
        comment=None,
        payload=b"",
        state=state,
        asked_us=asked_us,
        expires_us=asked_us,
        sendings=0,
        next_us=0,
        settled_us=arrival_us,
        done_us=result.time,
        detail=order.detail[:TEXT],
        origin=Origin.LOCAL_ACTION if is_local else Origin.SITE,
    )
