"""Bytes of Modbus to PDUs without knowing who sent them: RTU or TCP, requests and replies."""

import struct
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from device_profiles.framing import Checksum
from edge_agent.bus.modbus import Verdict
from edge_agent.driver.checksum import checksum_of

_CRC = 2
_REPLIES_WITH_COUNT = frozenset({1, 2, 3, 4})
_BIT_READS = frozenset({1, 2})
_SINGLE_WRITES = frozenset({5, 6})
_MANY_WRITES = frozenset({15, 16})
KNOWN_FUNCTIONS = _REPLIES_WITH_COUNT | _SINGLE_WRITES | _MANY_WRITES
EXCEPTION_BIT = 0x80
_SHORT_REQUEST = 8
_EXCEPTION_FRAME = 5
_HEADER = struct.Struct(">HHHB")  # transaction, protocol 0, length of the rest, unit
_TCP_LENGTHS = range(3, 255)
_SHORTEST_TCP = 9


class Form(StrEnum):
    """Which way a PDU goes, as far as its shape tells."""

    REQUEST = "request"
    REPLY = "reply"
    ECHO = "echo"  # of one write: request and reply are the same bytes
    DONE = "done"  # that several registers or coils were written
    EXCEPTION = "exception"


class Piece(NamedTuple):
    """One sound frame without its wrapping. `forms`: all that fit, a reply first."""

    unit: int
    pdu: bytes
    forms: tuple[Form, ...]
    transaction: int | None = None


def pieces(data: bytes) -> list[Piece | Verdict]:
    """The sound frames from left to right, and why the bytes beside them are none."""
    rtu = _believed(list(_rtu(data)), len(data))
    if all(isinstance(one, Piece) for one in rtu):
        return rtu
    tcp = _tcp(data)
    has_rtu = any(isinstance(one, Piece) for one in rtu)
    if tcp is None or (has_rtu and not all(isinstance(one, Piece) for one in tcp)):
        return rtu
    return tcp


def _believed(found: list[Piece | Verdict], size: int) -> list[Piece | Verdict]:
    """A damaged frame may hold a sound one by chance: more noise than frames is damage."""
    sound = sum(1 + len(one.pdu) + _CRC for one in found if isinstance(one, Piece))
    if 2 * sound >= size:
        return found
    return [Verdict.CRC if one is Verdict.NOISE else one for one in found]


def _rtu(data: bytes) -> Iterator[Piece | Verdict]:
    start = passed = 0
    is_alone = True
    while start < len(data):
        piece, size = _sound(data, start)
        if piece is None:
            start += 1
            continue
        if passed < start:
            yield _why(data[passed:start], is_alone=False)
        yield piece
        start = passed = start + size
        is_alone = False
    if passed < start or not data:
        yield _why(data[passed:start], is_alone=is_alone)


def _sound(data: bytes, start: int) -> tuple[Piece | None, int]:
    """The frame that begins here, its checksum right."""
    sound = [
        (form, size)
        for form, size in _sizes(data, start)
        if start + size <= len(data) and _is_sound(data[start : start + size])
    ]
    if not sound:
        return None, 0
    size = sound[0][1]
    forms = tuple(form for form, other in sound if other == size)
    return Piece(data[start], data[start + 1 : start + size - _CRC], forms), size


def _sizes(data: bytes, start: int) -> list[tuple[Form, int]]:
    """What a frame beginning here may be, and how long it then is."""
    if len(data) - start < _EXCEPTION_FRAME:
        return []
    function, count = data[start + 1], data[start + 2]
    if function & EXCEPTION_BIT:
        is_known = function & ~EXCEPTION_BIT in KNOWN_FUNCTIONS
        return [(Form.EXCEPTION, _EXCEPTION_FRAME)] if is_known else []
    if function in _SINGLE_WRITES:
        return [(Form.ECHO, _SHORT_REQUEST)]
    if function in _MANY_WRITES:
        more = data[start + 6] if len(data) - start > 6 else 0  # noqa: PLR2004 - its byte count
        return [(Form.DONE, _SHORT_REQUEST), (Form.REQUEST, 9 + more)]
    if function not in _REPLIES_WITH_COUNT:
        return []
    is_whole = count > 0 and (function in _BIT_READS or count % 2 == 0)
    reply = [(Form.REPLY, 5 + count)] if is_whole else []
    return [*reply, (Form.REQUEST, _SHORT_REQUEST)]


def _is_sound(frame: bytes) -> bool:
    return checksum_of(Checksum.CRC16, frame[:-_CRC]) == frame[-_CRC:]


def _why(data: bytes, *, is_alone: bool) -> Verdict:
    """Why these bytes are no frame; a few beside a good one are noise."""
    if len(data) < _EXCEPTION_FRAME:
        short = Verdict.INCOMPLETE if data else Verdict.SILENCE
        return short if is_alone else Verdict.NOISE
    is_known = data[1] & ~EXCEPTION_BIT in KNOWN_FUNCTIONS
    if _is_sound(data):
        return Verdict.WRONG_LENGTH if is_known else Verdict.WRONG_FUNCTION
    if not is_known:
        return Verdict.CRC if is_alone else Verdict.NOISE
    sizes = [size for _, size in _sizes(data, 0)]
    is_whole = len(data) in sizes or len(data) > max(sizes, default=0)
    return Verdict.CRC if is_whole else Verdict.INCOMPLETE


def _tcp(data: bytes) -> list[Piece | Verdict] | None:
    """None where no header of Modbus TCP begins."""
    if not _is_header(data):
        return None
    found: list[Piece | Verdict] = []
    start = 0
    while start < len(data):
        if not _is_header(data[start:]):
            return [*found, Verdict.NOISE]
        transaction, _, length, unit = _HEADER.unpack_from(data, start)
        pdu = data[start + _HEADER.size : start + _HEADER.size - 1 + length]
        if len(pdu) < length - 1:
            return [*found, Verdict.INCOMPLETE]
        forms = _forms(pdu)
        found.append(Piece(unit, pdu, forms, transaction) if forms else _misfit(pdu))
        start += _HEADER.size - 1 + length
    return found


def _is_header(data: bytes) -> bool:
    if len(data) < _SHORTEST_TCP:
        return False
    _, protocol, length, _ = _HEADER.unpack_from(data)
    function = data[_HEADER.size] & ~EXCEPTION_BIT
    return protocol == 0 and length in _TCP_LENGTHS and function in KNOWN_FUNCTIONS


def _forms(pdu: bytes) -> tuple[Form, ...]:
    """The forms whose length is just that of the PDU."""
    whole = bytes(1) + pdu + bytes(_CRC)
    return tuple(form for form, size in _sizes(whole, 0) if size == len(whole))


def _misfit(pdu: bytes) -> Verdict:
    is_known = pdu[0] & ~EXCEPTION_BIT in KNOWN_FUNCTIONS
    return Verdict.WRONG_LENGTH if is_known else Verdict.WRONG_FUNCTION
