"""A buffer made ready with all that was set aside brought in, which no agent would wait for."""

from pathlib import Path

from edge_agent.buffer.adopt import Adopted
from edge_agent.buffer.bringing import Bringing, bring_now
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.sources import gathered

STAMP = "20261121T084000Z"


def brought_in(path: Path, spare: Path | None = None, stamp: str = STAMP) -> tuple[str, ...]:
    """What a person would be told."""
    notices = prepare(path, stamp)
    return (*notices, *(str(one) for one in all_in(path, spare, stamp)))


def all_in(path: Path, spare: Path | None = None, stamp: str = STAMP) -> list[Adopted]:
    """Of each file that waits."""
    waiting = gathered(path, spare, stamp)
    below, adopted = waiting.below, []
    for source in waiting.sources:
        bringing = Bringing(source.path, source.name, below)
        adopted.append(bring_now(path, bringing))
        below = bringing.below
        source.put_away()
    return adopted
