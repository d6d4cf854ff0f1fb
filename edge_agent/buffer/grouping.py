"""When what waits in the bulk lane is committed, and how it is cut into messages."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, TypeVar

T = TypeVar("T")

COMPANY_S: Final = 0.05
"""For so long a full group waits for others: one sync of the card serves a whole look at a line."""
_MOST_GROUPS: Final = 8  # full ones that wait; beyond them who asks devices waits for the disk


class Due(StrEnum):
    """What the number of readings that wait asks for."""

    WITH_THE_BEAT = "with_the_beat"
    WITH_COMPANY = "with_company"
    NOW = "now"


def due(waiting: int, group_readings: int) -> Due:
    """Of so many that wait, at `group_readings` a message."""
    if waiting < group_readings:
        return Due.WITH_THE_BEAT
    return Due.WITH_COMPANY if waiting < _MOST_GROUPS * group_readings else Due.NOW


def parts(waiting: Sequence[T], group_readings: int) -> list[Sequence[T]]:
    """Messages of at most `group_readings`, in order; all but the last are full."""
    starts = range(0, len(waiting), group_readings)
    return [waiting[start : start + group_readings] for start in starts]
