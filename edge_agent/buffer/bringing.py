"""Brings a file that was set aside into a running buffer, step by step, beside everything else.

It says what is to be done next and for whom; whoever drives it takes the steps. Stopped after any
step, it goes on at the next start with what is in already.
"""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from edge_agent.buffer import adopt, incoming, stored
from edge_agent.buffer.adopt import Adopted, Counted
from edge_agent.buffer.found import Found
from edge_agent.buffer.incoming import Place
from edge_agent.buffer.proof import Field
from edge_agent.buffer.row_id import TOP_SEQ
from edge_agent.buffer.salvage import Search
from edge_agent.buffer.stored import Stored
from runtime.database import connect, run_transaction

LOOK_S = 0.002
"""A step that only computes holds the interpreter so long; longer than any other would wait."""
SLICE_ROWS = 64
SLICE_BYTES = 64 * 1024


class Part(StrEnum):
    """What is done at present."""

    WAITING = "waiting"
    SEARCHING = "searching"
    BRINGING = "bringing"
    DONE = "done"


class Extent(msgspec.Struct):
    """How far one file is. `share`: of this part; `readings` that are in."""

    file: str
    part: Part = Part.WAITING
    share: float = 0.0
    readings: int = 0
    problem: str = ""


class Kind(StrEnum):
    """Who takes a step: any thread; a reader of the buffer; its writer, synced or not."""

    COMPUTE = "compute"
    READ = "read"
    WRITE = "write"
    WRITE_SYNCED = "write_synced"


class Step(msgspec.Struct, frozen=True):
    """`work` gets a connection to the buffer; what only computes gets any, or none."""

    kind: Kind
    work: Callable[[Any], Any]


Steps = Generator[Step, Any, Adopted]


class Bringing:
    """One file. `name`: under which it is noted as done. `below`: its epochs get lower numbers.

    `interrupted`: commands that no start knew of and that were not answered; None: not known yet.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        below: int,
        *,
        look_s: float = LOOK_S,
        seconds: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._path = path
        self._name = name
        self.below = below
        self._look_s = look_s
        self._seconds = seconds
        self.extent = Extent(path.name)
        self.interrupted: list[str] | None = None

    def steps(self) -> Steps:
        """All that is to be done; what became of it. Raise OSError and NoNumbersError."""
        search = Search(self._path, Found())
        self.extent.part = Part.SEARCHING
        pages = search.pages()
        while (share := (yield Step(Kind.COMPUTE, lambda _: self._for_a_while(pages)))) is not None:
            self.extent.share = share
        found = search.found
        self.interrupted = yield Step(Kind.WRITE, lambda c: adopt.add_others(c, found))
        places = yield Step(Kind.READ, lambda c: incoming.planned(c, found, self.below))
        self.below = min([self.below, *(one.number for one in places if one.number is not None)])
        yield from self._rows(found, places)
        held = yield from _counted(places)
        show = partial(incoming.show, found=found, held=held, name=self._name)
        adopted = yield Step(Kind.WRITE_SYNCED, show)
        self.extent.part, self.extent.share = Part.DONE, 1.0
        return adopted  # type: ignore[no-any-return]  # of the step above

    def _rows(self, found: Found, places: list[Place]) -> Generator[Step, Any, None]:
        self.extent.part, self.extent.share = Part.BRINGING, 0.0
        total, done = max(len(found.rows), 1), 0
        for place in _newest_first(places):
            if place.below < TOP_SEQ:
                there = yield Step(Kind.READ, partial(incoming.count, place=place))
                done += there.rows
                self.extent.readings += there.readings
            rows = found.rows.standing(place.one.lane, place.one.id, below=place.below)
            while some := (yield Step(Kind.COMPUTE, partial(self._slice, rows, place))):
                yield Step(Kind.WRITE, partial(stored.write_proven, rows=some.rows))
                done += len(some.rows)
                self.extent.readings += some.readings
                self.extent.share = done / total

    def _for_a_while(self, pages: Iterator[float]) -> float | None:
        """Look at pages for as long as one may compute; None: that was the last."""
        end = self._seconds() + self._look_s
        for share in pages:
            if self._seconds() >= end:
                return share
        return None

    def _slice(self, rows: Iterator[Stored], place: Place, _: object) -> "_Slice | None":
        """The next rows, ready to be written: so many, and so large, that nobody waits long."""
        end = self._seconds() + self._look_s
        taken, readings, size = list[tuple[Field, ...]](), 0, 0
        for row in rows:
            taken.append(stored.proven(place.row(row)))
            readings += row.taken
            size += len(row.payload)
            is_full = len(taken) >= SLICE_ROWS or size >= SLICE_BYTES
            if is_full or self._seconds() >= end:
                break
        return _Slice(taken, readings) if taken else None


class _Slice(msgspec.Struct, frozen=True):
    rows: list[tuple[Field, ...]]
    readings: int


def _newest_first(places: list[Place]) -> list[Place]:
    """So those that a kill leaves to the next start, and that get lower numbers then, are older."""
    coming = [one for one in places if one.number is not None]
    return sorted(coming, key=lambda one: one.number or 0, reverse=True)


def _counted(places: list[Place]) -> Generator[Step, Any, list[tuple[Place, Counted]]]:
    held = []
    for place in places:
        there = yield Step(Kind.READ, partial(incoming.count, place=place))
        held.append((place, there))
    return held


def bring_now(buffer: Path, bringing: Bringing) -> Adopted:
    """All steps one after the other, while nobody has the buffer."""
    with closing(connect(buffer)) as disk:
        steps = bringing.steps()
        try:
            step = next(steps)
            while True:
                step = steps.send(run_transaction(disk, step.work))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # what a generator returns
