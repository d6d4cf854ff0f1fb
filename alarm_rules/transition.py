"""What is remembered of one rule of one device, and what changes: State, Transition, Episode."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from alarm_rules.memory import NOTHING, Memory
from alarm_rules.verdict import Evidence


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the samples so far leave behind; small JSON (`msgspec.json.encode`). Times: source us.

    `seen_us`: newest sample. `through_us`: up to here nothing is missing. `active_since_us`:
    begin of the running episode. `turning_us`: since when the opposite of the present state has
    held (the on-delay or the off-delay runs). `alive_us`: last sign of life (absence rules).
    `memory`: what samples before say, for kinds that look back.
    """

    seen_us: int | None = None
    through_us: int | None = None
    active_since_us: int | None = None
    turning_us: int | None = None
    alive_us: int | None = None
    evidence: Evidence = Evidence.FIRM
    memory: Memory = NOTHING

    @property
    def is_active(self) -> bool:
        return self.active_since_us is not None


class Change(StrEnum):
    """NONE: it was and is inactive. UNCHANGED: it was and is active.

    OLD: the sample is not newer than what was judged already, and nothing was done with it; if
    it is news (not a double), `replay` the stored samples.
    """

    NONE = "none"
    ACTIVATED = "activated"
    RETURNED = "returned"
    UNCHANGED = "unchanged"
    OLD = "old"


class Transition(NamedTuple):
    """`at_us`: when it was so, in source time. `evidence`: TEST marks a test, UNCERTAIN a doubt."""

    change: Change
    at_us: int
    evidence: Evidence = Evidence.FIRM


class Step(NamedTuple):
    """The next state and, in order of time, what happened: at least one transition."""

    state: State
    transitions: tuple[Transition, ...]


class Episode(NamedTuple):
    """One time that the rule's condition was true; `end_us` None: it still is."""

    start_us: int
    end_us: int | None
    evidence: Evidence = Evidence.FIRM


Changes = tuple[State, tuple[Transition, ...]]
"""Like Step, but the transitions may be none: what the machines of the kinds give."""


def activate(state: State, at_us: int, evidence: Evidence) -> Changes:
    after = msgspec.structs.replace(
        state, active_since_us=at_us, turning_us=None, evidence=evidence
    )
    return after, (Transition(Change.ACTIVATED, at_us, evidence),)


def give_back(state: State, at_us: int) -> Changes:
    """End the running episode."""
    after = msgspec.structs.replace(state, active_since_us=None, turning_us=None)
    return after, (Transition(Change.RETURNED, at_us, state.evidence),)
