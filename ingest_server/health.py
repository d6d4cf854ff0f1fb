"""What the server says of itself: ready or not, by named reasons, and notices beside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NotReady(StrEnum):
    """Why the server does not do its whole work."""

    STARTING = "starting"
    BROKER_AWAY = "broker_away"
    JOURNAL_REFUSES = "journal_refuses"
    BOOK_UNREADABLE = "book_unreadable"
    STORE_REFUSES = "store_refuses"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, and what of it is to be seen or done."""

    code: NotReady
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the program sees of its parts; a text says what is wrong, None that nothing is."""

    is_started: bool
    is_stopping: bool
    sessions_away: tuple[str, ...]
    broker: str
    journal: str | None
    book: str | None
    store: str | None
    store_name: str = "store.db"


@dataclass(frozen=True, slots=True)
class Health:
    """`notices`: what a person should know although the work goes on."""

    reasons: tuple[Reason, ...]
    notices: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Vitals:
    """What only the running stages know: whether each session is connected, commits of intake.

    `commits_us`: all of them together; `commit_us`: by quantile, of the last ones.
    """

    sessions: Mapping[str, bool] = field(default_factory=dict)
    commits: int = 0
    commits_us: int = 0
    commit_us: Mapping[float, int] = field(default_factory=dict)


def judge(signs: Signs, notices: tuple[str, ...] = ()) -> Health:
    """Every reason at once, the gravest first."""
    away = ", ".join(signs.sessions_away)
    found = (
        (NotReady.STOPPING, "the server is being stopped" if signs.is_stopping else None),
        (NotReady.STARTING, None if signs.is_started else "the server has not started yet"),
        (
            NotReady.JOURNAL_REFUSES,
            _file("journal.db", "nothing is taken", signs.journal),
        ),
        (NotReady.BOOK_UNREADABLE, _file("book.db", "no alarm is judged", signs.book)),
        (
            NotReady.STORE_REFUSES,
            _file(signs.store_name, "readings wait in the journal", signs.store),
        ),
        (NotReady.BROKER_AWAY, f"{signs.broker}: not connected: {away}" if away else None),
    )
    return Health(tuple(Reason(code, text) for code, text in found if text is not None), notices)


def _file(file: str, result: str, error: str | None) -> str | None:
    return None if error is None else f"{file}: {error}; {result} until it works again"
