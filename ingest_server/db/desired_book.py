"""Desired configurations in book.db: entered once, published until answered, each step audited."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wire.command import Config, Outcome, Result, encode_command

SERVER = "server"
PREFIX = "config/"
_AGAIN_US = 600_000_000
"""The broker retains it; one that lost its disk gets it again."""
_COLUMNS = (
    "gateway, version, based_on, toml, actor, comment, state, asked_us, sendings, next_us,"
    " settled_us, done_us, config_hash, detail"
)
_NAMES = _COLUMNS.split(", ")
_DETAIL = 300  # characters of a reason in the audit; the whole of it stands in the row


class DesiredState(StrEnum):
    """`pending`: no answer yet. `superseded`: a newer one took its place before an answer."""

    PENDING = "pending"
    APPLIED = "applied"
    REJECTED = "rejected"
    DIVERGED = "diverged"
    SUPERSEDED = "superseded"


ANSWERS = {
    Outcome.APPLIED: DesiredState.APPLIED,
    Outcome.REJECTED: DesiredState.REJECTED,
    Outcome.DIVERGED: DesiredState.DIVERGED,
}


class Heard(StrEnum):
    """What became of an answer."""

    TAKEN = "taken"
    UNKNOWN = "unknown"  # no such version was made here
    ALREADY = "already"
    NO_ANSWER = "no_answer"  # the outcome of something else, such as a command


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """One version. Times in UTC microseconds; `done_us`: by the gateway's clock, if it was set.

    Without `toml` it is a withdrawal: the gateway goes back to what its site says.
    """

    gateway: str
    version: int
    based_on: str
    toml: str
    actor: str
    comment: str | None
    state: DesiredState = DesiredState.PENDING
    asked_us: int
    sendings: int = 0
    next_us: int = 0
    settled_us: int | None = None
    done_us: int | None = None
    config_hash: str | None = None
    detail: str = ""

    @property
    def is_withdrawal(self) -> bool:
        return not self.toml

    @property
    def payload(self) -> bytes:
        if self.is_withdrawal:
            return encode_command(Config(self.version, "", "", withdrawn=True))
        return encode_command(Config(self.version, self.based_on, self.toml))


@dataclass(frozen=True, slots=True)
class DesiredEvent:
    """One line of the audit; `who` is a person, `server` or the gateway's id."""

    at_us: int
    event: str
    who: str
    detail: str


def next_version(book: sqlite3.Connection, gateway: str, now_us: int) -> int:
    """Above all that were made, and above those of a server that was restored from a back-up."""
    (last,) = book.execute(
        "SELECT coalesce(max(version), 0) FROM desired WHERE gateway = ?", (gateway,)
    ).fetchone()
    return max(int(last) + 1, now_us // 1_000_000)


def enter(book: sqlite3.Connection, desired: Desired) -> None:
    """Queue it; those before it that have no answer are superseded."""
    older = book.execute(
        "UPDATE desired SET state = 'superseded', settled_us = ?2"
        " WHERE gateway = ?1 AND state = 'pending' RETURNING version",
        (desired.gateway, desired.asked_us),
    ).fetchall()
    for (version,) in older:
        _note(
            book, desired.gateway, version, DesiredEvent(desired.asked_us, "superseded", SERVER, "")
        )
    book.execute(
        "INSERT INTO desired (gateway, version, based_on, toml, actor, comment, state, asked_us)"
        " VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)",
        (
            desired.gateway,
            desired.version,
            desired.based_on,
            desired.toml,
            desired.actor,
            desired.comment,
            desired.asked_us,
        ),
    )
    what = "withdraw" if desired.is_withdrawal else "asked"
    asked = DesiredEvent(desired.asked_us, what, desired.actor, desired.comment or "")
    _note(book, desired.gateway, desired.version, asked)


def latest(book: sqlite3.Connection, gateway: str) -> Desired | None:
    """The newest version of a gateway."""
    found = versions(book, gateway, limit=1)
    return found[0] if found else None


def latest_of(book: sqlite3.Connection, gateways: Collection[str]) -> dict[str, Desired]:
    """The newest version of each gateway that has one."""
    found = {gateway: latest(book, gateway) for gateway in gateways}
    return {gateway: one for gateway, one in found.items() if one is not None}


def find(book: sqlite3.Connection, gateway: str, version: int) -> Desired | None:
    row = book.execute(
        f"SELECT {_COLUMNS} FROM desired WHERE gateway = ? AND version = ?",  # noqa: S608 - constant
        (gateway, version),
    ).fetchone()
    return None if row is None else _desired(row)


def versions(
    book: sqlite3.Connection, gateway: str, *, before: int | None = None, limit: int
) -> list[Desired]:
    """The newest first; for the next page pass the last one's version as `before`."""
    rows = book.execute(
        f"SELECT {_COLUMNS} FROM desired WHERE gateway = ?1"  # noqa: S608 - same
        " AND (?2 IS NULL OR version < ?2) ORDER BY version DESC LIMIT ?3",
        (gateway, before, limit),
    )
    return [_desired(row) for row in rows]


def events(book: sqlite3.Connection, gateway: str, version: int) -> list[DesiredEvent]:
    """The audit of one version, oldest first."""
    rows = book.execute(
        "SELECT at_us, event, who, detail FROM desired_event WHERE gateway = ? AND version = ?"
        " ORDER BY number",
        (gateway, version),
    )
    return [DesiredEvent(*row) for row in rows]


def due(book: sqlite3.Connection, now_us: int, limit: int) -> list[Desired]:
    """To be published now. A time further off than any schedule reaches is another clock's."""
    rows = book.execute(
        f"SELECT {_COLUMNS} FROM desired WHERE state = 'pending'"  # noqa: S608 - same
        " AND (next_us <= ?1 OR next_us > ?1 + ?2) ORDER BY next_us LIMIT ?3",
        (now_us, _AGAIN_US, limit),
    )
    return [_desired(row) for row in rows]


def record_published(book: sqlite3.Connection, desired: Desired, now_us: int) -> None:
    """The broker has it, and gives it to the gateway whenever that comes."""
    row = book.execute(
        "UPDATE desired SET sendings = sendings + 1, next_us = ?3"
        " WHERE gateway = ?1 AND version = ?2 AND state = 'pending' RETURNING sendings",
        (desired.gateway, desired.version, now_us + _AGAIN_US),
    ).fetchone()
    if row == (1,):
        _note(book, desired.gateway, desired.version, DesiredEvent(now_us, "published", SERVER, ""))


def put_off(book: sqlite3.Connection, desired: Desired, next_us: int) -> None:
    book.execute(
        "UPDATE desired SET next_us = ?3 WHERE gateway = ?1 AND version = ?2",
        (desired.gateway, desired.version, next_us),
    )


def record_answer(book: sqlite3.Connection, gateway: str, result: Result, arrival_us: int) -> Heard:
    """What the gateway says of a version; the same once more changes nothing (P7).

    Another answer takes the place of the one before: somebody on site may change or decide it.
    """
    state = ANSWERS.get(result.outcome)
    version = _version(result.answers)
    if state is None or version is None:
        return Heard.NO_ANSWER
    known = find(book, gateway, version)
    if known is None:
        return Heard.UNKNOWN
    if state is DesiredState.APPLIED:
        _remind(book, gateway, version, arrival_us)
    its = (known.state, known.config_hash, known.detail)
    if its == (state, result.config_hash, result.detail):
        return Heard.ALREADY
    is_superseded = known.state is DesiredState.SUPERSEDED
    if is_superseded:
        state = DesiredState.SUPERSEDED
    book.execute(
        "UPDATE desired SET state = ?3, settled_us = ?4, done_us = ?5, config_hash = ?6,"
        " detail = ?7 WHERE gateway = ?1 AND version = ?2",
        (
            gateway,
            version,
            state.value,
            arrival_us,
            result.time,
            result.config_hash,
            result.detail,
        ),
    )
    if its[0] is not state or is_superseded:
        event = DesiredEvent(arrival_us, result.outcome, gateway, result.detail[:_DETAIL])
        _note(book, gateway, version, event)
    return Heard.TAKEN


def _remind(book: sqlite3.Connection, gateway: str, version: int, arrival_us: int) -> None:
    """It runs an older one than it has answered: its card was restored, and the broker lost ours.

    What is wanted is published again, so that it learns of it.
    """
    newest = latest(book, gateway)
    if newest is None or newest.version <= version or newest.state is DesiredState.PENDING:
        return
    book.execute(
        "UPDATE desired SET state = 'pending', settled_us = NULL, next_us = 0"
        " WHERE gateway = ?1 AND version = ?2",
        (gateway, newest.version),
    )
    behind = DesiredEvent(arrival_us, "behind", gateway, f"it runs version {version}")
    _note(book, gateway, newest.version, behind)


def _version(answers: str) -> int | None:
    number = answers.removeprefix(PREFIX)
    is_ours = answers.startswith(PREFIX) and number.isascii() and number.isdecimal()
    return int(number) if is_ours and len(number) <= len(str(2**53)) else None


def _note(book: sqlite3.Connection, gateway: str, version: int, event: DesiredEvent) -> None:
    book.execute(
        "INSERT INTO desired_event SELECT ?1, ?2, count(*) + 1, ?3, ?4, ?5, ?6"
        " FROM desired_event WHERE gateway = ?1 AND version = ?2",
        (gateway, version, event.at_us, str(event.event), event.who, event.detail),
    )


def _desired(row: tuple[Any, ...]) -> Desired:
    words = dict(zip(_NAMES, row, strict=True))
    words["state"] = DesiredState(words["state"])
    return Desired(**words)
