"""Payload packing: zlib with the dictionary of wire version 1, and inflating within bounds."""

import zlib

from wire.bounds import INFLATED_BYTES, SENT_BYTES
from wire.envelope import COMPRESSED, SENML_JSON, Encoding
from wire.refusal import Refusal, WireError

# Fixed for wire version 1, for ever: another dictionary is another `Encoding`. The most frequent
# words stand last, where zlib reaches them with the shortest distances.
DICTIONARY = (
    b'"},{"n":"battery","u":"V","v":"},{"n":"lel","u":"/","v":0.0"},{"n":"gas","u":"/","v":'
    b'"},{"n":"level","u":"m","v":0.1"},{"n":"distance","u":"m","v":"},{"n":"tilt","u":"deg","v":'
    b'"},{"n":"temperature","u":"Cel","v":2"},{"n":"supply","u":"V","v":"},{"n":"uptime","u":"s",'
    b'"},{"n":"acceleration_x","u":"m/s2","v":"},{"n":"heart","u":"beat/min","v":'
    b'"},{"n":"breath","u":"1/min","v":1"},{"n":"reply_time","u":"s","v":0.0'
    b'test/good/ok"test/bad/uncertain/stale"bad/out_of_range/high"bad/sensor_fault"bad/warm_up"'
    b'bad/device_fault"bad/device_exception"bad/inhibited"bad/never_read"'
    b':q","vs":"bad/not_connected","t":[{"n":":q","vs":"bad/comm_failure","t":'
    b'{"n":"height","u":"m","v":2.6,"t":{"n":"movement","u":"count","v":1'
    b'{"n":"body_movement","u":"count","v":3,"t":{"n":"motion","vs":"static","t":'
    b'{"n":"motion","vs":"active","t":{"n":"motion","vs":"none","t":{"n":"still","vb":false,"t":'
    b'{"n":"fall","vb":true,"t":{"n":"presence","vb":true,"t":{"n":"fall","vb":false,"t":'
    b'{"n":"service","vb":false,"t":{"n":"mounted","vb":true,"t":{"n":"relay","vb":true,"t":'
    b'{"n":"smoke","vb":true,"t":{"n":"relay","vb":false,"t":{"n":"smoke","vb":false,"t":'
    b'{"bn":"gw-001:gas-01:","n":"},{"bn":"gw-001:water-01:","n":"},{"bn":"gw-001:radar-01:","n":"'
    b'[{"bn":"gw-001:smoke-01:","bt":179","vb":false,"t":0.0"},{"n":"'
)
_LEVEL = 9


def pack(payload: bytes) -> tuple[bytes, Encoding]:
    """The bytes to send and how they are packed: raw when packing would not make them shorter.

    Whether they are within SENT_BYTES is for the caller to look at, who can split them.
    """
    packer = zlib.compressobj(_LEVEL, zdict=DICTIONARY)
    packed = packer.compress(payload) + packer.flush()
    return (packed, Encoding.ZLIB_DICTIONARY) if len(packed) < len(payload) else (payload, _RAW)


_RAW = Encoding.RAW


def content_type(encoding: Encoding) -> str:
    return SENML_JSON if encoding is _RAW else COMPRESSED


def unpack(sent: bytes, encoding: Encoding) -> bytes:
    """The JSON; raise WireError: TOO_LARGE, INFLATES_TOO_LARGE, NOT_ZLIB."""
    if len(sent) > SENT_BYTES:
        raise WireError(Refusal.TOO_LARGE, f"{len(sent)} bytes sent, at most {SENT_BYTES}")
    if encoding is _RAW:
        return sent
    dictionary = DICTIONARY if encoding is Encoding.ZLIB_DICTIONARY else b""
    inflater = zlib.decompressobj(zdict=dictionary)
    try:
        payload = inflater.decompress(sent, INFLATED_BYTES + 1)
    except zlib.error as error:
        raise WireError(Refusal.NOT_ZLIB, str(error)) from error
    if len(payload) > INFLATED_BYTES:
        raise WireError(Refusal.INFLATES_TOO_LARGE, f"more than {INFLATED_BYTES} bytes inflated")
    if not inflater.eof or inflater.unused_data:
        raise WireError(Refusal.NOT_ZLIB, "the stream is cut short or something follows it")
    return payload
