"""What became of the server's wishes is on the disk before it counts, and told until heard."""

import asyncio
from pathlib import Path

from edge_agent.config.desired import Book, taken
from edge_agent.config.source import read_book
from edge_agent.config_wishes import Wishes
from wire.command import Config as Desired
from wire.command import Outcome

WANTED = Desired(7, "0" * 16, "[devices]")


class Rig:
    def __init__(self, folder: Path) -> None:
        self.file, self.answered = folder / "desired.json", asyncio.Event()
        self.told: list[str] = []
        self.wishes = Wishes(Book(), self.file, self.answered, self.told.append)

    def outcomes(self) -> list[tuple[str, Outcome, str]]:
        found = self.wishes.answers("a" * 16, 5)
        return [(one.answers, one.outcome, one.detail) for one in found]


async def test_kept_then_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    assert rig.outcomes() == []
    assert await rig.wishes.keep(taken(Book(), WANTED, "site"), is_needed=True)
    assert read_book(rig.file) == rig.wishes.book
    assert rig.answered.is_set()
    assert rig.outcomes() == [("config/7", Outcome.APPLIED, "")]


async def test_a_refusal_and_a_divergence_have_their_reasons(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.wishes.reject(WANTED, "first\nsecond")
    assert rig.outcomes() == [("config/7", Outcome.REJECTED, "first\nsecond")]
    await rig.wishes.diverge(WANTED, "another is in force\n- a\n+ b")
    assert rig.outcomes() == [("config/7", Outcome.DIVERGED, "another is in force\n- a\n+ b")]
    assert rig.told == [
        "configuration 7 of the server is not taken: first",
        "configuration 7 of the server waits for a decision: another is in force",
    ]


async def test_an_older_one_is_answered_beside_what_counts(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.wishes.reject(WANTED, "why")
    rig.wishes.refuse_old(Desired(6, "", "x"), "a" * 16)
    assert rig.outcomes()[1] == (
        "config/6", Outcome.REJECTED, "this gateway knows version 7: send a higher one",
    )  # fmt: skip


async def test_a_disk_that_refuses_is_told_and_stops_what_needs_it(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.file.mkdir()
    assert not await rig.wishes.keep(taken(Book(), WANTED, "site"), is_needed=True)
    assert rig.wishes.book == Book()
    assert "can not be written" in rig.told[0]
    assert await rig.wishes.keep(Book(latest=WANTED))
    assert rig.wishes.book.latest == WANTED
