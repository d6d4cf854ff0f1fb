"""Modbus TCP frames: the MBAP header before a PDU, and where frames end in a stream."""

import struct
from dataclasses import dataclass
from typing import Final

# Modbus messaging on TCP/IP V1.0b, section 3.1.3: transaction, protocol 0, length, unit.
_HEADER: Final = struct.Struct(">HHHB")
PROTOCOL: Final = 0
SHORTEST, LONGEST = 2, 254  # what the length may say: unit and PDU


class FramingError(Exception):
    """The stream holds what is no Modbus TCP frame; there is no way to find the next one."""


@dataclass(frozen=True, slots=True)
class TcpRequest:
    """One request as it came."""

    transaction: int
    unit: int
    pdu: bytes


def pack(transaction: int, unit: int, pdu: bytes) -> bytes:
    """Return the frame of a PDU."""
    return _HEADER.pack(transaction, PROTOCOL, len(pdu) + 1, unit) + pdu


def take_requests(heard: bytearray) -> list[TcpRequest]:
    """Take the whole frames off the front of `heard`; the rest stays there.

    Raises FramingError for a protocol other than 0 or a length that no frame has.
    """
    found = []
    while len(heard) >= _HEADER.size:
        transaction, protocol, length, unit = _HEADER.unpack_from(heard)
        if protocol != PROTOCOL or not SHORTEST <= length <= LONGEST:
            raise FramingError(f"protocol {protocol}, length {length}")
        end = _HEADER.size + length - 1
        if len(heard) < end:
            break
        found.append(TcpRequest(transaction, unit, bytes(heard[_HEADER.size : end])))
        del heard[:end]
    return found
