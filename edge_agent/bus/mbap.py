"""Modbus TCP: the header before a PDU, and the one reply whose transaction was asked for."""

import struct

from edge_agent.bus.modbus import Match, Verdict, encode_pdu, judge_pdu, pdu_length, words_of_pdu
from edge_agent.exchange import Read, Request, Table

# Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3: transaction, protocol 0, length of
# what follows (unit and PDU), unit.
_HEADER = struct.Struct(">HHHB")
_PROTOCOL = 0
_LENGTHS = range(3, 255)  # unit, function and at least one byte; a PDU has at most 253
_TRANSACTIONS = 0x1_0000
_CODE_AT = 1
_NUMBER_ENDS, _LENGTH_AT, _UNIT_AT = 2, 4, 6
_COUNT_AT, _CONTENT_AT = 8, 9  # of a reply to a read: behind unit and function
_REGISTER_TABLES = (Table.HOLDING_REGISTERS, Table.INPUT_REGISTERS)


class MbapFraming:
    """Counts transactions, so that a late reply fits none of the next 65 535 requests."""

    shortest = _HEADER.size + 2
    finds_frames = False

    def __init__(self, first: int = 1) -> None:
        """Take the number of the first transaction."""
        self._next = first % _TRANSACTIONS

    def encode(self, request: Request) -> bytes:
        """The frame of a transaction of its own; raise ValueError for what no frame can carry."""
        pdu = encode_pdu(request)
        header = _HEADER.pack(self._next, _PROTOCOL, 1 + len(pdu), request.unit)
        self._next = (self._next + 1) % _TRANSACTIONS
        return header + pdu

    def reply_length(self, request: Request) -> int:
        return _HEADER.size + pdu_length(request)

    def match(self, heard: bytes, request: Request, sent: bytes) -> Match:
        """Find the reply with the transaction of `sent`; those of others are skipped whole.

        What is no frame can not be skipped: nothing after it is believed (NOISE).
        """
        if _is_alone(heard, request, sent):
            return Match(Verdict.REPLY, _words(heard), None, len(heard), len(heard))
        return self._search(heard, request, sent)

    def _search(self, heard: bytes, request: Request, sent: bytes) -> Match:
        reason, stale, start = Verdict.INCOMPLETE if heard else Verdict.SILENCE, list[int](), 0
        while start < len(heard):
            end = _end(heard, start)
            if isinstance(end, Verdict):
                reason = end
                break
            pdu, unit = heard[start + _HEADER.size : end], heard[start + _UNIT_AT]
            is_wanted = heard.startswith(sent[:_NUMBER_ENDS], start)
            reason = _judge(unit, pdu, request) if is_wanted else Verdict.WRONG_TRANSACTION
            if reason is Verdict.REPLY:
                words = words_of_pdu(pdu, request)
                return Match(reason, words, None, end - start, end, tuple(stale))
            if reason is Verdict.EXCEPTION:
                return Match(reason, (), pdu[_CODE_AT], end - start, end, tuple(stale))
            stale.append(unit)
            start = end
        return Match(reason, stale=tuple(stale))

    def stale_units(self, heard: bytes) -> tuple[int, ...]:
        units, start = list[int](), 0
        while start < len(heard):
            end = _end(heard, start)
            if isinstance(end, Verdict):
                break
            units.append(heard[start + _UNIT_AT])
            start = end
        return tuple(units)


def _is_alone(heard: bytes, request: Request, sent: bytes) -> bool:
    """Whether it is what it nearly always is: the registers asked for, whole, and nothing else."""
    if not isinstance(request, Read) or request.table not in _REGISTER_TABLES:
        return False
    size = 2 * request.count
    return (
        len(heard) == _CONTENT_AT + size
        and heard[_COUNT_AT] == size
        and heard[_LENGTH_AT:_UNIT_AT] == (_CONTENT_AT - _UNIT_AT + size).to_bytes(2)
        and heard[:_LENGTH_AT] == sent[:_LENGTH_AT]
        and heard[_UNIT_AT:_COUNT_AT] == sent[_UNIT_AT:_COUNT_AT]
    )


def _words(heard: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f">{heard[_COUNT_AT] // 2}H", heard, _CONTENT_AT)


def _judge(unit: int, pdu: bytes, request: Request) -> Verdict:
    return judge_pdu(pdu, request) if unit == request.unit else Verdict.WRONG_UNIT


def _end(heard: bytes, start: int) -> int | Verdict:
    """Where the frame ends that starts here; INCOMPLETE or NOISE where none ends or starts."""
    if len(heard) - start < _HEADER.size:
        return Verdict.INCOMPLETE
    _, protocol, length, _ = _HEADER.unpack_from(heard, start)
    if protocol != _PROTOCOL or length not in _LENGTHS:
        return Verdict.NOISE
    end = start + _UNIT_AT + int(length)
    return end if end <= len(heard) else Verdict.INCOMPLETE
