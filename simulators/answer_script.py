"""What the alarm centre answers next: a script for the next deliveries, and a standing answer."""

from collections import deque
from collections.abc import Iterable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import msgspec

SCRIPT_LIMIT: Final = 10_000


class Mode(StrEnum):
    """How a delivery is answered; any other status is MODE `status` with a number."""

    STATUS = "status"
    TIMEOUT = "timeout"
    RESET = "reset"


class Scope(StrEnum):
    """Which deliveries an answer is for; alarms only, so that a heartbeat uses no count up."""

    ALARMS = "alarms"
    ALL = "all"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One way to answer: an HTTP status (with Retry-After if given), never, or a reset."""

    mode: Mode = Mode.STATUS
    status: int = HTTPStatus.OK.value
    retry_after_s: int | None = None
    scope: Scope = Scope.ALARMS

    @property
    def text(self) -> str:
        return str(self.status) if self.mode is Mode.STATUS else self.mode.value


OK: Final = Answer(scope=Scope.ALL)


def answer(mode: str | int, *, retry_after_s: int | None = None, scope: str = "alarms") -> Answer:
    """Make an answer of "200", "429", "503", any other status, "timeout" or "reset".

    429 asks for a Retry-After; it is 1 s unless given. Raises ValueError for anything else.
    """
    text = str(mode)
    where = Scope(scope)
    if text in (Mode.TIMEOUT, Mode.RESET):
        return Answer(mode=Mode(text), scope=where)
    if not (text.isascii() and text.isdigit() and 200 <= int(text) <= 599):  # noqa: PLR2004 - HTTP
        raise ValueError(f"answer {text!r} is not a status from 200 to 599, timeout or reset")
    if int(text) == HTTPStatus.TOO_MANY_REQUESTS and retry_after_s is None:
        retry_after_s = 1
    return Answer(status=int(text), retry_after_s=retry_after_s, scope=where)


def answers_from(order: dict[str, Any]) -> list[Answer]:
    """Return the answers of a control request: `{"mode", "count", "retry_after", "scope"}`.

    Raises ValueError that names the key that is wrong.
    """
    unknown = set(order) - {"mode", "count", "retry_after", "scope"}
    if unknown or "mode" not in order:
        raise ValueError("an answer has mode, and may have count, retry_after, scope")
    count, retry_after = order.get("count", 1), order.get("retry_after")
    if not isinstance(count, int) or not 0 < count <= SCRIPT_LIMIT:
        raise ValueError(f"count must be from 1 to {SCRIPT_LIMIT}")
    if retry_after is not None and (not isinstance(retry_after, int) or retry_after < 0):
        raise ValueError("retry_after must be a number of seconds")
    scope = str(order.get("scope", "alarms"))
    return [answer(order["mode"], retry_after_s=retry_after, scope=scope)] * count


class AnswerScript:
    """The next answers in order; when they are used up, the standing one (200 unless changed)."""

    def __init__(self) -> None:
        """Answer everything with 200."""
        self.standing = OK
        self._next: deque[Answer] = deque(maxlen=SCRIPT_LIMIT)

    def add(self, answers: Iterable[Answer]) -> None:
        """Append to the script. Raises ValueError when it would grow too long."""
        more = list(answers)
        if len(self._next) + len(more) > SCRIPT_LIMIT:
            raise ValueError(f"the script holds at most {SCRIPT_LIMIT} answers")
        self._next.extend(more)

    def clear(self) -> None:
        """Forget script and standing answer: 200 from now on."""
        self._next.clear()
        self.standing = OK

    @property
    def left(self) -> int:
        return len(self._next)

    def take(self, *, is_alarm: bool) -> Answer:
        """Return the answer to one delivery, and use it up if it is one of the script."""
        if self._next and (is_alarm or self._next[0].scope is Scope.ALL):
            return self._next.popleft()
        return self.standing if is_alarm or self.standing.scope is Scope.ALL else OK
