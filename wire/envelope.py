"""MQTT v5 user properties: the key, the statement and the time base that travel with a payload."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from wire.bounds import BOOT, COUNT, COVERS, EARLIEST_US, LATEST_US, MONO, PROPERTY_BYTES
from wire.refusal import Refusal, WireError
from wire.statement import Statement, check_statement, is_epoch

SENML_JSON = "application/senml+json"
COMPRESSED = "application/zlib"
JSON = "application/json"


class Encoding(StrEnum):
    """How the payload is packed; `zlib-1` has the preset dictionary of wire version 1."""

    RAW = "raw"
    ZLIB = "zlib"
    ZLIB_DICTIONARY = "zlib-1"


class ClockState(StrEnum):
    """What the gateway knows of the wall clock (design section 3, *Time*)."""

    SYNCHRONISED = "synchronised"
    HOLDOVER = "holdover"
    SERVER = "server"
    UNSET = "unset"


class Cover(msgspec.Struct, frozen=True, array_like=True):
    """A key that a thinned batch stands for: its readings taken, and how many of them are kept."""

    seq: int
    taken: int
    kept: int


class Key(msgspec.Struct, frozen=True, omit_defaults=True):
    """(gateway, lane, epoch, seq) identifies a batch; gateway and lane stand in the topic.

    `taken`: the readings that it stands for, so that even a payload that is refused can be counted.
    A thinned batch has the last key that it covers, and its payload holds, cover by cover in this
    order, the readings kept of each.
    """

    epoch: str
    seq: int
    taken: int
    covers: tuple[Cover, ...] = ()


class Base(msgspec.Struct, frozen=True):
    """Where a committed batch stands in time: boot, ms on its clock, and the state of the clock."""

    boot: str
    mono: int
    clock: ClockState


class Sent(msgspec.Struct, frozen=True):
    """Boot, ms on its clock, and state of the clock at the moment of publishing."""

    boot: str
    mono: int
    clock: ClockState


class Through(msgspec.Struct, frozen=True, omit_defaults=True):
    """Complete through: every reading up to `mono` (ms of the sending boot) is in a stated key.

    `utc` (us) says the same in UTC, when the gateway's clock is set.
    """

    mono: int
    utc: int | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """All user properties of one message; what a stranger leaves out is None."""

    encoding: Encoding = Encoding.RAW
    key: Key | None = None
    statement: Statement | None = None
    base: Base | None = None
    sent: Sent | None = None
    through: Through | None = None


_encode = msgspec.json.Encoder().encode
_STRUCTS: dict[str, type[msgspec.Struct]] = {
    "key": Key,
    "statement": Statement,
    "base": Base,
    "sent": Sent,
    "through": Through,
}


def to_properties(envelope: Envelope) -> list[tuple[str, str]]:
    """User properties in a fixed order; what is None is left out."""
    properties = [("encoding", envelope.encoding.value)]
    for name in _STRUCTS:
        value = getattr(envelope, name)
        if value is not None:
            properties.append((name, _encode(value).decode()))
    return properties


def parse_properties(properties: Iterable[tuple[str, str]]) -> Envelope:
    """Read and check them; unknown names are ignored. Raise WireError with the named reason."""
    known: dict[str, str] = {}
    for name, text in properties:
        if name in known:
            raise WireError(Refusal.PROPERTY_DOUBLED, f"user property {name!r} twice")
        if name in _STRUCTS or name == "encoding":
            known[name] = text
    return Envelope(
        encoding=_encoding(known.get("encoding", Encoding.RAW)),
        key=_check_key(_struct(known, "key", Key)),
        statement=_check_statement(_struct(known, "statement", Statement)),
        base=_check_boot(_struct(known, "base", Base)),
        sent=_check_boot(_struct(known, "sent", Sent)),
        through=_check_through(_struct(known, "through", Through)),
    )


def _encoding(text: str) -> Encoding:
    if text not in list(Encoding):
        raise WireError(Refusal.ENCODING_UNKNOWN, f"encoding {text[:40]!r}")
    return Encoding(text)


S = TypeVar("S", bound=msgspec.Struct)
B = TypeVar("B", Base, Sent)


def _struct(known: dict[str, str], name: str, kind: type[S]) -> S | None:
    if name not in known:
        return None
    if len(known[name]) > PROPERTY_BYTES:
        raise WireError(Refusal.PROPERTY_MALFORMED, f"user property {name}: too long")
    try:
        return msgspec.json.decode(known[name], type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise WireError(Refusal.PROPERTY_MALFORMED, f"user property {name}: {error}") from error


def _check_key(key: Key | None) -> Key | None:
    if key is None:
        return None
    numbers = 1 <= key.seq <= COUNT and 1 <= key.taken <= COUNT
    if not is_epoch(key.epoch) or not numbers or len(key.covers) > COVERS:
        raise WireError(Refusal.PROPERTY_MALFORMED, f"key {key.epoch[:40]!r} {key.seq}")
    if key.covers:
        _check_covers(key)
    return key


def _check_covers(key: Key) -> None:
    if key.covers[-1].seq != key.seq:
        raise WireError(Refusal.COVERS_INCONSISTENT, "a thinned batch has the last key it covers")
    if sum(cover.taken for cover in key.covers) != key.taken:
        raise WireError(Refusal.COVERS_INCONSISTENT, f"covers do not add up to {key.taken}")
    before = 0
    for cover in key.covers:
        if not before < cover.seq or not 0 <= cover.kept <= cover.taken or cover.taken < 1:
            raise WireError(Refusal.COVERS_INCONSISTENT, f"cover of {cover.seq}")
        before = cover.seq


def _check_statement(statement: Statement | None) -> Statement | None:
    return None if statement is None else check_statement(statement)


def _check_boot(stamp: B | None) -> B | None:
    if stamp is not None and not (1 <= len(stamp.boot) <= BOOT and 0 <= stamp.mono <= MONO):
        raise WireError(Refusal.PROPERTY_MALFORMED, f"boot {stamp.boot[:80]!r}, mono {stamp.mono}")
    return stamp


def _check_through(through: Through | None) -> Through | None:
    if through is None:
        return None
    is_dated = through.utc is None or EARLIEST_US <= through.utc < LATEST_US
    if not 0 <= through.mono <= MONO or not is_dated:
        raise WireError(Refusal.PROPERTY_MALFORMED, f"through {through.mono}, {through.utc}")
    return through
