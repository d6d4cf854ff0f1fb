"""Commands and their answers as rows: taken once, carried out once, answered until it is heard.

A command is committed before the broker is told that we have it; it is *under way* before anything
is written to a device, so that a kill in between never does it twice; its answer is committed
before it is published. PUBACK only ends the sending for now: the server repeats a command that it
has no answer to, and that sends the answer again.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Mapping

import msgspec

from device_profiles.model import Profile
from edge_agent.buffer.permission import OUTCOMES, WORDS, Came, Verdict, hand_of, judge
from edge_agent.buffer.timebase import Timebase, Timekeeper
from runtime.database import Database
from wire.command import (
    BY_LOCAL_ACTION,
    Command,
    CommandKind,
    Outcome,
    Result,
    decode_command,
    encode_command,
)
from wire.own_order import signed

log = logging.getLogger(__name__)

WAITING_MOST = 32
ANSWERED_KEPT = 1_000
_CUT = 500
_IS_CUT = " … (cut short: the broker takes no more)"


class Control:
    """`profiles`: of each device that the configuration names, as it is at the moment."""

    def __init__(
        self, database: Database, timekeeper: Timekeeper, profiles: Mapping[str, Profile]
    ) -> None:
        self._database = database
        self._timekeeper = timekeeper
        self._profiles = profiles
        self._watchers: list[asyncio.Event] = []
        self.answered = asyncio.Event()
        """Set when an answer waits to be published."""
        self.knows_all = True
        """False while commands of a file that was set aside may not be known yet."""

    async def recover(self) -> None:
        """At the start: what was under way may have been done, so it is answered, not repeated."""
        now = self._timekeeper.now()
        await self._database.transact(lambda connection: _recover(connection, now, self._profiles))
        self.answered.set()

    def watch(self) -> asyncio.Event:
        """An event that is set whenever a command came; it says no more."""
        event = asyncio.Event()
        event.set()
        self._watchers.append(event)
        return event

    def unwatch(self, event: asyncio.Event) -> None:
        """Nobody waits for it any more."""
        self._watchers = [one for one in self._watchers if one is not event]

    async def devices_changed(self, names: Collection[str]) -> None:
        """After another configuration: what these devices had under way was cut off.

        It is answered or done anew as after a kill, and so is what waits for a device that is gone.
        """
        await self._cut_off(lambda command: hand_of(command) in names)

    async def came_in(self, ids: Collection[str]) -> None:
        """Commands of a file that was set aside: what was under way then is as after a kill."""
        self.knows_all = True
        if ids:
            await self._cut_off(lambda command: command.id in ids)

    async def _cut_off(self, is_meant: Callable[[Command], bool]) -> None:
        now = self._timekeeper.now()
        await self._database.transact(
            lambda connection: _recover(connection, now, self._profiles, is_meant)
        )
        self.answered.set()
        for event in self._watchers:
            event.set()

    async def take(self, command: Command) -> Verdict:
        """Keep it; a refusal is answered at once, and an id that is known again as before.

        Nothing becomes of it while it may have been carried out already: it comes again.
        """
        if not self.knows_all and not command.id.startswith(BY_LOCAL_ACTION):
            return Verdict.NOT_YET
        now = self._timekeeper.now()
        verdict = await self._database.transact(
            lambda connection: _take(connection, command, now, self._profiles)
        )
        log.info("command %s of %s: %s, %s", command.id, command.by, _what(command), verdict)
        self.answered.set()
        for event in self._watchers:
            event.set()
        return verdict

    async def begin(self, devices: Collection[str | None]) -> Command | None:
        """The oldest that waits for one of these (None: the gateway itself), now under way.

        What the gateway does of itself in an alarm goes first.
        """
        now = self._timekeeper.now()
        command = await self._database.transact(
            lambda connection: _begin(connection, devices, now, self._profiles)
        )
        self.answered.set()
        return command

    async def answer(self, command: Command, outcome: Outcome, detail: str) -> None:
        now = self._timekeeper.now()
        log.info("command %s: %s, %s: %.200s", command.id, _what(command), outcome, detail)
        await self._database.transact(
            lambda connection: _answer(
                connection, command.id, _result(command, outcome, detail, now)
            )
        )
        self.answered.set()

    async def result(self, command_id: str) -> Result | None:
        """What came of it; None while it waits, is under way, or is not known."""
        found = await self._database.read(
            lambda connection: connection.execute(
                "SELECT answer FROM command WHERE id = ? AND answer IS NOT NULL", (command_id,)
            ).fetchone()
        )
        return None if found is None else decode_command(found[0], Result)

    async def unsent(self, limit: int = 10) -> list[tuple[int, bytes]]:
        """Number and payload of answers to publish, oldest first."""
        return await self._database.read(
            lambda connection: connection.execute(
                "SELECT number, answer FROM command WHERE to_send = 1 ORDER BY number LIMIT ?",
                (limit,),
            ).fetchall()
        )

    async def sent(self, number: int) -> None:
        """The broker has the answer: it is sent again only when the command comes again."""
        await self._database.transact(
            lambda connection: connection.execute(
                "UPDATE command SET to_send = 0 WHERE number = ?", (number,)
            )
        )

    async def cut(self, number: int) -> bool:
        """The broker will never take the answer: its beginning is sent instead.

        False when it was that short already; then it is kept here, and sent no more.
        """
        return await self._database.transact(lambda connection: _cut(connection, number))


def _what(command: Command) -> str:
    return f"{command.action or command.kind} at {command.device or 'this gateway'}"


def _result(command: Command, outcome: Outcome, detail: str, now: Timebase) -> Result:
    said = signed(command, detail)
    return Result(command.id, outcome, time=now.utc_us(now.mono_us), detail=said)


def _refusal(command: Command, verdict: Verdict, now: Timebase) -> Result:
    return _result(command, OUTCOMES[verdict], f"{verdict}: {WORDS[verdict]}", now)


def _take(
    connection: sqlite3.Connection,
    command: Command,
    now: Timebase,
    profiles: Mapping[str, Profile],
) -> Verdict:
    """For one that is known: ALLOWED, whatever became of it; what it says is not looked at."""
    known = connection.execute(
        "UPDATE command SET to_send = (answer IS NOT NULL) WHERE id = ? RETURNING 1", (command.id,)
    ).fetchone()
    if known is not None:
        return Verdict.ALLOWED
    came = Came(now.boot, now.mono_ms)
    verdict = judge(command, came, now, profiles)
    (waiting,) = connection.execute(
        "SELECT count(*) FROM command WHERE state <> 'answered'"
    ).fetchone()
    if verdict is Verdict.ALLOWED and waiting >= WAITING_MOST:
        verdict = Verdict.TOO_MANY
    connection.execute(
        "INSERT INTO command (id, device, payload, boot, mono_ms, state)"
        " VALUES (?, ?, ?, ?, ?, 'waiting')",
        (
            command.id,
            hand_of(command),
            encode_command(command),
            came.boot,
            came.mono_ms,
        ),
    )
    if verdict is not Verdict.ALLOWED:
        _answer(connection, command.id, _refusal(command, verdict, now))
    _forget(connection)
    return verdict


def _begin(
    connection: sqlite3.Connection,
    devices: Collection[str | None],
    now: Timebase,
    profiles: Mapping[str, Profile],
) -> Command | None:
    rows = connection.execute(
        "SELECT payload, boot, mono_ms FROM command WHERE state = 'waiting' ORDER BY number"
    ).fetchall()
    waiting = [(decode_command(payload, Command), Came(*came)) for payload, *came in rows]
    # a siren is not kept waiting
    waiting.sort(key=lambda one: not one[0].id.startswith(BY_LOCAL_ACTION))
    for command, came in waiting:
        if hand_of(command) not in devices:
            continue
        verdict = judge(command, came, now, profiles)
        if verdict is Verdict.ALLOWED:
            connection.execute("UPDATE command SET state = 'under_way' WHERE id = ?", (command.id,))
            return command
        _answer(connection, command.id, _refusal(command, verdict, now))
    return None


def _answer(connection: sqlite3.Connection, command_id: str, result: Result) -> None:
    connection.execute(
        "UPDATE command SET state = 'answered', answer = ?, to_send = 1 WHERE id = ?",
        (encode_command(result), command_id),
    )


def _cut(connection: sqlite3.Connection, number: int) -> bool:
    (payload,) = connection.execute(
        "SELECT answer FROM command WHERE number = ?", (number,)
    ).fetchone()
    result = decode_command(payload, Result)
    if len(result.detail) <= _CUT + len(_IS_CUT):
        connection.execute("UPDATE command SET to_send = 0 WHERE number = ?", (number,))
        return False
    short = msgspec.structs.replace(result, detail=result.detail[:_CUT] + _IS_CUT)
    connection.execute(
        "UPDATE command SET answer = ? WHERE number = ?", (encode_command(short), number)
    )
    return True


def _recover(
    connection: sqlite3.Connection,
    now: Timebase,
    profiles: Mapping[str, Profile],
    is_meant: Callable[[Command], bool] = lambda _: True,
) -> None:
    """What only looks is done anew; what acts is not. `is_meant`: of these alone."""
    rows = connection.execute("SELECT payload FROM command WHERE state = 'under_way'").fetchall()
    for (payload,) in rows:
        command = decode_command(payload, Command)
        if not is_meant(command):
            continue
        if command.kind is CommandKind.ACTION:
            log.warning("command %s was interrupted: %s", command.id, _what(command))
            _answer(connection, command.id, _refusal(command, Verdict.INTERRUPTED, now))
        else:
            connection.execute("UPDATE command SET state = 'waiting' WHERE id = ?", (command.id,))
    _refuse_orphans(connection, now, profiles)


def _refuse_orphans(
    connection: sqlite3.Connection, now: Timebase, profiles: Mapping[str, Profile]
) -> None:
    """Nobody would ever begin what waits for a device that the configuration no longer names."""
    rows = connection.execute("SELECT payload FROM command WHERE state = 'waiting'").fetchall()
    for (payload,) in rows:
        command = decode_command(payload, Command)
        if command.kind is not CommandKind.DIAGNOSTICS and command.device not in profiles:
            _answer(connection, command.id, _refusal(command, Verdict.NO_DEVICE, now))


def _forget(connection: sqlite3.Connection) -> None:
    """The newest thousand stay: longer than any expiry lets the same command come again."""
    connection.execute(
        "DELETE FROM command WHERE state = 'answered' AND to_send = 0 AND number <="
        " (SELECT number FROM command ORDER BY number DESC LIMIT 1 OFFSET ?)",
        (ANSWERED_KEPT,),
    )
