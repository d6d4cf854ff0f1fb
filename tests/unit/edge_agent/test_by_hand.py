"""A person at the gateway asks a device by the table of commands, and hears what came of it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.buffer import rows
from edge_agent.buffer.control import Control
from edge_agent.buffer.permission import Verdict
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.by_hand import DO, NO_ANSWER, NOT_SAID, READ, REFUSED, doings
from runtime.clock import SystemClock
from runtime.database import Database
from tests.shipped import PROFILES
from wire.command import Command, CommandKind, Outcome, Result

DEVICES = {"smoke-1": PROFILES["calectro_ug3"]}
WHO = {"device": "smoke-1", "by": "Li Lei"}


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Control]:
    async with Database(path / "buffer.db", rows.migrate) as database:
        control = Control(database, Timekeeper(SystemClock()), DEVICES)
        await control.recover()
        yield control


async def test_it_is_a_command_with_a_name_and_its_answer_goes_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        news = control.watch()
        news.clear()
        asked = asyncio.ensure_future(doings(control)[DO]({**WHO, "action": "reset"}))
        await news.wait()
        command = await control.begin(["smoke-1"])
        assert command is not None
        assert (command.kind, command.by, command.device, command.action) == (
            CommandKind.ACTION, "Li Lei", "smoke-1", "reset",
        )  # fmt: skip
        assert command.id.startswith("site-action-"), "a siren (local-) goes first"
        await control.answer(command, Outcome.DONE, "1 of 1 writes echoed")
        answer = await asked
        assert (answer.is_done, answer.reason, answer.detail, answer.said) == (
            True, "done", "1 of 1 writes echoed", command.id,
        )  # fmt: skip
        assert len(await control.unsent()) == 1


async def test_what_is_not_allowed_is_refused_by_the_same_list(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        answer = await doings(control)[DO]({**WHO, "action": "explode"})
        assert (answer.is_done, answer.reason) == (False, "refused")
        assert "does not allow it" in answer.detail
        assert await control.begin(["smoke-1"]) is None


@pytest.mark.parametrize(
    "given",
    [{}, {"device": "smoke-1"}, WHO | {"device": "../x"}, WHO | {"by": "x" * 5_000}],
)
async def test_what_is_no_order_reaches_nobody(tmp_path: Path, given: dict[str, str]) -> None:
    async with opened(tmp_path) as control:
        answer = await doings(control)[READ](given)
        assert (answer.is_done, answer.reason) == (False, NOT_SAID)
        assert (await doings(control)[DO](given)).reason == NOT_SAID
        assert await control.begin(["smoke-1", None]) is None


class Elsewhere:
    """A table that says `verdict`, and never an answer."""

    def __init__(self, verdict: Verdict, refuses: bool = False) -> None:
        self._verdict, self._refuses = verdict, refuses

    async def take(self, _: Command) -> Verdict:
        if self._refuses:
            raise sqlite3.OperationalError("disk is full")
        return self._verdict

    async def result(self, _: str) -> Result | None:
        return None


async def test_what_never_comes_and_what_can_not_be_kept_are_told() -> None:
    silent = await doings(Elsewhere(Verdict.ALLOWED), looks=1)[READ](WHO)
    assert (silent.is_done, silent.reason) == (False, NO_ANSWER)
    early = await doings(Elsewhere(Verdict.NOT_YET))[READ](WHO)
    assert (early.is_done, early.reason) == (False, Verdict.NOT_YET)
    full = await doings(Elsewhere(Verdict.ALLOWED, refuses=True))[READ](WHO)
    assert (full.is_done, full.reason, full.detail) == (False, REFUSED, "disk is full")
