"""One boot of a gateway: where the zero of its clock lies in UTC, and between which bounds."""

from dataclasses import dataclass


@dataclass(slots=True)
class Boot:
    """One boot of one gateway. All times in microseconds.

    `zero_us`: UTC of its clock's zero, by which everything of it is placed. `is_anchored`: the
    gateway said so itself; otherwise it is the latest that is possible. `latest_us`,
    `earliest_us`: its bounds in UTC (None: nothing was heard of it yet). `end_us`: the greatest
    time heard on its clock. `is_used`: something was placed by it. `before`: the boot that had
    ended when it began. `turn`: grows as one boot after the other begins to speak; 0: it never did.
    """

    zero_us: int
    is_anchored: bool = False
    latest_us: int | None = None
    earliest_us: int = 0
    end_us: int = 0
    is_used: bool = False
    before: str | None = None
    turn: int = 0

    @property
    def ended_us(self) -> int:
        """When it was heard last, in UTC by its own zero."""
        return self.zero_us + self.end_us
