"""Packing: the frozen dictionary, three encodings, bombs."""

import hashlib
import zlib

import pytest

from wire.bounds import INFLATED_BYTES, SENT_BYTES
from wire.codec import DICTIONARY, content_type, pack, unpack
from wire.envelope import Encoding
from wire.refusal import Refusal, WireError

LINE = b'[{"bn":"gw-017:smoke-03:","bt":1790000000,"n":"smoke","vb":true,"t":0.123456}]'


def test_the_dictionary_of_wire_version_1_is_frozen() -> None:
    """Another dictionary could not read what is stored: it needs another name than `zlib-1`."""
    assert hashlib.sha256(DICTIONARY).hexdigest() == (
        "4901b98d82f0829fb137e7eff7992e5a6ad9dad2b5198ba5b57b542376267376"
    )


def test_a_single_transition_shrinks_to_half() -> None:
    sent, encoding = pack(LINE)
    assert encoding is Encoding.ZLIB_DICTIONARY
    assert len(sent) < len(LINE) / 2
    assert unpack(sent, encoding) == LINE


def test_what_packing_would_not_shorten_stays_raw() -> None:
    assert pack(b"[]") == (b"[]", Encoding.RAW)


def test_plain_zlib_and_raw_are_taken_too() -> None:
    assert unpack(zlib.compress(LINE), Encoding.ZLIB) == LINE
    assert unpack(LINE, Encoding.RAW) == LINE


def test_the_content_type_says_whether_it_is_packed() -> None:
    assert content_type(Encoding.RAW) == "application/senml+json"
    assert content_type(Encoding.ZLIB) == "application/zlib"
    assert content_type(Encoding.ZLIB_DICTIONARY) == "application/zlib"


def test_exactly_the_bound_is_taken() -> None:
    payload = b" " * INFLATED_BYTES
    assert unpack(zlib.compress(payload), Encoding.ZLIB) == payload
    assert unpack(b" " * SENT_BYTES, Encoding.RAW) == b" " * SENT_BYTES


def test_a_bomb_inflates_no_further_than_the_bound() -> None:
    bomb = zlib.compress(bytes(60_000_000), 9)
    assert len(bomb) < SENT_BYTES
    with pytest.raises(WireError) as refused:
        unpack(bomb, Encoding.ZLIB)
    assert refused.value.reason is Refusal.INFLATES_TOO_LARGE


def test_what_is_too_large_is_packed_all_the_same_and_refused_when_read() -> None:
    sent, encoding = pack(_noise(SENT_BYTES + 1))
    with pytest.raises(WireError) as refused:
        unpack(sent, encoding)
    assert refused.value.reason is Refusal.TOO_LARGE


def _noise(size: int) -> bytes:
    blocks = (hashlib.sha512(n.to_bytes(4)).digest() for n in range(size // 64 + 1))
    return b"".join(blocks)[:size]
