"""What people at the gateway ask of the running agent: one order, one answer, both JSON."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec


class LocalOrder(msgspec.Struct, frozen=True):
    """`order` names what is to be done, `given` what is needed for it."""

    order: str
    given: dict[str, str] = {}


class LocalAnswer(msgspec.Struct, frozen=True):
    """`reason`: a word for programs why it was not done; `detail`: for people; `said`: the rest."""

    is_done: bool
    reason: str = ""
    detail: str = ""
    said: Any = None


Doing = Callable[[Mapping[str, str]], Coroutine[Any, Any, LocalAnswer]]
NOT_UNDERSTOOD = "not_understood"


class Desk:
    """`doings` by the name of the order."""

    def __init__(self, doings: Mapping[str, Doing]) -> None:
        self._doings = doings

    async def carry_out(self, order: bytes) -> bytes:
        """One order as it came over the socket; never raises for what came."""
        try:
            asked = msgspec.json.decode(order, type=LocalOrder)
        except msgspec.MsgspecError as error:
            return _encoded(LocalAnswer(is_done=False, reason=NOT_UNDERSTOOD, detail=str(error)))
        doing = self._doings.get(asked.order)
        if doing is None:
            detail = f"{asked.order!r}: this agent is of another release"
            return _encoded(LocalAnswer(is_done=False, reason=NOT_UNDERSTOOD, detail=detail))
        return _encoded(await doing(asked.given))


def _encoded(answer: LocalAnswer) -> bytes:
    return msgspec.json.encode(answer)
