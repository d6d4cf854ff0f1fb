"""Frames of a line as a pcap-ng file (draft-ietf-opsawg-pcapng), for Wireshark.

A serial line is LINKTYPE_RTAC_SERIAL (250): twelve bytes before each frame say when and in which
direction; "Decode As… RTAC Serial: Modbus RTU" shows what is in it. Modbus TCP is LINKTYPE_RAW
(101), packets of IPv4 that Wireshark knows by their port.
"""

import struct
from collections.abc import Iterable
from enum import IntEnum

import msgspec

from edge_agent.frames.as_tcp import Dress

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_MAGIC = 0x1A2B3C4D
_END, _COMMENT, _USER_APPLICATION, _NAME, _FLAGS = 0, 1, 4, 2, 2
_INBOUND, _OUTBOUND = 1, 2
_TX_START, _RX_START = 1, 2
_SNAP = 65_535


class Link(IntEnum):
    """What a packet's bytes are (the registry of link types at tcpdump.org)."""

    RAW = 101
    RTAC_SERIAL = 250


class Packet(msgspec.Struct, frozen=True):
    """One frame. `at_us`: UTC, or since the boot where nobody knows the time."""

    at_us: int
    data: bytes
    is_sent: bool
    comment: str = ""


def pcapng(packets: Iterable[Packet], link: Link, line: str) -> bytes:
    """A whole file, with one interface named as the line."""
    options = _option(_USER_APPLICATION, b"Lifeline edge-agent") + _option(_END, b"")
    section = struct.pack("<IHHq", _MAGIC, 1, 0, -1) + options
    interface = struct.pack("<HHI", link, 0, _SNAP)
    interface += _option(_NAME, line.encode()) + _option(_END, b"")
    blocks = [_block(_SECTION, section), _block(_INTERFACE, interface)]
    dress = Dress()
    blocks += [_packet(one, _dressed(one, link, dress)) for one in packets]
    return b"".join(blocks)


def _dressed(one: Packet, link: Link, dress: Dress) -> bytes:
    if link is Link.RTAC_SERIAL:
        return _rtac_header(one) + one.data
    return dress.on(one.data, is_sent=one.is_sent)


def _packet(one: Packet, data: bytes) -> bytes:
    data = data[:_SNAP]
    size = len(data)
    body = struct.pack("<IIIII", 0, one.at_us >> 32, one.at_us & 0xFFFFFFFF, size, size)
    flags = struct.pack("<I", _OUTBOUND if one.is_sent else _INBOUND)
    options = _option(_FLAGS, flags)
    if one.comment:
        options += _option(_COMMENT, one.comment.encode()[:1_000])
    return _block(_PACKET, body + _padded(data) + options + _option(_END, b""))


def _rtac_header(one: Packet) -> bytes:
    seconds, microseconds = divmod(one.at_us, 1_000_000)
    event = _TX_START if one.is_sent else _RX_START
    return struct.pack(">IIBBH", seconds & 0xFFFFFFFF, microseconds, event, 0, 0)


def _block(kind: int, body: bytes) -> bytes:
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
