"""What a gateway is told, and what it answers: desired configuration, command, result."""

from enum import StrEnum
from typing import TypeVar

import msgspec

from wire.bounds import COUNT, SENT_BYTES
from wire.reading import ID, POINT
from wire.refusal import Refusal, WireError


class Config(msgspec.Struct, frozen=True):
    """Desired configuration (TOML text); `based_on` is the hash it was made from."""

    version: int
    based_on: str
    toml: str


class CommandKind(StrEnum):
    """What may be asked for; `action` names an allow-listed action of the device's profile."""

    ACTION = "action"
    READ = "read"
    DIAGNOSTICS = "diagnostics"


class Command(msgspec.Struct, frozen=True, omit_defaults=True):
    """`id` makes it idempotent; `expires` (UTC us) is refused by a gateway with an unset clock."""

    id: str
    kind: CommandKind
    by: str
    device: str | None = None
    action: str | None = None
    expires: int | None = None


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
    """Raise WireError: TOO_LARGE, NOT_JSON, WRONG_SHAPE, NAME_GRAMMAR."""
    if len(payload) > SENT_BYTES:
        raise WireError(Refusal.TOO_LARGE, f"{len(payload)} bytes, at most {SENT_BYTES}")
    try:
        message = msgspec.json.decode(payload, type=kind)
    except msgspec.ValidationError as error:
        raise WireError(Refusal.WRONG_SHAPE, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(Refusal.NOT_JSON, str(error)) from error
    if isinstance(message, Command):
        _check_command(message)
    if isinstance(message, Config) and not 1 <= message.version <= COUNT:
        raise WireError(Refusal.WRONG_SHAPE, f"version {message.version}")
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
