"""Any frames make a file that another reader takes apart to the same frames."""

import struct
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.frames.pcapng import Link, Packet, pcapng

PACKETS = st.lists(
    st.builds(
        Packet,
        st.integers(0, 2**51),
        st.binary(max_size=600),
        st.booleans(),
        st.text(max_size=40).filter(lambda text: text.isprintable()),
    ),
    max_size=20,
)


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        assert size % 4 == 0
        assert struct.unpack_from("<I", data, at + size - 4) == (size,)
        yield kind, data[at + 8 : at + size - 4]
        at += size
    assert at == len(data)


def options(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        code, size = struct.unpack_from("<HH", data, at)
        yield code, data[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
    assert at == len(data)


@given(PACKETS, st.sampled_from(Link))
def test_what_is_written_is_read_again(packets: list[Packet], link: Link) -> None:
    section, interface, *rest = blocks(pcapng(packets, link, "shed"))
    assert section[0] == 0x0A0D0D0A
    assert struct.unpack_from("<IHHq", section[1]) == (0x1A2B3C4D, 1, 0, -1)
    assert interface[0] == 1
    assert struct.unpack_from("<H", interface[1]) == (link,)
    assert (2, b"shed") in list(options(interface[1][8:]))
    assert len(rest) == len(packets)
    for (kind, body), packet in zip(rest, packets, strict=True):
        assert kind == 6
        number, high, low, size, whole = struct.unpack_from("<IIIII", body)
        assert (number, (high << 32) + low, size) == (0, packet.at_us, whole)
        data = body[20 : 20 + size]
        if link is Link.RTAC_SERIAL:
            seconds, rest_us, event = struct.unpack_from(">IIB", data)
            assert (seconds * 1_000_000 + rest_us) % 2**32 == packet.at_us % 2**32 or seconds
            assert event == (1 if packet.is_sent else 2)
            data = data[12:]
        else:
            data = data[40:]
        assert data == packet.data
        found = dict(options(body[20 + size + -size % 4 :]))
        assert struct.unpack("<I", found[2]) == (2 if packet.is_sent else 1,)
        assert found.get(1, b"").decode() == packet.comment
