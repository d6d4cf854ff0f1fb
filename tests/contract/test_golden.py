"""Golden messages of wire version 1: read to the stated meaning, and written to the same bytes.

A file is never rewritten: what was released stays readable for ever. To add one, write its meaning
(see any file, key `means`, with `about`) and run
`python tests/contract/test_golden.py <name> < meaning.json`; it refuses a name that exists.
"""

import base64
import hashlib
import json
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import asdict

from wire.batch import Batch, decode_batch, encode_batch
from wire.codec import content_type, pack, unpack
from wire.command import Command, Config, Result, decode_command, encode_command
from wire.envelope import (
    JSON,
    Base,
    ClockState,
    Cover,
    Encoding,
    Envelope,
    Key,
    Sent,
    Through,
    parse_properties,
    to_properties,
)
from wire.identity import Birth, Status, decode_birth, decode_status, encode_identity
from wire.quality import parse_quality
from wire.reading import Reading
from wire.receipt import Receipt, decode_receipt, encode_receipt
from wire.short_envelope import SHORT
from wire.statement import Statement
from wire.topic import Down, Up, down, parse_down, parse_up, up

FOLDER = Path(__file__).parent / "wire"
FILES = sorted(FOLDER.glob("*.json"))
SUMS = FOLDER / "SHA256SUMS"
DECODERS: dict[str, Callable[[bytes], msgspec.Struct]] = {
    "status": decode_status,
    "receipt": decode_receipt,
    "config": partial(decode_command, kind=Config),
    "command": partial(decode_command, kind=Command),
    "result": partial(decode_command, kind=Result),
}
KINDS: dict[str, type[Config | Command | Result]] = {
    "config": Config,
    "command": Command,
    "result": Result,
}
Golden = dict[str, Any]


def load(path: Path) -> Golden:
    golden: Golden = json.loads(path.read_text(encoding="utf-8"))
    return golden


def sent_bytes(golden: Golden) -> bytes:
    if "payload" in golden:
        return str(golden["payload"]).encode()
    return base64.b64decode(golden["payload_base64"])


# --- what a message means, as plain data -------------------------------------------------------


def meaning_of(topic: str, properties: list[tuple[str, str]], sent: bytes) -> Golden:
    gateway, kind = addressee(topic)
    envelope = parse_properties(properties)
    return {
        "gateway": gateway,
        "kind": kind,
        "envelope": envelope_meaning(envelope),
        "content": content_meaning(gateway, kind, unpack(sent, envelope.encoding)),
    }


def addressee(topic: str) -> tuple[str, str]:
    if topic.startswith("lifeline/1/up/"):
        parsed = parse_up(topic)
        return parsed.gateway, parsed.kind
    return parse_down(topic)


def envelope_meaning(envelope: Envelope) -> Golden:
    plain = {"encoding": envelope.encoding.value}
    for name in ("key", "statement", "base", "sent", "through"):
        plain[name] = spelled_out(getattr(envelope, name))
    return plain


def content_meaning(gateway: str, kind: str, payload: bytes) -> Golden:
    if kind in ("urgent", "bulk"):
        batch = decode_batch(payload, gateway)
        readings = [asdict(one) | {"quality": str(one.quality)} for one in batch.readings]
        return {"relative": batch.relative, "readings": readings}
    if kind == "birth":
        return dict(spelled_out(decode_birth(payload, gateway)))
    return dict(spelled_out(DECODERS[kind](payload)))


def spelled_out(thing: object) -> Any:
    """Every field by its name, also those that the wire leaves out or writes by position.

    A field that came later and is unset is not there: files from before it stay as they are.
    """
    if isinstance(thing, msgspec.Struct):
        fields = msgspec.structs.asdict(thing).items()
        return {name: spelled_out(value) for name, value in fields if value is not msgspec.UNSET}
    if isinstance(thing, dict):
        return {name: spelled_out(value) for name, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [spelled_out(one) for one in thing]
    return str(thing) if isinstance(thing, str) else thing


# --- and back ----------------------------------------------------------------------------------


def message_of(means: Golden) -> tuple[str, list[tuple[str, str]], bytes]:
    """Topic, user properties and payload, not packed, that say it."""
    gateway, kind = means["gateway"], means["kind"]
    is_up = kind in list(Up)
    topic = up(gateway, Up(kind)) if is_up else down(gateway, Down(kind))
    return topic, to_properties(envelope_from(means["envelope"])), content_from(means)


def envelope_from(plain: Golden) -> Envelope:
    key, through = plain["key"], plain["through"]
    statement = plain["statement"]
    return Envelope(
        encoding=Encoding(plain["encoding"]),
        key=key and Key(**key | {"covers": tuple(Cover(**one) for one in key["covers"])}),
        statement=statement and msgspec.convert(statement, Statement),
        base=plain["base"] and Base(**clocked(plain["base"])),
        sent=plain["sent"] and Sent(**clocked(plain["sent"])),
        through=through and Through(**through),
    )


def clocked(stamp: Golden) -> Golden:
    return stamp | {"clock": ClockState(stamp["clock"])}


def content_from(means: Golden) -> bytes:
    kind, content = means["kind"], means["content"]
    if kind in ("urgent", "bulk"):
        readings = tuple(reading_from(one) for one in content["readings"])
        return encode_batch(Batch(means["gateway"], readings, content["relative"]))
    if kind == "receipt":
        plain = {("for" if name == "answers" else name): value for name, value in content.items()}
        return encode_receipt(msgspec.convert(plain, Receipt))
    if kind == "birth":
        return encode_identity(msgspec.convert(content, Birth))
    if kind == "status":
        return encode_identity(msgspec.convert(content, Status))
    return encode_command(msgspec.convert(content, KINDS[kind]))


def reading_from(plain: Golden) -> Reading:
    return Reading(**plain | {"quality": parse_quality(plain["quality"])})


def content_type_of(kind: str, encoding: Encoding) -> str | None:
    """Of a message spelled out."""
    if kind == Down.RECEIPT:
        return None
    return content_type(encoding) if kind in (Up.URGENT, Up.BULK) else JSON


# --- the tests ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_reads_to_the_stated_meaning(path: Path) -> None:
    golden = load(path)
    properties = [(name, text) for name, text in golden["properties"]]
    assert meaning_of(golden["topic"], properties, sent_bytes(golden)) == golden["means"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_meaning_is_written_to_the_same_bytes(path: Path) -> None:
    golden = load(path)
    if golden["decode_only"]:
        return
    topic, properties, payload = message_of(golden["means"])
    encoding = Encoding(golden["means"]["envelope"]["encoding"])
    assert topic == golden["topic"]
    assert [list(one) for one in properties] == (golden["properties"] or [["encoding", "raw"]])
    assert payload == unpack(sent_bytes(golden), encoding)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_content_type_follows_from_kind_and_encoding(path: Path) -> None:
    golden = load(path)
    kind, encoding = golden["means"]["kind"], Encoding(golden["means"]["envelope"]["encoding"])
    names = [name for name, _ in golden["properties"]]
    stated = None if names == [SHORT] else content_type_of(kind, encoding)
    assert golden["content_type"] == stated
    assert kind != Down.RECEIPT or not names  # its topic says what it is


def test_what_we_pack_today_inflates_to_the_golden_text() -> None:
    golden = load(FOLDER / "urgent_compressed.json")
    sent, encoding = pack(golden["inflated"].encode())
    assert encoding is Encoding.ZLIB_DICTIONARY
    assert unpack(sent, encoding) == unpack(sent_bytes(golden), encoding)


def test_no_released_file_was_changed_or_removed() -> None:
    stated = set(SUMS.read_text().splitlines())
    assert stated == {
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in FILES
    }


# --- adding one --------------------------------------------------------------------------------


def write_new(name: str, wanted: Golden) -> None:
    """Write the golden file of a meaning; FileExistsError when there is one of that name."""
    topic, properties, payload = message_of(wanted["means"])
    encoding = Encoding(wanted["means"]["envelope"]["encoding"])
    golden = {
        "about": wanted["about"],
        "wire": 1,
        "decode_only": False,
        "topic": topic,
        "content_type": content_type_of(wanted["means"]["kind"], encoding),
        "properties": properties if wanted.get("properties", True) else [],
        **packed(payload, encoding),
        "means": wanted["means"],
    }
    path = FOLDER / f"{name}.json"
    with path.open("x", encoding="utf-8") as file:
        json.dump(golden, file, ensure_ascii=False, indent=1)
        file.write("\n")
    with SUMS.open("a", encoding="utf-8") as file:
        file.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


def packed(payload: bytes, encoding: Encoding) -> Golden:
    if encoding is Encoding.RAW:
        return {"payload": payload.decode()}
    sent = pack(payload)[0] if encoding is Encoding.ZLIB_DICTIONARY else zlib.compress(payload)
    return {"inflated": payload.decode(), "payload_base64": base64.b64encode(sent).decode()}


if __name__ == "__main__":
    write_new(sys.argv[1], json.load(sys.stdin))
