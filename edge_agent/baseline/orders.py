"""Orders about baselines: of people at the gateway, and of the server by way of a command."""

from collections.abc import Mapping

import msgspec

from edge_agent.baseline.keeper import Baselines
from edge_agent.baseline.measure import Refusal
from edge_agent.baseline.taken import Taken
from edge_agent.local_orders import Doing, LocalAnswer
from edge_agent.poll.hand import Done, Hand
from wire.command import TAKE_BASELINE, Command, CommandKind, Outcome

TAKE, CLEAR, SHOW = "baseline.take", "baseline.clear", "baseline.show"


def doings(keeper: Baselines) -> dict[str, Doing]:
    """For the desk of the agent's socket."""

    async def take(given: Mapping[str, str]) -> LocalAnswer:
        return _answer(
            await keeper.take(
                given.get("device", ""),
                given.get("point"),
                given.get("by", ""),
                given.get("note", ""),
            )
        )

    async def clear(given: Mapping[str, str]) -> LocalAnswer:
        return _answer(
            await keeper.clear(given.get("device", ""), given.get("point"), given.get("by", ""))
        )

    async def show(_: Mapping[str, str]) -> LocalAnswer:
        return LocalAnswer(is_done=True, said=keeper.show())

    return {TAKE: take, CLEAR: clear, SHOW: show}


def _answer(found: Taken | Refusal) -> LocalAnswer:
    if isinstance(found, Refusal):
        return LocalAnswer(is_done=False, reason=found.reason.value, detail=found.detail)
    return LocalAnswer(is_done=True, said=found)


class BaselineHand:
    """Takes a baseline when the server asks for it; all else is for the gateway's own hand."""

    def __init__(self, keeper: Baselines, hand: Hand) -> None:
        self._keeper = keeper
        self._hand = hand

    async def carry_out(self, command: Command) -> Done:
        """Measured from the polls as they come: nothing is sent to the device."""
        if command.kind is not CommandKind.ACTION or command.action != TAKE_BASELINE:
            return await self._hand.carry_out(command)
        found = await self._keeper.take(command.device or "", None, command.by)
        if isinstance(found, Refusal):
            return Done(Outcome.FAILED, f"{found.reason}: {found.detail}")
        return Done(Outcome.DONE, msgspec.json.encode(found).decode())
