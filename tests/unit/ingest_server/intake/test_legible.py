"""Payloads as far as a person can read them."""

import zlib

from ingest_server.intake.legible import legible
from wire.bounds import INFLATED_BYTES
from wire.codec import pack

JSON = b'[{"bn":"gw-001:smoke-01:","bt":1790000000,"n":"smoke","vb":true}]' * 20
ZLIB = [("encoding", "zlib")]


def test_text_and_what_is_none() -> None:
    assert legible(b"plain", [], 100) == ("plain", True)
    assert legible(b"\xff{", [], 100) == ("\ufffd{", True)
    assert legible(b"plain", [], 3) == ("pla", False)


def test_packed_with_and_without_the_dictionary() -> None:
    packed, encoding = pack(JSON)
    assert legible(packed, [("encoding", encoding.value)], 10_000) == (JSON.decode(), True)
    assert legible(zlib.compress(JSON), ZLIB, 10_000) == (JSON.decode(), True)


def test_as_far_as_it_goes() -> None:
    noise = bytes(value * 7919 % 251 for value in range(5_000))
    packed = zlib.compress(noise)
    text, whole = legible(packed[:-200], ZLIB, 10_000)
    assert not whole
    assert noise.decode(errors="replace").startswith(text[:500])
    assert legible(b"no zlib", ZLIB, 100) == ("", False)


def test_what_inflates_without_end_is_cut() -> None:
    text, whole = legible(zlib.compress(bytes(100 * INFLATED_BYTES)), ZLIB, 10**9)
    assert (len(text), whole) == (INFLATED_BYTES, False)
