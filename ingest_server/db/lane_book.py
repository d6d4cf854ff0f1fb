"""The book of one lane: its epochs, the keys had of each, and what their statements said."""

from dataclasses import dataclass, field
from typing import NamedTuple

from wire.ranges import Ranges


@dataclass(slots=True)
class Epoch:
    """The book of one epoch. Counts are readings; statements only ever raise what they say.

    `had_taken`: readings that the keys had stand for = stored + rejected + thinned.
    `estimated`: never stated itself, counted from what its successor says of the file.
    `closed`: what is absent up to `last` will not come (floor past last, or vanished).
    """

    epoch: str
    base: int = 0
    prev: str | None = None
    floor: int = 1
    last: int = 0
    ended: bool = False
    taken: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    number: int = 0
    had: Ranges = field(default_factory=Ranges)
    had_taken: int = 0
    stored: int = 0
    rejected: int = 0
    thinned: int = 0
    closed: bool = False
    vanished: bool = False
    listed_us: int = 0
    estimated: bool = False

    def is_settled(self, through: int) -> bool:
        """Whether every key up to `through` is had, or closed below the floor."""
        return self.closed or self.had.covers(self.floor, through)


class Live(NamedTuple):
    """Of the epoch that speaks all is here up to `through_us`, source time.

    What is still to come of other epochs was taken before `since_us`.
    """

    epoch: str
    since_us: int
    through_us: int


@dataclass(slots=True)
class LaneBook:
    """All epochs of one (gateway, lane), who spoke last in it, and how far it is complete.

    `through_us`: through which source time nothing of any epoch is missing.
    `foreign`: readings that came without a key (a SenML source that is not our agent).
    """

    epochs: dict[str, Epoch] = field(default_factory=dict)
    speaker: str | None = None
    spoken: set[str] = field(default_factory=set)
    clones: int = 0
    arrival_us: int = 0
    through_us: int | None = None
    live: Live | None = None
    foreign: int = 0
    changed: set[str] = field(default_factory=set)

    def epoch(self, name: str) -> Epoch:
        self.changed.add(name)
        return self.epochs.setdefault(name, Epoch(name))
