"""MQTT v5 user properties: the key, the statement and the time base that travel with a payload."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from wire.bounds import BOOT, COUNT, COVERS, EARLIEST_US, LATEST_US, MONO, PROPERTY_BYTES
from wire.envelope_words import (
    COMPRESSED,
    JSON,
    SENML_JSON,
    Base,
    ClockState,
    Cover,
    Encoding,
    Envelope,
    Key,
    Sent,
    Through,
)
from wire.refusal import Refusal, WireError
from wire.short_envelope import SHORT, read_short, write_short
from wire.statement import Statement, check_statement, is_epoch

__all__ = [
    "COMPRESSED",
    "JSON",
    "SENML_JSON",
    "Base",
    "ClockState",
    "Cover",
    "Encoding",
    "Envelope",
    "Key",
    "Sent",
    "Through",
    "encoding_said",
    "key_said",
    "key_text",
    "parse_properties",
    "to_properties",
]

_encode = msgspec.json.Encoder().encode
_STRUCTS: dict[str, type[msgspec.Struct]] = {
    "key": Key,
    "statement": Statement,
    "base": Base,
    "sent": Sent,
    "through": Through,
}


def to_properties(envelope: Envelope, *, short: bool = False) -> list[tuple[str, str]]:
    """User properties in a fixed order; what is None is left out. `short`: in one, if it fits."""
    said = write_short(envelope) if short else ""
    if 0 < len(said) <= PROPERTY_BYTES:
        return [(SHORT, said)]
    properties = [("encoding", envelope.encoding.value)]
    for name in _STRUCTS:
        value = getattr(envelope, name)
        if value is not None:
            properties.append((name, _encode(value).decode()))
    return properties


def parse_properties(properties: Iterable[tuple[str, str]]) -> Envelope:
    """Read and check them; unknown names are ignored. Raise WireError with the named reason."""
    known = _known(properties)
    said = read_short(known[SHORT]) if SHORT in known else _spelled_out(known)
    return Envelope(
        encoding=said.encoding,
        key=_check_key(said.key),
        statement=_check_statement(said.statement),
        base=_check_boot(said.base),
        sent=_check_boot(said.sent),
        through=_check_through(said.through),
    )


def key_said(properties: Iterable[tuple[str, str]]) -> Key | None:
    """The key alone, however it was said and whatever is wrong with the rest; None without one."""
    try:
        known = {name: text for name, text in properties if name in ("key", SHORT)}
        said = read_short(known[SHORT]).key if SHORT in known else _struct(known, "key", Key)
        return _check_key(said)
    except WireError:
        return None


def key_text(properties: Iterable[tuple[str, str]]) -> str:
    """The key as it was said in JSON, or as it would have been; empty without one."""
    pairs = tuple(properties)
    spelled = "".join(text for name, text in pairs if name == "key")
    key = None if spelled else key_said(pairs)
    return spelled if key is None else _encode(key).decode()


def encoding_said(properties: Iterable[tuple[str, str]]) -> str:
    """How the payload is said to be packed, believed or not; empty when nothing is said."""
    said = dict(properties)
    try:
        return read_short(said[SHORT]).encoding if SHORT in said else said.get("encoding", "")
    except WireError:
        return ""


def _known(properties: Iterable[tuple[str, str]]) -> dict[str, str]:
    known: dict[str, str] = {}
    for name, text in properties:
        if name in known:
            raise WireError(Refusal.PROPERTY_DOUBLED, f"user property {name!r} twice")
        if name in _STRUCTS or name in ("encoding", SHORT):
            known[name] = text
    if SHORT in known and len(known) > 1:
        raise WireError(Refusal.PROPERTY_DOUBLED, f"user property {SHORT!r} says all or nothing")
    return known


def _spelled_out(known: dict[str, str]) -> Envelope:
    return Envelope(
        encoding=_encoding(known.get("encoding", Encoding.RAW)),
        key=_struct(known, "key", Key),
        statement=_struct(known, "statement", Statement),
        base=_struct(known, "base", Base),
        sent=_struct(known, "sent", Sent),
        through=_struct(known, "through", Through),
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
