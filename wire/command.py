"""What a gateway is told, and what it answers: desired configuration, command, result."""

from enum import StrEnum
from typing import TypeVar

import msgspec

from wire.bounds import COUNT, EARLIEST_US, LATEST_US, RESULT_TEXT, SENT_BYTES, WORD
from wire.reading import ID, POINT
from wire.refusal import Refusal, WireError
from wire.strict_json import read


class Config(msgspec.Struct, frozen=True):
    """Desired configuration (TOML text); `based_on` is the hash it was made from.

    `withdrawn`: nothing is desired any more, the site's own counts; its other texts are empty.
    """

    version: int
    based_on: str
    toml: str
    withdrawn: bool | msgspec.UnsetType = msgspec.UNSET

    @property
    def is_withdrawal(self) -> bool:
        return self.withdrawn is True


class CommandKind(StrEnum):
    """What may be asked for; `action` names an allow-listed action of the device's profile."""

    ACTION = "action"
    READ = "read"
    DIAGNOSTICS = "diagnostics"


TAKE_BASELINE = "take_baseline"
"""An action of the gateway itself at a device: what it reads now is how all is well."""


class Command(msgspec.Struct, frozen=True, omit_defaults=True):
    """`id` makes it idempotent; `expires` (UTC us) is refused by a gateway with an unset clock."""

    id: str
    kind: CommandKind
    by: str
    device: str | None = None
    action: str | None = None
    expires: int | None = None


BY_LOCAL_ACTION, ON_SITE = "local-", "site-"
"""So begin the ids of what a gateway did of itself, and of what a person in front of it asked."""


class Outcome(StrEnum):
    """How a command or a configuration ended."""

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    EXPIRED = "expired"
    APPLIED = "applied"
    REJECTED = "rejected"
    DIVERGED = "diverged"


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer: `answers` is the command's id, or `config/<version>`."""

    answers: str
    outcome: Outcome
    time: int | None = None
    detail: str = ""
    config_hash: str | None = None


T = TypeVar("T", Config, Command, Result)
_encode = msgspec.json.Encoder().encode


def encode_command(message: Config | Command | Result) -> bytes:
    return _encode(message)


def decode_command(payload: bytes, kind: type[T]) -> T:
    """Read one of the three.

    Raise WireError: TOO_LARGE, NOT_JSON, WRONG_SHAPE, NAME_GRAMMAR, TIME_RANGE, TEXT_TOO_LONG.
    """
    message = read(msgspec.json.Decoder(kind), payload, SENT_BYTES)
    if isinstance(message, Command):
        _check_command(message)
    elif isinstance(message, Config):
        _check_config(message)
    else:
        _check_result(message)
    return message


def _check_command(command: Command) -> None:
    if not ID.fullmatch(command.id):
        raise WireError(Refusal.NAME_GRAMMAR, f"command id {command.id[:80]!r}")
    if command.device is not None and not ID.fullmatch(command.device):
        raise WireError(Refusal.NAME_GRAMMAR, f"device {command.device[:80]!r}")
    if command.action is not None and not POINT.fullmatch(command.action):
        raise WireError(Refusal.NAME_GRAMMAR, f"action {command.action[:80]!r}")
    if command.kind is CommandKind.ACTION and (command.device is None or command.action is None):
        raise WireError(Refusal.WRONG_SHAPE, "an action names its device and the action")
    _check_words(command.by)
    _check_time(command.expires)


def _check_config(config: Config) -> None:
    if not 1 <= config.version <= COUNT:
        raise WireError(Refusal.WRONG_SHAPE, f"version {config.version}")
    _check_words(config.based_on)
    if config.is_withdrawal and (config.toml or config.based_on):
        raise WireError(Refusal.WRONG_SHAPE, "a withdrawal says what is desired")


def _check_result(result: Result) -> None:
    _check_words(result.answers, result.config_hash or "")
    if len(result.detail) > RESULT_TEXT:
        raise WireError(Refusal.TEXT_TOO_LONG, f"detail of {len(result.detail)} characters")
    _check_time(result.time)


def _check_words(*words: str) -> None:
    for word in words:
        if len(word) > WORD:
            raise WireError(Refusal.WRONG_SHAPE, f"{word[:80]!r}… is longer than {WORD} characters")


def _check_time(time_us: int | None) -> None:
    if time_us is not None and not EARLIEST_US <= time_us < LATEST_US:
        raise WireError(Refusal.TIME_RANGE, f"time {time_us} us is not in 2020..2100")
