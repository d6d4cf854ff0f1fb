"""Opens the disk that a cut left, and compares it with what was promised before the cut."""

import random
import shutil
from contextlib import closing
from pathlib import Path

from edge_agent.buffer import rows
from runtime.database import connect
from tests.brought_in import brought_in
from tests.recorded_run import content_of, held, names_of
from tests.write_recorder import Call, Disk, Loss, promises
from wire.topic import Lane


class Cutter:
    """Plays a record up to any of its calls. `rows_checked` counts what was looked for."""

    def __init__(self, calls: list[Call], folder: Path) -> None:
        self._calls = calls
        self._promises, self._once = promises(calls)
        self._folder = folder
        self._disk = Disk()
        self._done = 0
        self.cuts = 0
        self.rows_checked = 0

    def until(self, done: int) -> None:
        """Calls only ever go on."""
        for call in self._calls[self._done : done]:
            self._disk.do(call)
        self._done = done

    def cut(self, loss: Loss, seed: int) -> str:
        """What is wrong after a cut here; empty when every promise is kept."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        path = self._disk.image(self._folder, loss, random.Random(seed))
        where = f"cut after call {self._done} of {len(self._calls)}, {loss} lost, seed {seed}"
        brought_in(path)
        with closing(connect(path)) as disk:
            rows.migrate(disk)
            found = held(disk)
            books = [rows.ledger(disk, lane) for lane in Lane]
        there = {name for row in found for name in names_of(row)}
        promise = self._promises[self._done]
        self.cuts += 1
        self.rows_checked += len(promise.there)
        if promise.there - there:
            return f"{where}: lost {sorted(promise.there - there)}"
        # What was under way at the cut may be there, and nobody saw it before: its key is new.
        foreign = [row for row in found if content_of(row) not in self._once]
        if any(set(names_of(row)) & self._known() for row in foreign):
            return f"{where}: wrong {[content_of(row) for row in foreign]}"
        if any(book.buffered < 0 or "file_broken" in book.dropped for book in books):
            return f"{where}: ledger {books}"
        return ""

    def _known(self) -> set[str]:
        return self._promises[self._done].there | self._promises[self._done].gone
