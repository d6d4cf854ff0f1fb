"""What the server wanted and what became of it: kept beside the buffer, told, and answered."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from edge_agent.config import desired as wishes
from edge_agent.config.desired import Book
from edge_agent.config.source import write_book
from wire.command import Config as Desired
from wire.command import Outcome, Result


class Wishes:
    """`file`: where the book stands. `answered` is set when there is something to tell."""

    def __init__(
        self, book: Book, file: Path, answered: asyncio.Event, tell: Callable[[str], None]
    ) -> None:
        self.book = book
        self._file = file
        self._answered = answered
        self._tell = tell
        self._once: Result | None = None

    def answers(self, config_hash: str, time_us: int | None) -> tuple[Result, ...]:
        """What the server is to hear, while `config_hash` is in force."""
        standing = wishes.answer(self.book, config_hash, time_us)
        return tuple(one for one in (standing, self._once) if one is not None)

    async def keep(self, book: Book, *, is_needed: bool = False) -> bool:
        """`is_needed`: it counts only when it is on the disk."""
        try:
            await asyncio.to_thread(write_book, self._file, book)
        except OSError as error:
            self._tell(f"{self._file} can not be written: {error.strerror}")
            if is_needed:
                return False
        self.book = book
        self._answered.set()
        return True

    async def reject(self, desired: Desired, why: str) -> None:
        """`why`: one reason a line."""
        await self.keep(wishes.note(self.book, desired, Outcome.REJECTED, why))
        self._tell(f"{wishes.named(desired)} is not taken: {why.partition(chr(10))[0]}")

    async def diverge(self, desired: Desired, why: str) -> None:
        """Somebody has to decide. `why`: the first line says it, the others what differs."""
        await self.keep(wishes.note(self.book, desired, Outcome.DIVERGED, why))
        self._tell(f"{wishes.named(desired)} waits for a decision: {why.partition(chr(10))[0]}")

    def refuse_old(self, desired: Desired, config_hash: str) -> None:
        """A newer one is known: nothing of this one is remembered."""
        latest = 0 if self.book.latest is None else self.book.latest.version
        why = f"this gateway knows version {latest}: send a higher one"
        name = f"{wishes.PREFIX}{desired.version}"
        self._once = Result(name, Outcome.REJECTED, detail=why, config_hash=config_hash)
        self._answered.set()
