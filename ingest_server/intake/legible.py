"""What of a refused payload a person can read: inflated as far as it goes, then as text."""

import zlib

from wire.bounds import INFLATED_BYTES
from wire.codec import DICTIONARY
from wire.envelope import Encoding, encoding_said

_DICTIONARIES = {Encoding.ZLIB.value: b"", Encoding.ZLIB_DICTIONARY.value: DICTIONARY}


def legible(payload: bytes, properties: list[tuple[str, str]], most: int) -> tuple[str, bool]:
    """At most `most` characters, and whether that is all. Never raises; broken ends are left out.

    What is no text is shown with the replacement character.
    """
    said = encoding_said(properties)
    if said in _DICTIONARIES:
        payload, is_whole = _inflated(payload, _DICTIONARIES[said])
    else:
        is_whole = True
    text = payload.decode("utf-8", errors="replace")
    return text[:most], is_whole and len(text) <= most


def _inflated(payload: bytes, dictionary: bytes) -> tuple[bytes, bool]:
    """As far as the stream is sound and within the bound of the wire."""
    inflater = zlib.decompressobj(zdict=dictionary)
    found = bytearray()
    try:
        for at in range(0, len(payload), 64):
            found += inflater.decompress(payload[at : at + 64], INFLATED_BYTES + 1 - len(found))
            if len(found) > INFLATED_BYTES:
                return bytes(found[:INFLATED_BYTES]), False
    except zlib.error:
        return bytes(found), False
    return bytes(found), inflater.eof
