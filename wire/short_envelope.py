"""The envelope in one user property: the same words as in JSON, in a quarter of the bytes."""

from binascii import a2b_base64, b2a_base64
from typing import NamedTuple
from uuid import UUID

from wire.bounds import BOOT, COVERS, DROP_REASONS, EPOCHS_STATED, PROPERTY_BYTES
from wire.envelope_words import (
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
from wire.short_number import Reader, Writer
from wire.statement import EPOCH_DIGITS, EpochStatement, Statement

SHORT = "e"
"""The property's name; a receipt says whether its sender reads it."""

_LAYOUT = 1
_ENCODING_BITS = 2
_KEY, _STATEMENT, _BASE, _SENT, _THROUGH, _UTC, _PARTIAL, _ONE_BOOT = (1 << n for n in range(8))
_ENCODINGS = tuple(Encoding)
_CLOCKS = tuple(ClockState)
_EPOCH_BYTES = EPOCH_DIGITS // 2
_UUID_BYTES = 16


def write_short(envelope: Envelope) -> str:
    """Base64 without padding (RFC 4648) of the layout in docs/wire.md.

    Raise ValueError for what no reader would take: an epoch that is none, a negative number.
    """
    out = Writer()
    out.number(_LAYOUT << _ENCODING_BITS | _ENCODINGS.index(envelope.encoding))
    out.number(_flags(envelope))
    key, statement = envelope.key, envelope.statement
    listed = _listed(() if statement is None else statement.epochs)
    others = {} if key is None or key.epoch in listed.places else {key.epoch: len(listed.places)}
    out.number(len(listed.places) + len(others))
    out.raw(listed.names)
    for epoch in others:
        out.raw(bytes.fromhex(epoch))
    if key is not None:
        _write_key(out, key, (others or listed.places)[key.epoch])
    if statement is not None:
        out.number(statement.n)
        out.number(len(statement.epochs))
        out.raw(listed.said)
    _write_times(out, envelope)
    return b2a_base64(out.packed(), newline=False).rstrip(b"=").decode()


def _flags(envelope: Envelope) -> int:
    base, sent, through, statement = (
        envelope.base,
        envelope.sent,
        envelope.through,
        envelope.statement,
    )
    said = (
        envelope.key is not None,
        statement is not None,
        base is not None,
        sent is not None,
        through is not None,
        through is not None and through.utc is not None,
        statement is not None and statement.partial,
        base is not None and sent is not None and base.boot == sent.boot,
    )
    return sum(1 << number for number, is_said in enumerate(said) if is_said)


class _Listed(NamedTuple):
    """What a statement lists: each epoch that it names, once, and what it says of those listed."""

    epochs: tuple[EpochStatement, ...]
    places: dict[str, int]
    names: bytes
    said: bytes


_latest = [_Listed((), {}, b"", b"")]
"""While a backlog leaves, one message after the other lists the same, up to 32 epochs."""


def _listed(epochs: tuple[EpochStatement, ...]) -> _Listed:
    """Put into bytes once for all messages in a row that list the same."""
    latest = _latest[0]
    if latest.epochs == epochs:
        return latest
    named = dict.fromkeys([one.epoch for one in epochs])
    named.update(dict.fromkeys([one.prev for one in epochs if one.prev]))
    places = {epoch: place for place, epoch in enumerate(named)}
    out = Writer()
    for one in epochs:
        _write_epoch(out, one, places)
    names = b"".join(bytes.fromhex(epoch) for epoch in named)
    _latest[0] = _Listed(epochs, places, names, out.packed())
    return _latest[0]


def _write_key(out: Writer, key: Key, place: int) -> None:
    out.number(place)
    out.number(key.seq)
    out.number(key.taken)
    out.number(len(key.covers))
    before = 0
    for cover in key.covers:
        out.number(cover.seq - before)
        out.number(cover.taken)
        out.number(cover.kept)
        before = cover.seq


def _write_epoch(out: Writer, one: EpochStatement, places: dict[str, int]) -> None:
    out.number(places[one.epoch])
    out.number(0 if one.prev is None else places[one.prev] + 1)
    out.number(one.floor)
    out.number(one.last + 1 - one.floor)
    out.number(int(one.ended))
    out.number(one.taken)
    out.number(one.base)
    out.number(len(one.dropped))
    for reason, readings in one.dropped.items():
        out.text(reason)
        out.number(readings)


def _write_times(out: Writer, envelope: Envelope) -> None:
    base, sent, through = envelope.base, envelope.sent, envelope.through
    before = 0
    if base is not None:
        _write_boot(out, base.boot)
        out.number(base.mono)
        out.number(_CLOCKS.index(base.clock))
        before = base.mono
    if sent is not None:
        if base is None or base.boot != sent.boot:
            _write_boot(out, sent.boot)
        out.signed(sent.mono - before)
        out.number(_CLOCKS.index(sent.clock))
        before = sent.mono
    if through is not None:
        out.signed(through.mono - before)
        if through.utc is not None:
            out.number(through.utc)


def _write_boot(out: Writer, boot: str) -> None:
    """Linux's boot id in 16 bytes; any other as the text that it is."""
    if not boot:
        raise ValueError("a boot without a name")
    try:
        unique = UUID(boot)
    except ValueError:
        unique = None
    if unique is not None and str(unique) == boot:
        out.number(0)
        out.raw(unique.bytes)
    else:
        out.text(boot)


def read_short(text: str) -> Envelope:
    """What the property says, its numbers not judged yet. Raise WireError(PROPERTY_MALFORMED)."""
    try:
        return _read(Reader(_packed(text)))
    except (ValueError, IndexError) as error:
        raise WireError(Refusal.PROPERTY_MALFORMED, f"user property {SHORT}: {error}") from error


def _packed(text: str) -> bytes:
    if len(text) > PROPERTY_BYTES:
        raise ValueError("too long")
    return a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)


def _read(found: Reader) -> Envelope:
    layout, encoding = divmod(found.number(), 1 << _ENCODING_BITS)
    if layout != _LAYOUT:
        raise ValueError(f"layout {layout}")
    flags = found.number()
    epochs = tuple(found.raw(_EPOCH_BYTES).hex() for _ in found.times(2 * EPOCHS_STATED + 1))
    key = _read_key(found, epochs) if flags & _KEY else None
    statement = _read_statement(found, epochs, flags) if flags & _STATEMENT else None
    base, sent, through = _read_times(found, flags)
    found.end()
    return Envelope(_ENCODINGS[encoding], key, statement, base, sent, through)


def _read_key(found: Reader, epochs: tuple[str, ...]) -> Key:
    epoch, seq, taken = epochs[found.number()], found.number(), found.number()
    covers, before = [], 0
    for _ in found.times(COVERS):
        before += found.number()
        covers.append(Cover(before, found.number(), found.number()))
    return Key(epoch, seq, taken, tuple(covers))


def _read_statement(found: Reader, epochs: tuple[str, ...], flags: int) -> Statement:
    n = found.number()
    listed = tuple(_read_epoch(found, epochs) for _ in found.times(EPOCHS_STATED))
    return Statement(n, listed, partial=bool(flags & _PARTIAL))


def _read_epoch(found: Reader, epochs: tuple[str, ...]) -> EpochStatement:
    epoch, prev, floor = epochs[found.number()], found.number(), found.number()
    return EpochStatement(
        epoch=epoch,
        floor=floor,
        last=floor + found.number() - 1,
        ended=bool(found.number()),
        taken=found.number(),
        base=found.number(),
        prev=epochs[prev - 1] if prev else None,
        dropped={found.text(): found.number() for _ in found.times(DROP_REASONS)},
    )


Times = tuple[Base | None, Sent | None, Through | None]


def _read_times(found: Reader, flags: int) -> Times:
    base = sent = through = None
    if flags & _BASE:
        base = Base(_read_boot(found), found.number(), _CLOCKS[found.number()])
    if flags & _SENT:
        boot = base.boot if base is not None and flags & _ONE_BOOT else _read_boot(found)
        before = 0 if base is None else base.mono
        sent = Sent(boot, before + found.signed(), _CLOCKS[found.number()])
    if flags & _THROUGH:
        before = sent.mono if sent is not None else 0 if base is None else base.mono
        mono = before + found.signed()
        through = Through(mono, found.number() if flags & _UTC else None)
    return base, sent, through


def _read_boot(found: Reader) -> str:
    length = found.number()
    if length == 0:
        return str(UUID(bytes=found.raw(_UUID_BYTES)))
    if length > BOOT * 4:  # bytes; characters are counted where all boots are checked
        raise ValueError("a boot without end")
    return found.raw(length).decode()
