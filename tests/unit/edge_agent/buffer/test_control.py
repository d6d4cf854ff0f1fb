"""Commands as rows: taken once, carried out once, answered, and what a kill leaves behind."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from edge_agent.buffer import rows
from edge_agent.buffer.control import ANSWERED_KEPT, WAITING_MOST, Control
from edge_agent.buffer.inspection import Condition, inspect
from edge_agent.buffer.opening import prepare
from edge_agent.buffer.permission import Verdict
from edge_agent.buffer.timebase import Timekeeper
from runtime.clock import SystemClock
from runtime.database import Database
from tests.shipped import PROFILES
from wire.command import TAKE_BASELINE, Command, CommandKind, Outcome, Result, decode_command

DEVICES = {"smoke-1": PROFILES["calectro_ug3"]}
RESET = Command("c-1", CommandKind.ACTION, "desk", "smoke-1", "reset")
READ = Command("c-2", CommandKind.READ, "desk", "smoke-1")
DIAGNOSTICS = Command("c-3", CommandKind.DIAGNOSTICS, "desk")


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Control]:
    async with Database(path / "buffer.db", rows.migrate) as database:
        control = Control(database, Timekeeper(SystemClock()), DEVICES)
        await control.recover()
        yield control


async def answers(control: Control) -> list[Result]:
    return [decode_command(payload, Result) for _, payload in await control.unsent()]


async def test_taken_begun_answered_and_sent(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        news = control.watch()
        news.clear()
        assert await control.take(RESET) is Verdict.ALLOWED
        assert news.is_set()
        assert await control.begin([None]) is None
        assert await control.begin(["smoke-1", None]) == RESET
        assert await control.begin(["smoke-1", None]) is None
        await control.answer(RESET, Outcome.DONE, "1 of 1")
        ((number, payload),) = await control.unsent()
        answer = decode_command(payload, Result)
        assert (answer.answers, answer.outcome, answer.detail) == ("c-1", Outcome.DONE, "1 of 1")
        await control.sent(number)
        assert await control.unsent() == []


async def test_a_refusal_of_an_order_on_site_says_too_what_it_was_and_who_asked(
    tmp_path: Path,
) -> None:
    order = Command("site-action-1", CommandKind.ACTION, "Li Lei", "smoke-9", "reset")
    async with opened(tmp_path) as control:
        assert await control.take(order) is Verdict.NO_DEVICE
        (answer,) = await answers(control)
        assert answer.detail.startswith("reset at smoke-9, asked by Li Lei: no_device")


async def test_the_same_command_is_answered_again_and_not_done_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        for _ in range(2):
            await control.take(RESET)
        assert await control.begin(["smoke-1"]) == RESET
        await control.take(RESET)
        assert await control.begin(["smoke-1"]) is None
        assert await control.unsent() == []
        await control.answer(RESET, Outcome.DONE, "")
        await control.sent((await control.unsent())[0][0])
        await control.take(RESET)
        assert [one.outcome for one in await answers(control)] == [Outcome.DONE]
        assert await control.begin(["smoke-1"]) is None


async def test_what_is_not_allowed_is_answered_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        refused = Command("c-9", CommandKind.ACTION, "desk", "smoke-1", "self_destruct")
        assert await control.take(refused) is Verdict.NOT_ALLOWED
        (answer,) = await answers(control)
        assert answer.outcome is Outcome.REFUSED
        assert answer.detail.startswith("not_allowed: ")
        assert await control.begin(["smoke-1"]) is None


async def test_one_that_is_too_late_when_its_turn_comes(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        soon = SystemClock().utc_us() + 20_000
        await control.take(Command("c-1", CommandKind.READ, "desk", "smoke-1", expires=soon))
        while SystemClock().utc_us() <= soon:
            pass
        assert await control.begin(["smoke-1"]) is None
        assert [one.outcome for one in await answers(control)] == [Outcome.EXPIRED]


async def test_after_a_kill_what_acted_is_answered_and_what_looked_is_done_anew(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as control:
        for command in (RESET, READ, DIAGNOSTICS):
            await control.take(command)
        assert await control.begin(["smoke-1"]) == RESET
        assert await control.begin(["smoke-1"]) == READ
    async with opened(tmp_path) as control:
        (answer,) = await answers(control)
        assert (answer.answers, answer.outcome) == ("c-1", Outcome.FAILED)
        assert "may have been carried out" in answer.detail
        assert await control.begin(["smoke-1"]) == READ
        assert await control.begin([None]) == DIAGNOSTICS


async def test_not_more_wait_than_can_be_done_soon(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        for number in range(WAITING_MOST):
            await control.take(Command(f"c-{number}", CommandKind.DIAGNOSTICS, "desk"))
        late = Command("one-more", CommandKind.DIAGNOSTICS, "desk")
        assert await control.take(late) is Verdict.TOO_MANY


async def test_what_waits_for_a_device_that_was_taken_away_is_answered(tmp_path: Path) -> None:
    """Else it would wait for ever, and take the place of another."""
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        before = Control(database, Timekeeper(SystemClock()), DEVICES)
        await before.take(READ)
        await before.take(RESET)
        assert await before.begin(["smoke-1"]) == READ
        after = Control(database, Timekeeper(SystemClock()), {})
        await after.recover()
        assert [one.outcome for one in await answers(after)] == [Outcome.REFUSED, Outcome.REFUSED]


async def test_old_answers_are_forgotten_new_ones_are_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        await control.take(RESET)
        with closing(sqlite3.connect(tmp_path / "buffer.db")) as connection, connection:
            connection.executemany(
                "INSERT INTO command (id, payload, boot, mono_ms, state, answer)"
                " VALUES (?, x'', '', 0, 'answered', x'')",
                [(f"old-{number}",) for number in range(ANSWERED_KEPT + 10)],
            )
        await control.take(READ)
        with closing(sqlite3.connect(tmp_path / "buffer.db")) as connection:
            kept = [one for (one,) in connection.execute("SELECT id FROM command ORDER BY number")]
        assert (kept[0], kept[-1]) == ("c-1", "c-2")
        assert len(kept) == 1 + ANSWERED_KEPT


def test_a_file_that_lost_its_table_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    prepare(path, "stamp")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE command")
    assert inspect(path).condition is Condition.BROKEN


async def test_nothing_is_taken_while_it_may_have_been_done(tmp_path: Path) -> None:
    """But what the gateway orders itself: it did so just now."""
    ours = Command("local-1", CommandKind.ACTION, "siren", "smoke-1", "reset")
    async with opened(tmp_path) as control:
        control.knows_all = False
        assert await control.take(RESET) is Verdict.NOT_YET
        assert await control.take(ours) is Verdict.ALLOWED
        assert await control.begin(["smoke-1"]) == ours
        await control.came_in([])
        assert await control.take(RESET) is Verdict.ALLOWED


async def test_what_came_in_unanswered_is_answered_and_what_is_under_way_goes_on(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as control:
        await control.take(RESET)
        await control.take(READ)
        assert await control.begin(["smoke-1"]) == RESET
        assert await control.begin(["smoke-1"]) == READ
        await control.came_in(["c-1"])
        assert [(one.answers, one.outcome) for one in await answers(control)] == [
            ("c-1", Outcome.FAILED)
        ]
        assert await control.begin(["smoke-1"]) is None


async def test_what_came_of_a_command_can_be_asked(tmp_path: Path) -> None:
    async with opened(tmp_path) as control:
        await control.take(RESET)
        assert await control.result("c-1") is None
        assert await control.begin(["smoke-1"]) == RESET
        await control.answer(RESET, Outcome.FAILED, "time_out")
        result = await control.result("c-1")
        assert result is not None
        assert (result.outcome, result.detail) == (Outcome.FAILED, "time_out")
        assert await control.result("nobody-asked") is None


async def test_a_siren_waits_neither_for_a_queue_nor_for_a_baseline(tmp_path: Path) -> None:
    siren = Command("local-siren-1-do-1", CommandKind.ACTION, "local action", "smoke-1", "reset")
    baseline = Command("c-9", CommandKind.ACTION, "desk", "cover-1", TAKE_BASELINE)
    devices = {**DEVICES, "cover-1": PROFILES["witmotion_485"]}
    async with Database(tmp_path / "buffer.db", rows.migrate) as database:
        control = Control(database, Timekeeper(SystemClock()), devices)
        for command in (baseline, RESET, READ, siren):
            assert await control.take(command) is Verdict.ALLOWED
        line = ["smoke-1", "cover-1"]
        assert await control.begin(line) == siren
        assert await control.begin(line) == RESET
        assert await control.begin([None]) == baseline
        await control.devices_changed(line)  # of a line that is exchanged: not of the gateway
        assert sorted(one.answers for one in await answers(control)) == [RESET.id, siren.id]
