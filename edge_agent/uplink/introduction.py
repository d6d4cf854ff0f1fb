"""When the birth goes out: before all else, unless the broker has this very one."""

import math
from enum import StrEnum

import msgspec

from runtime.mqtt_words import Outcome
from wire.identity import Birth

AGAIN_US = 2_000_000
LATER_US = 5_000_000
"""A birth that tells nothing new stands behind what is fresh: on a slow link it takes seconds."""
_TAKEN = (Outcome.ACCEPTED, Outcome.NO_SUBSCRIBER)  # retained: who subscribes later gets it


class Step(StrEnum):
    """What is to be said of the gateway now."""

    NOTHING = "nothing"
    BIRTH_FIRST = "birth_first"  # birth, status, and only then all else
    STATUS_FIRST = "status_first"  # it is known: status, then all else; the birth, if lost, later
    BIRTH = "birth"  # once more, beside all else


class Occasion(msgspec.Struct, frozen=True):
    """A connection, and what else asks for a birth: the latest anchor, the configuration."""

    connection: int
    asks: object


class Introduction:
    """Decides by what the broker answered; `is_done`: rows may be sent."""

    def __init__(self) -> None:
        self._begun: Occasion | None = None
        self._taken: Birth | None = None
        self._due_us: int | None = None

    def is_done(self, occasion: Occasion) -> bool:
        return self._begun == occasion

    def may_be_due(self, occasion: Occasion, now_us: int) -> bool:
        """Whether it is worth while to make up a birth and ask for the step."""
        return self._begun != occasion or (self._due_us is not None and now_us >= self._due_us)

    def due_in_s(self, now_us: int) -> float:
        """How long the birth is put off; for ever when it is not."""
        return math.inf if self._due_us is None else max(self._due_us - now_us, 0) / 1e6

    def step(self, occasion: Occasion, birth: Birth, now_us: int) -> Step:
        """What to do now."""
        if self._begun != occasion:
            is_known = self._taken is not None and _same(self._taken, birth)
            return Step.STATUS_FIRST if is_known else Step.BIRTH_FIRST
        return Step.BIRTH if self.may_be_due(occasion, now_us) else Step.NOTHING

    def begun(self, occasion: Occasion) -> None:
        """Rows may leave on this occasion."""
        self._begun = occasion

    def put_off(self, now_us: int) -> None:
        """The birth follows."""
        self._due_us = now_us + LATER_US

    def said(self, birth: Birth, outcome: Outcome, now_us: int) -> None:
        """What became of the birth; what time or room may change is tried again."""
        self._due_us = None
        if outcome in _TAKEN:
            self._taken = birth
        elif outcome not in (Outcome.LOST, Outcome.TOO_LARGE):
            self._due_us = now_us + AGAIN_US


def _same(one: Birth, other: Birth) -> bool:
    """The number of the connection stands in the status too."""
    return msgspec.structs.replace(one, connection=other.connection) == other
