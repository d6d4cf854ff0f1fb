"""What carries a command out, and what came of it."""

from typing import Protocol

import msgspec

from wire.command import Command, Outcome


class Done(msgspec.Struct, frozen=True):
    """How it ended, and what a person should know about it."""

    outcome: Outcome
    detail: str = ""


class Hand(Protocol):
    """Of one device, or of the gateway itself."""

    async def carry_out(self, command: Command) -> Done:
        """Do what is allowed (that was judged before), once; a failure is told, not raised."""
        ...
