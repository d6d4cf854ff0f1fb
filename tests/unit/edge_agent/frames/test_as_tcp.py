"""A dressed frame is a packet that adds up, of the port by which Wireshark knows Modbus."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.frames.as_tcp import Dress


def total(data: bytes) -> int:
    """Of what has a right checksum in it: all ones (RFC 1071)."""
    words = struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2))
    return int(sum(words)) % 0xFFFF


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=300), st.booleans()), max_size=20))
def test_checksums_hold_and_numbers_go_on(frames: list[tuple[bytes, bool]]) -> None:
    dress, sent = Dress(), {True: 1, False: 1}
    for data, is_sent in frames:
        packet = dress.on(data, is_sent=is_sent)
        assert packet[40:] == data
        ports = struct.unpack_from(">HH", packet, 20)
        assert ports[1 if is_sent else 0] == 502
        assert struct.unpack_from(">H", packet, 2) == (len(packet),)
        assert total(packet[:20]) == 0
        pseudo = packet[12:20] + struct.pack(">HH", 6, len(packet) - 20)
        assert total(pseudo + packet[20:]) == 0
        number, heard = struct.unpack_from(">II", packet, 24)
        assert (number, heard) == (sent[is_sent], sent[not is_sent])
        sent[is_sent] += len(data)
