"""What the server wants of this gateway, what became of it, and what is in force because of it."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from edge_agent.config.difference import HERE, MORE, WANTED
from edge_agent.config.model import Config
from wire.command import Config as Desired
from wire.command import Outcome, Result

DETAIL = 8_000
"""Characters of a refusal's reasons: what is wrong is told as far as a person reads."""


class Book(msgspec.Struct, frozen=True, omit_defaults=True):
    """Kept beside the buffer. `agent.toml` is the site's, and is never written.

    `in_force`: whose lines and devices are watched in the place of the file's. `site`: the hash of
    the file's lines and devices when that was taken. `latest`: what came last, with its outcome.
    `starts`: how often the agent began with it without having run for a minute; None once it has.
    """

    in_force: Desired | None = None
    site: str = ""
    latest: Desired | None = None
    outcome: Outcome | None = None
    detail: str = ""
    starts: int | None = None


STARTS = 3
"""So often an agent may end within a minute of its start before what it took is given up."""
ON_SITE = "by a person on site"
CHANGED_ON_SITE = "agent.toml was changed on site since: its lines and devices are in force"
NOT_READ = "agent.toml was changed on site and has not been read yet: reload the agent first"
WITHDRAWN = "the server has withdrawn what it wanted: agent.toml alone"
PREFIX = "config/"
"""Before the version, in the answer to it."""


class Decision(StrEnum):
    """What came of the word of a person on site."""

    TAKEN = "taken"
    REJECTED = "rejected"
    IN_FORCE = "in_force"  # it is so already
    NOT_VALID = "not_valid"  # the book says why
    NOTHING_WANTED = "nothing_wanted"


class Verdict(StrEnum):
    """What is to be done with what the server wants."""

    TAKE = "take"
    KNOWN = "known"
    OLD = "old"
    DIVERGED = "diverged"
    WITHDRAW = "withdraw"


def judge(desired: Desired, book: Book, in_force: Config) -> Verdict:
    """TAKE is to be validated; KNOWN has its answer already. WITHDRAW needs no base.

    What says the hash in force was made from what runs here. Another hash means that somebody else
    has changed this gateway: whoever wants it has to look at that first.
    """
    latest = book.latest
    if latest is not None and desired.version < latest.version:
        return Verdict.OLD
    if latest is not None and desired.version == latest.version:
        if desired != latest:
            return Verdict.OLD
        if book.outcome is not Outcome.DIVERGED:
            return Verdict.KNOWN
    if desired.is_withdrawal:
        return Verdict.WITHDRAW
    return Verdict.TAKE if is_based_on(desired, in_force) else Verdict.DIVERGED


def is_based_on(desired: Desired, in_force: Config) -> bool:
    """Based on nothing is right for a gateway that watches nothing."""
    if not desired.based_on:
        return not in_force.lines and not in_force.devices
    return desired.based_on == in_force.hash


def named(desired: Desired) -> str:
    """For a person."""
    if desired.is_withdrawal:
        return f"the server's withdrawal ({desired.version})"
    return f"configuration {desired.version} of the server"


def note(book: Book, desired: Desired, outcome: Outcome, detail: str = "") -> Book:
    """The outcome of what came last."""
    return msgspec.structs.replace(book, latest=desired, outcome=outcome, detail=detail[:DETAIL])


def taken(book: Book, desired: Desired, site: str) -> Book:
    """It is in force from now on, over a file whose own lines and devices hash to `site`.

    Of a withdrawal: the file alone is.
    """
    if desired.is_withdrawal:
        return withdrawn(desired)
    book = note(book, desired, Outcome.APPLIED)
    return msgspec.structs.replace(book, in_force=desired, site=site, starts=0)


def withdrawn(desired: Desired) -> Book:
    """The site's own is in force, and nobody wants anything else."""
    return Book(latest=desired, outcome=Outcome.APPLIED)


def is_withdrawn(book: Book) -> bool:
    """Whether what came last is that nothing is wanted, and it is so."""
    return book.latest is not None and book.latest.is_withdrawal and book.in_force is None


def started(book: Book) -> Book:
    """The agent starts: with what was taken, unless it ended with that again and again."""
    if book.in_force is None or book.starts is None:
        return book
    if book.starts >= STARTS:
        why = f"the agent ended {STARTS} times within a minute of starting with it"
        after = left(book, why)
        if is_withdrawn(after):
            return after
        return msgspec.structs.replace(after, outcome=Outcome.REJECTED)
    return msgspec.structs.replace(book, starts=book.starts + 1)


def proven(book: Book) -> Book:
    """The agent has run with it for a minute."""
    return msgspec.structs.replace(book, starts=None)


def left(book: Book, detail: str) -> Book:
    """The site's own is in force again; what the server wanted last has to wait for somebody."""
    if book.latest is None:
        return Book()
    if book.latest.is_withdrawal:
        return withdrawn(book.latest)
    return Book(latest=book.latest, outcome=Outcome.DIVERGED, detail=detail[:DETAIL])


def explained(book: Book, differences: Iterable[str]) -> Book:
    """Why it diverged, with what differs now; the file has been read."""
    lines = [line for line in book.detail.splitlines() if not line.startswith((WANTED, HERE, MORE))]
    if lines == [NOT_READ]:
        lines = [CHANGED_ON_SITE]
    detail = "\n".join([*lines, *differences])
    return msgspec.structs.replace(book, detail=detail[:DETAIL])


def answer(book: Book, config_hash: str, time_us: int | None) -> Result | None:
    """What is told to the server: what became of what it wanted last."""
    if book.latest is None or book.outcome is None:
        return None
    return Result(
        f"{PREFIX}{book.latest.version}",
        book.outcome,
        time=time_us,
        detail=book.detail,
        config_hash=config_hash,
    )
