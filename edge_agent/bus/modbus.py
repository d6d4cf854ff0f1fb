"""Requests to PDUs and RTU frames, and bytes of a line to the one reply that can be believed."""

import struct
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import assert_never

import msgspec
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
    WriteSingleRegisterRequest,
)

from edge_agent.exchange import Read, Request, Table, Write

_FUNCTION = {
    Table.COILS: 1,
    Table.DISCRETE_INPUTS: 2,
    Table.HOLDING_REGISTERS: 3,
    Table.INPUT_REGISTERS: 4,
}
_READ = {
    Table.COILS: ReadCoilsRequest,
    Table.DISCRETE_INPUTS: ReadDiscreteInputsRequest,
    Table.HOLDING_REGISTERS: ReadHoldingRegistersRequest,
    Table.INPUT_REGISTERS: ReadInputRegistersRequest,
}
_BIT_TABLES = (Table.COILS, Table.DISCRETE_INPUTS)
_WRITE_FUNCTION = 6
_FUNCTIONS_KNOWN = frozenset(range(1, 7)) | {15, 16}
_COUNTED_REPLIES = frozenset(range(1, 5))
_HEAD = 3  # unit, function, byte count
_PDU_HEAD = 2  # function, byte count
_CRC = 2
_ECHO_FRAME = 8
_ECHO_PDU = 5
_EXCEPTION_PDU = 2
_EXCEPTION_BIT = 0x80
_WORD_MAX = 0xFFFF
_UNIT_MAX = 255  # 248..255 are reserved by the standard, and used by real devices
_FRAMES_KEPT = 2_048  # a gateway asks the same few hundred things all day
EXCEPTION_FRAME = 5
"""Characters of the frame by which a unit refuses a request."""

_framer = FramerRTU(DecodePDU(False))  # noqa: FBT003 - pymodbus names it only by position here


class Verdict(StrEnum):
    """What the bytes received so far are; only REPLY and EXCEPTION are taken."""

    REPLY = "reply"
    EXCEPTION = "exception"
    SILENCE = "silence"
    INCOMPLETE = "incomplete"
    NOISE = "noise"
    CRC = "crc"
    WRONG_UNIT = "wrong_unit"
    WRONG_FUNCTION = "wrong_function"
    WRONG_LENGTH = "wrong_length"
    WRONG_ECHO = "wrong_echo"
    WRONG_TRANSACTION = "wrong_transaction"
    NO_ECHO = "no_echo"


class Match(msgspec.Struct, frozen=True):
    """`end`: bytes up to the end of the frame taken; `stale`: units of sound foreign frames."""

    verdict: Verdict
    words: tuple[int, ...] = ()
    code: int | None = None
    size: int = 0
    end: int = 0
    stale: tuple[int, ...] = ()


def function_of(request: Request) -> int:
    """The function code that the request is sent with."""
    return _FUNCTION[request.table] if isinstance(request, Read) else _WRITE_FUNCTION


@lru_cache(_FRAMES_KEPT)
def encode_pdu(request: Request) -> bytes:
    """Function and data. Raise ValueError for a unit, address, count or value out of range."""
    if not 1 <= request.unit <= _UNIT_MAX:
        raise ValueError(f"unit {request.unit} can not be asked; units are 1 to {_UNIT_MAX}")
    pdu = _pdu(request)
    return bytes((pdu.function_code,)) + bytes(pdu.encode())


@lru_cache(_FRAMES_KEPT)
def encode(request: Request) -> bytes:
    """Return the RTU frame. Raise ValueError for a unit, address, count or value out of range."""
    return bytes(_framer.encode(encode_pdu(request), request.unit, 0))


def pdu_length(request: Request) -> int:
    """Bytes of the PDU that answers the request."""
    match request:
        case Read(table=table, count=count):
            return _PDU_HEAD + (_bytes_of_bits(count) if table in _BIT_TABLES else 2 * count)
        case Write():
            return _ECHO_PDU
        case _ as never:
            assert_never(never)


def expected_length(request: Request) -> int:
    """Characters of the RTU frame that answers the request, CRC included."""
    return 1 + pdu_length(request) + _CRC


def judge_pdu(pdu: bytes, request: Request) -> Verdict:
    """What a PDU of the right unit is: the reply, its refusal, or why it is neither.

    A reply has the function, exactly the length, and the byte count that the request asks for.
    """
    function = function_of(request)
    if pdu[0] == function | _EXCEPTION_BIT:
        return Verdict.EXCEPTION if len(pdu) == _EXCEPTION_PDU else Verdict.WRONG_LENGTH
    if pdu[0] != function:
        return Verdict.WRONG_FUNCTION
    if len(pdu) != pdu_length(request):
        return Verdict.WRONG_LENGTH
    if isinstance(request, Write):
        return Verdict.REPLY if pdu == encode_pdu(request) else Verdict.WRONG_ECHO
    return Verdict.REPLY if pdu[1] == len(pdu) - _PDU_HEAD else Verdict.WRONG_LENGTH


def words_of_pdu(pdu: bytes, request: Request) -> tuple[int, ...]:
    """One number for each bit or register of a reply that `judge_pdu` has found good."""
    content = pdu[_PDU_HEAD:]
    if isinstance(request, Write):
        return (request.value,)
    if request.table in _BIT_TABLES:
        bits = int.from_bytes(content, "little")
        return tuple(bits >> place & 1 for place in range(request.count))
    return struct.unpack(f">{len(content) // 2}H", content)


def is_same_shape(first: Request, second: Request) -> bool:
    """Tell whether a reply to the one could be taken for a reply to the other."""
    return (function_of(first), expected_length(first)) == (
        function_of(second),
        expected_length(second),
    )


def match(buffer: bytes, request: Request) -> Match:
    """Find the reply to `request`: sound CRC, right unit, right function, exact length.

    What stands before it is skipped: noise byte by byte, sound frames of others whole. Without a
    reply the verdict names the best reason known; INCOMPLETE means that the rest may still come.
    """
    reason = Verdict.NOISE if buffer else Verdict.SILENCE
    stale: list[int] = []
    for frame, end in _frames(buffer):
        verdict = _judge(frame, request)
        if verdict is Verdict.REPLY:
            words = words_of_pdu(frame[1:-_CRC], request)
            return Match(verdict, words, None, len(frame), end, tuple(stale))
        if verdict is Verdict.EXCEPTION:
            return Match(verdict, (), frame[2], len(frame), end, tuple(stale))
        stale.append(frame[0])
        reason = verdict
    if reason in (Verdict.NOISE, Verdict.SILENCE):
        reason = _reason_without_frame(buffer, request, reason)
    return Match(reason, stale=tuple(stale))


def stale_units(buffer: bytes) -> tuple[int, ...]:
    """Return the unit of every sound frame in bytes that nobody asked for."""
    return tuple(frame[0] for frame, _ in _frames(buffer))


def _pdu(request: Request) -> ModbusPDU:
    match request:
        case Read(table=table, address=address, count=count):
            return _READ[table](address=address, count=count)
        case Write(address=address, value=value):
            if not 0 <= value <= _WORD_MAX:
                raise ValueError(f"{value} does not fit a register; give 0 to {_WORD_MAX}")
            pdu = WriteSingleRegisterRequest(address=address, registers=[value])
            pdu.verifyAddress()  # pymodbus does this for reads only
            return pdu
        case _ as never:
            assert_never(never)


def _bytes_of_bits(count: int) -> int:
    return (count + 7) // 8


def _frames(buffer: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the sound frames from left to right, none within another, with their ends."""
    start = 0
    while len(buffer) - start >= EXCEPTION_FRAME:
        size = _frame_size(buffer, start)
        frame = buffer[start : start + size]
        if size and len(frame) == size and _is_sound(frame):
            start += size
            yield frame, start
        else:
            start += 1


def _frame_size(buffer: bytes, start: int) -> int:
    """Length that a reply frame starting here would have, 0 if none can start here."""
    unit, function = buffer[start], buffer[start + 1]
    if not unit or function & ~_EXCEPTION_BIT not in _FUNCTIONS_KNOWN:
        return 0
    if function & _EXCEPTION_BIT:
        return EXCEPTION_FRAME
    if function in _COUNTED_REPLIES:
        return _HEAD + buffer[start + 2] + _CRC
    return _ECHO_FRAME


def _is_sound(frame: bytes) -> bool:
    return bool(FramerRTU.check_CRC(frame[:-_CRC], int.from_bytes(frame[-_CRC:], "big")))


def _judge(frame: bytes, request: Request) -> Verdict:
    if frame[0] != request.unit:
        return Verdict.WRONG_UNIT
    return judge_pdu(frame[1:-_CRC], request)


def _reason_without_frame(buffer: bytes, request: Request, known: Verdict) -> Verdict:
    """Say more about bytes that hold no sound frame: broken on the way, or still on the way."""
    at = buffer.find(_reply_head(request))
    if at < 0:
        return known
    whole = len(buffer) - at >= expected_length(request)
    return Verdict.CRC if whole else Verdict.INCOMPLETE


def _reply_head(request: Request) -> bytes:
    head = bytes((request.unit, function_of(request)))
    if isinstance(request, Write):
        return head
    return head + bytes((expected_length(request) - _HEAD - _CRC,))
