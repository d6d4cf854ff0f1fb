"""Modbus TCP: the header before a PDU, and the one reply whose transaction was asked for."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from edge_agent.bus.modbus import Match, Verdict, encode_pdu, judge_pdu, pdu_length, words_of_pdu
from edge_agent.exchange import Request

# Modbus Messaging on TCP/IP Implementation Guide V1.0b, 3.1.3: transaction, protocol 0, length of
# what follows (unit and PDU), unit.
_HEADER = struct.Struct(">HHHB")
_PROTOCOL = 0
_LENGTHS = range(3, 255)  # unit, function and at least one byte; a PDU has at most 253
_TRANSACTIONS = 0x1_0000
_CODE_AT = 1


class _Frame(NamedTuple):
    transaction: int
    unit: int
    pdu: bytes
    size: int
    end: int


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
        (wanted,) = struct.unpack_from(">H", sent)
        reason, stale = Verdict.INCOMPLETE if heard else Verdict.SILENCE, list[int]()
        for frame in _frames(heard):
            if isinstance(frame, Verdict):
                return Match(frame, stale=tuple(stale))
            reason = _judge(frame, wanted, request)
            if reason is Verdict.REPLY:
                words = words_of_pdu(frame.pdu, request)
                return Match(reason, words, None, frame.size, frame.end, tuple(stale))
            if reason is Verdict.EXCEPTION:
                code = frame.pdu[_CODE_AT]
                return Match(reason, (), code, frame.size, frame.end, tuple(stale))
            stale.append(frame.unit)
        return Match(reason, stale=tuple(stale))

    def stale_units(self, heard: bytes) -> tuple[int, ...]:
        return tuple(frame.unit for frame in _frames(heard) if isinstance(frame, _Frame))


def _judge(frame: _Frame, wanted: int, request: Request) -> Verdict:
    if frame.transaction != wanted:
        return Verdict.WRONG_TRANSACTION
    if frame.unit != request.unit:
        return Verdict.WRONG_UNIT
    return judge_pdu(frame.pdu, request)


def _frames(heard: bytes) -> Iterator[_Frame | Verdict]:
    """The whole frames from the left; INCOMPLETE or NOISE for what is left after them."""
    start = 0
    while start < len(heard):
        if len(heard) - start < _HEADER.size:
            yield Verdict.INCOMPLETE
            return
        transaction, protocol, length, unit = _HEADER.unpack_from(heard, start)
        if protocol != _PROTOCOL or length not in _LENGTHS:
            yield Verdict.NOISE
            return
        end = start + _HEADER.size - 1 + length
        if end > len(heard):
            yield Verdict.INCOMPLETE
            return
        pdu = heard[start + _HEADER.size : end]
        yield _Frame(transaction, unit, pdu, end - start, end)
        start = end
