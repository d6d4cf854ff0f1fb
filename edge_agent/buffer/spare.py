"""Rows taken into memory while the disk failed come to the disk at the next sound start."""

import hashlib
from pathlib import Path

from edge_agent.buffer import aside
from edge_agent.buffer.opening import held

_NAME_DIGITS = 12


def spare_of(memory: Path, gateway: str, path: Path) -> Path:
    """Where the rows of the buffer at `path` wait: one place for each buffer of a machine.

    The gateway is in the name for a person, the path because two agents may bear one name (a
    test beside a test, an old installation beside a new one) and never share rows.
    """
    mark = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:_NAME_DIGITS]
    return memory / f"lifeline-{gateway}-{mark}" / "buffer.db"


def waiting_in_memory(spare: Path, stamp: str) -> list[Path]:
    """Files in memory to be brought in, set aside so that the next such time begins another.

    Raise BufferInUseError when another agent has the spare, OSError when it is not ours.
    """
    if not spare.exists() and not aside.waiting(spare):
        return []
    with held(spare):
        aside.mend(spare)
        if spare.exists():
            aside.set_aside(spare, stamp)
        spare.with_name(f"{spare.name}.suspect").unlink(missing_ok=True)
        return aside.waiting(spare)
