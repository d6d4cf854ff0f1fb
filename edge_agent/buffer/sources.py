"""Which files wait to be brought into a buffer at a start, with a first look at each."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from edge_agent.buffer import aside, incoming
from edge_agent.buffer.first_look import FirstLook, first_look
from edge_agent.buffer.found import Found
from edge_agent.buffer.spare import waiting_in_memory
from runtime.database import connect, run_transaction


class Source(msgspec.Struct, frozen=True):
    """A file that was set aside from `origin`. One of memory does not stay once it is in."""

    path: Path
    origin: Path
    is_memory: bool = False

    @property
    def name(self) -> str:
        """Under which the buffer notes that it is in."""
        return f"memory/{self.path.name}" if self.is_memory else self.path.name

    @property
    def told(self) -> str:
        """What it is, to a person."""
        if self.is_memory:
            return f"what was in memory ({self.origin}) is in the buffer now"
        return f"from {self.path.name}, which was set aside"

    def put_away(self) -> None:
        """All of it is in. Raise OSError."""
        if self.is_memory:
            aside.remove(self.path)
        else:
            aside.keep(self.origin, self.path)


class Waiting(msgspec.Struct, frozen=True):
    """In the order in which they are to be brought in. `below`: their epochs get lower numbers.

    `knows_commands`: the buffer has all commands that they have. `problem`: what stays where it is.
    """

    sources: tuple[Source, ...] = ()
    below: int = 0
    knows_commands: bool = True
    problem: str = ""


def gathered(buffer: Path, spare: Path | None, stamp: str) -> Waiting:
    """What waits for this buffer, which is made ready and which nobody has opened yet.

    What a start needs of them is in it then. Raise BufferInUseError when another agent has the
    spare, OSError or sqlite3.Error for the buffer.
    """
    found, problem = [Source(one, buffer) for one in aside.waiting(buffer)], ""
    if spare is not None:
        try:
            there = waiting_in_memory(spare, stamp)
            found += [Source(one, spare, is_memory=True) for one in there]
        except OSError as error:
            problem = f"what may be in memory ({spare}) stays there: {error}"
    with closing(connect(buffer)) as disk:
        left = [one for one in found if not _is_put_away(disk, one)]
        run_transaction(disk, lambda c: incoming.forget(c, incoming.done(c)))
        looks = [_look(one) for one in left]
        for look in looks:
            run_transaction(disk, partial(incoming.carry, found=look.found))
        below = incoming.lowest(disk)
    return Waiting(tuple(left), below, all(look.knows_commands for look in looks), problem)


def _look(source: Source) -> FirstLook:
    """One that can not be read is told by whoever brings it in."""
    try:
        return first_look(source.path)
    except OSError:
        return FirstLook(Found(), knows_commands=False)


def _is_put_away(disk: sqlite3.Connection, source: Source) -> bool:
    """A kill came when all of it was in, and it was still there."""
    if not incoming.is_done(disk, source.name):
        return False
    source.put_away()
    return True
