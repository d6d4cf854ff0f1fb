"""Cut what is to be stated to what a message may list: the current epoch always, others in turn."""

from collections.abc import Sequence

from wire.bounds import EPOCHS_STATED
from wire.statement import EpochStatement, Statement


def cut(
    epochs: Sequence[EpochStatement],
    number: int,
    limit: int = EPOCHS_STATED,
    *,
    is_whole: bool = True,
) -> Statement:
    """Statement `number` of the first (current) epoch; `partial` when not all others fit.

    Unless `is_whole` there are others that are still coming in.
    """
    current, *others = epochs
    room = limit - 1
    if len(others) <= room:
        return Statement(number, tuple(epochs), partial=not is_whole)
    start = number * room % len(others)
    turn = (others[start:] + others[:start])[:room]
    return Statement(number, (current, *turn), partial=True)
