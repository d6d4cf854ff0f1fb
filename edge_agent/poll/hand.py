"""What carries a command out, and what came of it."""

from dataclasses import dataclass
from typing import Protocol

from wire.command import Command, Outcome


@dataclass(frozen=True, slots=True)
class Done:
    """How it ended, and what a person should know about it."""

    outcome: Outcome
    detail: str = ""


class Hand(Protocol):
    """Of one device, or of the gateway itself."""

    async def carry_out(self, command: Command) -> Done:
        """Do what is allowed (that was judged before), once; a failure is told, not raised."""
        ...
