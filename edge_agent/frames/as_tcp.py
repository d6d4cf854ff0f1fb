"""Dresses Modbus TCP frames in IPv4 and TCP, so that Wireshark knows them for what they are.

What the kernel sent is not seen here: addresses are those for documentation (RFC 5737), numbers and
acknowledgements are made up so that both directions are whole, the port is that of Modbus.
"""

import struct
from typing import Final

_GATEWAY, _DEVICE = bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))
_OUR_PORT, _MODBUS_PORT = 49_152, 502
_IP_BYTES, _TCP_BYTES = 20, 20
_TCP: Final = 6
_PUSH_AND_ACK: Final = 0x5018
"""With a header of five words."""


class Dress:
    """Of one connection: both sides count the bytes that they have sent."""

    def __init__(self) -> None:
        self._sent = {True: 1, False: 1}

    def on(self, data: bytes, *, is_sent: bool) -> bytes:
        """The frame as an IPv4 packet, from the gateway or to it."""
        source, target = (_GATEWAY, _DEVICE) if is_sent else (_DEVICE, _GATEWAY)
        ports = (_OUR_PORT, _MODBUS_PORT) if is_sent else (_MODBUS_PORT, _OUR_PORT)
        number, heard = self._sent[is_sent], self._sent[not is_sent]
        self._sent[is_sent] = (number + len(data)) % 2**32
        tcp = struct.pack(">HHIIHHHH", *ports, number, heard, _PUSH_AND_ACK, 0xFFFF, 0, 0)
        pseudo = source + target + struct.pack(">HH", _TCP, _TCP_BYTES + len(data))
        tcp = tcp[:16] + _checksum(pseudo + tcp + data) + tcp[18:]
        size = _IP_BYTES + _TCP_BYTES + len(data)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, size, 0, 0x4000, 64, _TCP, 0) + source + target
        return ip[:10] + _checksum(ip) + ip[12:] + tcp + data


def _checksum(data: bytes) -> bytes:
    """Of the Internet (RFC 1071)."""
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)
