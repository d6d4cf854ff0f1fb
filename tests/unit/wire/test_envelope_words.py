"""The words of an envelope: what is left out says nothing, and the words of the contract stand."""

import msgspec

from wire.envelope_words import ClockState, Cover, Encoding, Envelope, Key, Through


def test_what_is_left_out_says_nothing() -> None:
    assert Envelope() == Envelope(Encoding.RAW, None, None, None, None, None)


def test_what_has_a_default_takes_no_bytes() -> None:
    assert msgspec.json.encode(Through(5)) == b'{"mono":5}'
    assert msgspec.json.encode(Key("a", 1, 2)) == b'{"epoch":"a","seq":1,"taken":2}'


def test_a_cover_is_written_by_position() -> None:
    assert msgspec.json.encode(Cover(7, 3, 1)) == b"[7,3,1]"


def test_the_order_of_words_is_part_of_the_short_form() -> None:
    """Their places are what it writes: a new word goes to the end."""
    assert list(Encoding)[:3] == [Encoding.RAW, Encoding.ZLIB, Encoding.ZLIB_DICTIONARY]
    assert [one.value for one in ClockState][:4] == ["synchronised", "holdover", "server", "unset"]
