"""Commands leave with their expiry, again until answered; answers come by the journal."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest_server.control.dispatcher import Dispatcher, DispatcherSettings
from ingest_server.db import command_book, desired_book
from ingest_server.db.command import CommandState, StoredCommand
from ingest_server.db.cursor import Cursor, read_cursor
from ingest_server.db.desired_book import Desired, DesiredState
from ingest_server.db.journal import Draft, Kind, append
from ingest_server.files import Files, opened
from runtime.mqtt import Outcome
from tests.patience import PATIENCE_S
from tests.standing_clock import StandingClock
from wire.command import CommandKind, Result, encode_command
from wire.command import Outcome as Ended
from wire.envelope import Encoding

NOW = 1_790_000_000_000_000
SECOND = 1_000_000


@dataclass
class FakeSession:
    outcome: Outcome = Outcome.ACCEPTED
    sent: list[tuple[str, bytes, int | None]] = field(default_factory=list)
    retained: list[str] = field(default_factory=list)

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        content_type: str | None = None,
        utf8: bool = False,
        expiry_s: int | None = None,
        retain: bool = False,
    ) -> Outcome:
        self.retained += [topic] if retain else []
        assert (content_type, utf8) == ("application/json", True)
        self.sent.append((topic, payload, expiry_s))
        return self.outcome


@dataclass
class Rig:
    files: Files
    clock: StandingClock
    session: FakeSession
    dispatcher: Dispatcher
    wake: asyncio.Event

    async def ask(self, name: str) -> None:
        asked = StoredCommand(
            number=0,
            id=name,
            gateway="gw-001",
            kind=CommandKind.READ,
            device="smoke-1",
            action=None,
            actor="desk",
            comment=None,
            payload=b"payload of " + name.encode(),
            state=CommandState.QUEUED,
            asked_us=NOW,
            expires_us=NOW + 60 * SECOND,
            sendings=0,
            next_us=0,
            settled_us=None,
            done_us=None,
            detail="",
        )
        await self.files.book.transact(lambda book: command_book.enter(book, asked))

    async def answer(self, name: str, outcome: Ended = Ended.DONE) -> None:
        payload = encode_command(Result(name, outcome, NOW, "fine"))
        draft = Draft(Kind.RESULT, "gw-001", NOW, "server", 0, Encoding.RAW, payload)
        await self.files.journal.transact(lambda journal: append(journal, draft))

    async def state(self, name: str) -> CommandState:
        found = await self.files.book.read(lambda book: command_book.find(book, name))
        assert found is not None
        return found.state


@asynccontextmanager
async def rig(path: Path) -> AsyncIterator[Rig]:
    clock, session, wake = StandingClock(NOW), FakeSession(), asyncio.Event()
    async with opened(path, NOW, asyncio.Event()) as files:
        dispatcher = Dispatcher(
            journal=files.journal,
            book=files.book,
            session=session,
            clock=clock,
            wake=wake,
            settings=DispatcherSettings(look_s=0.02),
        )
        yield Rig(files, clock, session, dispatcher, wake)


async def test_sent_with_what_is_left_of_its_time_and_answered(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        await here.ask("c-1")
        here.clock.advance(10 * SECOND + 1)
        await here.dispatcher.pass_once()
        await here.dispatcher.pass_once()
        assert here.session.sent == [("lifeline/1/down/gw-001/command", b"payload of c-1", 50)]
        assert await here.state("c-1") is CommandState.SENT
        await here.answer("c-1")
        await here.answer("nobody-asked")
        here.clock.advance(20 * SECOND)
        await here.dispatcher.pass_once()
        assert len(here.session.sent) == 1
        assert await here.state("c-1") is CommandState.DONE
        assert await here.files.book.read(lambda book: read_cursor(book, Cursor.CONTROL)) == 2


async def test_without_an_answer_it_is_sent_again_and_expires(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        await here.ask("c-1")
        for _ in range(70):
            await here.dispatcher.pass_once()
            here.clock.advance(SECOND)
        assert [expiry for _, _, expiry in here.session.sent] == [60, 55, 45, 25]
        assert await here.state("c-1") is CommandState.EXPIRED


async def test_a_broker_that_has_nobody_for_it_leaves_it_queued(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        here.session.outcome = Outcome.NO_SUBSCRIBER
        await here.ask("c-1")
        await here.dispatcher.pass_once()
        assert await here.state("c-1") is CommandState.QUEUED
        here.session.outcome = Outcome.ACCEPTED
        here.clock.advance(2 * SECOND)
        await here.dispatcher.pass_once()
        assert await here.state("c-1") is CommandState.SENT


async def test_a_configuration_is_retained_and_answered(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        wanted = Desired(
            gateway="gw-001",
            version=7,
            based_on="",
            toml="x",
            actor="a",
            comment=None,
            asked_us=NOW,
        )
        here.session.outcome = Outcome.QUOTA
        await here.files.book.transact(lambda book: desired_book.enter(book, wanted))
        await here.dispatcher.pass_once()
        assert len(here.session.sent) == 1
        here.session.outcome = Outcome.NO_SUBSCRIBER  # it waits there for the gateway
        here.clock.advance(2 * SECOND)
        for _ in range(2):
            await here.dispatcher.pass_once()
        topic = "lifeline/1/down/gw-001/config"
        assert here.session.sent[1:] == [(topic, wanted.payload, None)]
        assert here.session.retained == [topic, topic]
        await here.answer("config/7", Ended.APPLIED)
        await here.dispatcher.pass_once()
        found = await here.files.book.read(lambda book: desired_book.latest(book, "gw-001"))
        assert found is not None
        assert found.state is DesiredState.APPLIED


async def test_results_are_kept_in_the_journal_until_they_are_read(tmp_path: Path) -> None:
    async with rig(tmp_path) as here:
        await here.answer("c-1")
        read = await here.files.read_by_all()
        assert read is not None
        assert read[Kind.RESULT] == 0
        await here.dispatcher.pass_once()
        read = await here.files.read_by_all()
        assert read is not None
        assert read[Kind.RESULT] == 1


async def test_it_goes_on_when_woken_and_when_a_database_was_locked(tmp_path: Path) -> None:
    async with rig(tmp_path) as here, asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        task = group.create_task(here.dispatcher.run())
        await here.ask("c-1")
        here.wake.set()
        while await here.state("c-1") is not CommandState.SENT:
            await asyncio.sleep(0.01)
        await here.files.book.transact(_rename)
        await troubled(here, wanted=True)
        await here.files.book.transact(_rename_back)
        await troubled(here, wanted=False)
        task.cancel()


async def troubled(here: Rig, *, wanted: bool) -> None:
    while (here.dispatcher.trouble is not None) is not wanted:
        await asyncio.sleep(0.01)


def _rename(book: sqlite3.Connection) -> None:
    book.execute("ALTER TABLE command RENAME TO elsewhere")


def _rename_back(book: sqlite3.Connection) -> None:
    book.execute("ALTER TABLE elsewhere RENAME TO command")
