"""Fuzzes what is read from MQTT: payloads, their packing, properties and topics."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from wire.batch import decode_batch
from wire.bounds import INFLATED_BYTES
from wire.codec import pack, unpack
from wire.command import Command, Config, Result, decode_command
from wire.envelope import Encoding, parse_properties
from wire.identity import decode_birth, decode_status
from wire.quality import parse_quality
from wire.receipt import decode_receipt
from wire.refusal import WireError
from wire.topic import parse_down, parse_up

_GOLDEN = Path(__file__).parents[1] / "contract" / "wire"
_GATEWAY = "gw-001"
_MARKS = (b'"', b"{", b"[", b"null", b"1e999", b"-0", b"\xff\xfe", b"\\u0000", b':q","vs":"', b"#")

Decode = Callable[[bytes], object]


def wire_parsers() -> Iterator["WireParser"]:
    golden = [json.loads(path.read_text(encoding="utf-8")) for path in _GOLDEN.glob("*.json")]
    golden.sort(key=lambda one: str(one["about"]))
    payloads: dict[str, Decode] = {
        "batch": partial(decode_batch, gateway=_GATEWAY),
        "birth": partial(decode_birth, gateway=_GATEWAY),
        "status": decode_status,
        "receipt": decode_receipt,
        "config": partial(decode_command, kind=Config),
        "command": partial(decode_command, kind=Command),
        "result": partial(decode_command, kind=Result),
    }
    for name, decode in payloads.items():
        yield WireParser(
            f"wire.{name}", decode, [_payload(one) for one in golden if _is(name, one)]
        )
    packed = [pack(_payload(one) * 3)[0] for one in golden if _is("batch", one)]
    yield WireParser("wire.codec", _unpacked, packed)
    yield WireParser("wire.properties", _properties, [_lines(one) for one in golden])
    yield WireParser("wire.topic", _topic, [str(one["topic"]).encode() for one in golden])
    qualities = [b"good/ok", b"bad/out_of_range/high", b"test/uncertain/stale/low"]
    yield WireParser("wire.quality", lambda data: parse_quality(_text(data)), qualities)


class WireParser:
    """One decoder; it reads, or it refuses by name."""

    def __init__(self, name: str, decode: Decode, seeds: Sequence[bytes]) -> None:
        self.name = name
        self._decode = decode
        self.seeds = tuple(dict.fromkeys(seeds))
        self.marks = _MARKS

    def run(self, data: bytes, _: Random) -> str | None:
        try:
            self._decode(data)
        except WireError:
            return "refused"
        return None


def _is(name: str, golden: dict[str, Any]) -> bool:
    lanes = {"urgent": "batch", "bulk": "batch"}
    word = str(golden["topic"]).rpartition("/")[2]
    return lanes.get(word, word) == name


def _payload(golden: dict[str, Any]) -> bytes:
    """As it is before packing, so that damage reaches the JSON."""
    if "payload" in golden:
        return str(golden["payload"]).encode()
    sent = base64.b64decode(golden["payload_base64"])
    properties = [(str(key), str(value)) for key, value in golden["properties"]]
    return unpack(sent, parse_properties(properties).encoding)


def _lines(golden: dict[str, Any]) -> bytes:
    return "\n".join(f"{key}={value}" for key, value in golden["properties"]).encode()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _properties(data: bytes) -> object:
    pairs = (line.partition("=") for line in _text(data).split("\n"))
    return parse_properties([(name, value) for name, _, value in pairs])


def _topic(data: bytes) -> object:
    text = _text(data)
    if "/down/" in text:
        return parse_down(text)
    return parse_up(text)


def _unpacked(data: bytes) -> object:
    refused: list[WireError] = []
    for encoding in Encoding:
        try:
            assert len(unpack(data, encoding)) <= INFLATED_BYTES
        except WireError as error:
            refused.append(error)
    if len(refused) == len(Encoding) - 1:  # raw is always read
        raise refused[0]
    return None
