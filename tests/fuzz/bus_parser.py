"""Fuzzes the finders of Modbus replies, on a serial line and over TCP."""

from collections.abc import Iterator, Sequence
from random import Random

from edge_agent.bus.framing import Framing, RtuFraming
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.modbus import Match, Verdict, _frames, encode_pdu, function_of, pdu_length
from edge_agent.exchange import Read, Request, Table, Write
from simulators.rtu import seal

_TAKEN = (Verdict.REPLY, Verdict.EXCEPTION)
_UNIT = 7
_REQUESTS: tuple[Request, ...] = (
    Read(_UNIT, Table.DISCRETE_INPUTS, 0, 4),
    Read(_UNIT, Table.COILS, 3, 17),
    Read(_UNIT, Table.HOLDING_REGISTERS, 0, 13),
    Read(_UNIT, Table.INPUT_REGISTERS, 13, 8),
    Read(255, Table.HOLDING_REGISTERS, 0, 125),
    Write(_UNIT, 0x69, 0xB588),
)


def bus_parsers() -> Iterator["BusParser"]:
    yield BusParser("modbus.rtu")
    yield BusParser("modbus.tcp")


class BusParser:
    """Replies to requests of every shape."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._is_tcp = name == "modbus.tcp"
        dice = Random(name)
        made = [self._frame(one, 1, pdu) for one in _REQUESTS for pdu in _replies(one, dice)]
        self.seeds: Sequence[bytes] = tuple(made)
        self.marks: Sequence[bytes] = (
            b"\x00",
            b"\xff",
            bytes([_UNIT]),
            b"\x00\x01\x00\x00",
            *(bytes([function]) for function in (1, 2, 3, 4, 6, 0x83)),
        )

    def run(self, data: bytes, dice: Random) -> str | None:
        request = dice.choice(_REQUESTS)
        framing = self._framing()
        sent = framing.encode(request)
        framing.stale_units(data)
        _check(framing.match(data, request, sent), request, len(data))
        reply = self._frame(request, 1, dice.choice(_replies(request, dice)))
        assert framing.match(reply, request, sent).verdict in _TAKEN, "does not know its reply"
        if self._is_tcp:
            return None  # what is no frame can not be skipped there
        found = framing.match(data + reply, request, sent)
        _check(found, request, len(data + reply))
        if found.verdict in _TAKEN:
            return None
        ends = [(end - len(frame), end) for frame, end in _frames(data + reply)]
        assert any(start < len(data) < end for start, end in ends), "a sound reply is lost"
        return "reply taken by a frame sound by chance"

    def _framing(self) -> Framing:
        return MbapFraming(1) if self._is_tcp else RtuFraming()

    def _frame(self, request: Request, transaction: int, pdu: bytes) -> bytes:
        if not self._is_tcp:
            return seal(request.unit, pdu)
        head = transaction.to_bytes(2) + b"\x00\x00" + (1 + len(pdu)).to_bytes(2)
        return head + bytes([request.unit]) + pdu


def _replies(request: Request, dice: Random) -> list[bytes]:
    """What answers it: the values, or a refusal."""
    refusal = bytes([function_of(request) | 0x80, 2])
    if isinstance(request, Write):
        return [encode_pdu(request), refusal]
    size = pdu_length(request) - 2
    return [bytes([function_of(request), size]) + dice.randbytes(size), refusal]


def _check(found: Match, request: Request, heard: int) -> None:
    assert found.verdict in Verdict
    assert 0 <= found.end <= heard
    if found.verdict is Verdict.REPLY:
        wanted = 1 if isinstance(request, Write) else request.count
        assert len(found.words) == wanted, found
