"""Bytes of Modbus to PDUs when nobody says which way they went."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.framing import Checksum
from edge_agent.bus.modbus import Verdict
from edge_agent.driver.checksum import checksum_of
from edge_agent.show.decode_cut import Form, Piece, pieces


def sealed(text: str) -> bytes:
    data = bytes.fromhex(text)
    return data + checksum_of(Checksum.CRC16, data)


def tcp(text: str, transaction: int = 7, unit: int = 1) -> bytes:
    pdu = bytes.fromhex(text)
    head = transaction.to_bytes(2) + bytes(2) + (1 + len(pdu)).to_bytes(2) + bytes([unit])
    return head + pdu


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("01 02 00 00 00 04", (Form.REQUEST,)),
        ("01 02 01 0D", (Form.REPLY,)),
        ("01 03 02 01 5E", (Form.REPLY,)),
        ("01 03 03 F4 00 01", (Form.REQUEST,)),
        ("01 02 03 F4 00 01", (Form.REPLY, Form.REQUEST)),
        ("01 06 00 00 00 EA", (Form.ECHO,)),
        ("01 05 00 00 FF 00", (Form.ECHO,)),
        ("01 10 00 05 00 01 02 00 FA", (Form.REQUEST,)),
        ("01 10 00 05 00 01", (Form.DONE,)),
        ("01 83 02", (Form.EXCEPTION,)),
    ],
)
def test_a_frame_is_what_its_shape_says_on_a_line_and_over_tcp(
    text: str, forms: tuple[Form, ...]
) -> None:
    pdu = bytes.fromhex(text)[1:]
    assert pieces(sealed(text)) == [Piece(1, pdu, forms)]
    assert pieces(tcp(pdu.hex())) == [Piece(1, pdu, forms, 7)]


def test_several_frames_in_a_row() -> None:
    first, second = sealed("01 03 00 03 00 01"), sealed("01 03 02 01 5E")
    assert [type(one) for one in pieces(first + second)] == [Piece, Piece]
    over_tcp = pieces(tcp("03 00 03 00 01", 1) + tcp("03 02 01 5E", 1))
    assert [one.forms for one in over_tcp if isinstance(one, Piece)] == [
        (Form.REQUEST,),
        (Form.REPLY,),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Verdict.SILENCE),
        (bytes.fromhex("01 03"), Verdict.INCOMPLETE),
        (bytes.fromhex("01 03 02 01 5E 38 2D"), Verdict.CRC),
        (bytes.fromhex("01 03 04 01 5E 38 2C"), Verdict.INCOMPLETE),
        (sealed("01 03 04 01 5E"), Verdict.WRONG_LENGTH),
        (sealed("01 03 01 5E"), Verdict.WRONG_LENGTH),
        (sealed("01 2B 0E 01 00"), Verdict.WRONG_FUNCTION),
        (bytes.fromhex("01 06 00 00 00 EA 08 44"), Verdict.CRC),
        (bytes.fromhex("01 03 00 00 00 0D 84 00"), Verdict.CRC),
        (bytes.fromhex("01 55 02 01 5E 38 2C"), Verdict.CRC),
        (bytes(20), Verdict.CRC),
        (tcp("03 02 01 5E")[:-1], Verdict.INCOMPLETE),
        (tcp("03 04 01 5E"), Verdict.WRONG_LENGTH),
        (tcp("03 02 01 5E") + b"\xff", Verdict.NOISE),
    ],
)
def test_what_is_no_frame_has_a_name(data: bytes, why: Verdict) -> None:
    assert pieces(data)[-1] is why


def test_a_few_bytes_beside_a_good_frame_are_noise() -> None:
    good = sealed("01 03 02 01 5E")
    assert [one for one in pieces(b"\x00\xff" + good + b"\x00") if isinstance(one, Verdict)] == [
        Verdict.NOISE,
        Verdict.NOISE,
    ]


def test_a_broken_frame_beside_a_good_one_is_no_noise() -> None:
    good = sealed("01 03 02 01 5E")
    assert pieces(good + bytes.fromhex("01 03 02 01 5F 38 2C"))[-1] is Verdict.CRC


@given(st.binary(max_size=300))
def test_any_bytes_are_frames_or_named_reasons(data: bytes) -> None:
    found = pieces(data)
    assert found
    assert all(isinstance(one, Piece | Verdict) for one in found)


@given(st.binary(min_size=1, max_size=40).filter(lambda one: len(one) % 2 == 0))
def test_a_reply_is_found_behind_whatever_cannot_be_one(content: bytes) -> None:
    reply = sealed(bytes([1, 3, len(content), *content]).hex())
    assert Piece(1, reply[1:-2], (Form.REPLY,)) in pieces(b"\x00\x00\x00" + reply)


def test_what_is_sound_by_chance_within_a_damaged_frame_is_not_believed() -> None:
    damaged = "01 04 10 00 00 00 D1 00 00 00 00 00 00 00 00 00 00 00 00 57 AD"  # D1 was 01
    found = pieces(bytes.fromhex(damaged))
    assert [one for one in found if isinstance(one, Verdict)] == [Verdict.CRC, Verdict.CRC]
