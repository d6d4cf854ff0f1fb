"""What a person at the gateway asks of a device: by the same table and hands as the server's."""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Mapping
from typing import Protocol

from edge_agent.buffer.permission import Verdict
from edge_agent.local_orders import Doing, LocalAnswer
from wire.command import (
    ON_SITE,
    Command,
    CommandKind,
    Outcome,
    Result,
    decode_command,
    encode_command,
)
from wire.own_order import unsigned
from wire.refusal import WireError

READ, DO = "device.read", "device.do"
REFUSED, NO_ANSWER, NOT_SAID = "refused", "no_answer", "not_said"
_LOOK_S = 0.05
_LOOKS = 1_300
"""A little longer than a command without an expiry is good for."""


class Orders(Protocol):
    """The table of commands: see edge_agent.buffer.control.Control."""

    async def take(self, command: Command, /) -> Verdict: ...

    async def result(self, command_id: str, /) -> Result | None: ...


def _id() -> str:
    return os.urandom(8).hex()


def doings(orders: Orders, mark: Callable[[], str] = _id, looks: int = _LOOKS) -> dict[str, Doing]:
    """Read a device once, or do an action that its profile allows; kept and logged, with the name.

    Neither is done twice, and neither holds up more than the exchange under way.
    """

    async def read(given: Mapping[str, str]) -> LocalAnswer:
        return await asked(CommandKind.READ, given)

    async def do(given: Mapping[str, str]) -> LocalAnswer:
        return await asked(CommandKind.ACTION, given)

    async def asked(kind: CommandKind, given: Mapping[str, str]) -> LocalAnswer:
        device, by, action = (given.get(name) for name in ("device", "by", "action"))
        if not device or not by or (kind is CommandKind.ACTION and not action):
            return LocalAnswer(is_done=False, reason=NOT_SAID)
        command = Command(f"{ON_SITE}{kind}-{mark()}", kind, by, device, action)
        try:
            decode_command(encode_command(command), Command)
        except WireError as error:  # a name that none can be
            return LocalAnswer(is_done=False, reason=NOT_SAID, detail=str(error))
        try:
            if await orders.take(command) is Verdict.NOT_YET:
                return LocalAnswer(is_done=False, reason=Verdict.NOT_YET, said=command.id)
            return await _answered(orders, command, looks)
        except sqlite3.Error as error:
            return LocalAnswer(is_done=False, reason=REFUSED, detail=str(error), said=command.id)

    return {READ: read, DO: do}


async def _answered(orders: Orders, command: Command, looks: int) -> LocalAnswer:
    for _ in range(looks):
        result = await orders.result(command.id)
        if result is not None:
            return LocalAnswer(
                is_done=result.outcome is Outcome.DONE,
                reason=result.outcome,
                detail=unsigned(command, result.detail),
                said=command.id,
            )
        await asyncio.sleep(_LOOK_S)
    return LocalAnswer(is_done=False, reason=NO_ANSWER, said=command.id)
