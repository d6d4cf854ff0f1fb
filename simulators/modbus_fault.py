"""What faults make of a Modbus reply: its frame on each transport, and another unit's beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from simulators.fault import Answer, Fault, FaultKind, damage
from simulators.mbap import pack
from simulators.register_image import exception_reply
from simulators.rtu import seal

COUNTED_REPLIES: Final = frozenset({1, 2, 3, 4})


def twin(answer: Answer, seconds: float = 0.0, count: int | None = None) -> Fault:
    """Let another unit of the same address answer every request too, so much later.

    `answer` is that unit's own. On a wire the other is at least a character later, and what lies
    on the wire together is lost: 0 is for two that begin together.
    """
    late_us = round(seconds * 1_000_000)
    return Fault(FaultKind.TWIN, count, late_us=late_us, other=answer)


def spoil_reply(unit: int, pdu: bytes, faults: Iterable[Fault]) -> bytes:
    """Return the RTU frame of a reply PDU as these faults leave it; empty = nothing is sent."""
    struck = tuple(faults)
    frame = seal(*_told(unit, pdu, struck))
    for fault in struck:
        frame = damage(frame, fault, checksum_at=-1)
    return frame


def spoil_tcp_reply(transaction: int, unit: int, pdu: bytes, faults: Iterable[Fault]) -> bytes:
    """Return the Modbus TCP frame as these faults leave it; empty = nothing is sent.

    It has no checksum, so a wrong one leaves it whole.
    """
    struck = tuple(faults)
    if any(fault.kind is FaultKind.WRONG_TRANSACTION for fault in struck):
        transaction = transaction + 1 & 0xFFFF
    frame = pack(transaction, *_told(unit, pdu, struck))
    for fault in struck:
        if fault.kind is not FaultKind.WRONG_CHECKSUM:
            frame = damage(frame, fault, checksum_at=-1)
    return frame


def _told(unit: int, pdu: bytes, faults: Iterable[Fault]) -> tuple[int, bytes]:
    """Return the unit and the PDU that the reply names."""
    for fault in faults:
        pdu = _altered(pdu, fault)
        unit = fault.detail if fault.kind is FaultKind.WRONG_UNIT else unit
    return unit, pdu


def _altered(pdu: bytes, fault: Fault) -> bytes:
    """Return what the unit says instead, well sealed."""
    if fault.kind is FaultKind.EXCEPTION:
        return exception_reply(pdu[0] & 0x7F, fault.detail)
    if fault.kind is FaultKind.WRONG_FUNCTION:
        return bytes((fault.detail,)) + pdu[1:]
    if fault.kind is FaultKind.WRONG_LENGTH and pdu[0] in COUNTED_REPLIES:
        return bytes((pdu[0], pdu[1] + 1)) + pdu[2:] + b"\x00"
    return pdu


@dataclass(frozen=True, slots=True)
class Beside:
    """What a second unit of the same address answers, and how much later."""

    pdu: bytes
    late_us: int


def beside(request: bytes, now: int, faults: Iterable[Fault]) -> Beside | None:
    """Let a second unit execute the request, if one stands at this address."""
    for fault in faults:
        if fault.kind is FaultKind.TWIN and fault.other is not None:
            return Beside(fault.other(request, now), fault.late_us)
    return None


def collided(first: bytes, second: bytes, shift: int) -> bytes:
    """Return what two frames leave on one wire, the second `shift` characters behind the first.

    A driven 0 wins, as on RS485 with its usual biasing.
    """
    length = max(len(first), shift + len(second))
    one = first.ljust(length, b"\xff")
    other = (b"\xff" * shift + second).ljust(length, b"\xff")
    return bytes(a & b for a, b in zip(one, other, strict=True))
