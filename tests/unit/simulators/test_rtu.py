"""CRC, sealing, and the length of requests."""

import pytest

from simulators.rtu import RequestReader, crc16, is_sealed, opened, request_length, seal


def test_crc_of_the_check_string() -> None:
    assert crc16(b"123456789") == 0x4B37


def test_seal_and_open() -> None:
    frame = seal(1, bytes.fromhex("02 00 00 00 04"))
    assert frame == bytes.fromhex("01 02 00 00 00 04 79 C9")
    assert is_sealed(frame)
    assert opened(frame) == (1, bytes.fromhex("02 00 00 00 04"))


@pytest.mark.parametrize("frame", [b"", b"\x01\x02", bytes.fromhex("01 02 00 00 00 04 79 C8")])
def test_not_sealed(frame: bytes) -> None:
    assert not is_sealed(frame)


@pytest.mark.parametrize(
    ("head", "length"),
    [
        ("01", 8),
        ("01 03", 8),
        ("01 06 00", 8),
        ("01 02 00 00 00 04 79 C9", 8),
        ("01 10 00 00 00 02 04", 13),
        ("01 0F 00 00 00 0A 02", 11),
        ("01 2B", None),
        ("01 2B 0E 01 00 00 00 00", None),
    ],
)
def test_request_length(head: str, length: int | None) -> None:
    assert request_length(bytes.fromhex(head)) == length


def test_length_stays_beyond_what_is_there_until_it_is_known() -> None:
    whole = seal(1, bytes.fromhex("10 00 00 00 02 04 00 01 00 02"))
    for cut in range(1, len(whole)):
        length = request_length(whole[:cut])
        assert length is not None
        assert length > cut
    assert request_length(whole) == len(whole)


READ, WRITE = bytes.fromhex("03 02 28 00 01"), bytes.fromhex("10 02 28 00 01 02 00 05")


@pytest.mark.parametrize("cut", range(21))
def test_requests_in_a_stream_at_any_cut(cut: int) -> None:
    stream = seal(1, READ) + seal(2, READ)[:2] + seal(1, WRITE)
    reader = RequestReader(1)
    assert reader.feed(stream[:cut]) + reader.feed(stream[cut:]) == [READ, WRITE]


def test_requests_to_others_are_passed_over() -> None:
    assert RequestReader(2).feed(seal(1, READ) + seal(2, READ) + seal(1, WRITE)) == [READ]


def test_an_unfinished_request_is_forgotten() -> None:
    reader = RequestReader(1)
    assert reader.feed(seal(1, READ)[:6]) == []
    reader.forget()
    assert reader.feed(seal(1, READ)) == [READ]
