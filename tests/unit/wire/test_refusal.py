"""Every named reason has an example: a message that is refused for it and for nothing else."""

import json
import zlib
from collections.abc import Callable

import pytest

from wire.batch import decode_batch
from wire.bounds import (
    COVERS,
    INFLATED_BYTES,
    PROPERTY_BYTES,
    RECORDS,
    RESULT_TEXT,
    SENT_BYTES,
    TEXT,
)
from wire.codec import unpack
from wire.command import Command, Config, Result, decode_command
from wire.envelope import Encoding, parse_properties
from wire.identity import decode_birth, decode_status
from wire.quality import parse_quality
from wire.quantity import check_unit
from wire.receipt import decode_receipt
from wire.refusal import DETAIL, Refusal, WireError
from wire.topic import parse_down, parse_up

# What only the server's admission can see; the tests of ingest_server/intake provoke these.
ADMISSION = {
    Refusal.CONTENT_TYPE,
    Refusal.KEY_MISSING,
    Refusal.KEY_LANE,
    Refusal.KEY_COUNT,
    Refusal.SAME_KEY_OTHER_BYTES,
}

EPOCH = "0123456789abcdef"
Example = Callable[[], object]


def batch(text: str) -> Example:
    return lambda: decode_batch(text.encode(), "gw-1")


def one(fields: str) -> Example:
    return batch(f'[{{"n":"gw-1:d-1:p",{fields}}}]')


def prop(name: str, text: str) -> Example:
    return lambda: parse_properties([(name, text)])


def key(fields: str) -> Example:
    return prop("key", f'{{"epoch":"{EPOCH}",{fields}}}')


def statement(epochs: str, head: str = '"n":1') -> Example:
    return prop("statement", f'{{{head},"epochs":[{epochs}]}}')


def epoch(fields: str = "", *, ended: str = "false", name: str = EPOCH, last: int = 1) -> str:
    return (
        f'{{"epoch":"{name}","floor":1,"last":{last},"ended":{ended},"taken":5,"base":0{fields}}}'
    )


def birth(**changes: str) -> Example:
    fields = {
        "gateway": '"gw-1"',
        "software": '{"name":"a","version":"1"}',
        "boot": '"b"',
        "connection": "1",
        "config_hash": '"c"',
        "lines": "[]",
        "devices": "[]",
        "anchors": "[]",
    } | changes
    text = "{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}"
    return lambda: decode_birth(text.encode(), "gw-1")


def device(name: str, more: str = "") -> str:
    words = '"profile":"p","profile_hash":"h","line":"l","rules_hash":"r"'
    return f'{{"device":"{name}",{words}{more}}}'


def site(rules: str) -> Example:
    named = device("d", f',"site":{{{rules}}}')
    return birth(devices=f"[{named}]")


def receipt(**changes: str) -> Example:
    fields = {
        "lane": '"bulk"',
        "epoch": f'"{EPOCH}"',
        "have": "[[1,2]]",
        "done": "[]",
        "for": '{"boot":"b","mono":1}',
        "time": "1790000000000000",
    } | changes
    text = "{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}"
    return lambda: decode_receipt(text.encode())


def command(text: str) -> Example:
    return lambda: decode_command(text.encode(), Command)


def config(text: str) -> Example:
    return lambda: decode_command(text.encode(), Config)


def result(text: str) -> Example:
    return lambda: decode_command(text.encode(), Result)


def status(text: str) -> Example:
    return lambda: decode_status(text.encode())


LATE = '"time":1' + "0" * 30
LONG = '"' + "x" * 129 + '"'
MANY = ",".join(f'"a{n}":1' for n in range(17))
BIG = "1" + "0" * 4_000
EXAMPLES: list[tuple[Refusal, str, Example]] = [
    (Refusal.TOPIC_GRAMMAR, "other prefix", lambda: parse_up("lifeline/2/up/00/gw-1/bulk")),
    (Refusal.TOPIC_GRAMMAR, "kind", lambda: parse_up("lifeline/1/up/22/gw-1/nonsense")),
    (Refusal.TOPIC_GRAMMAR, "id", lambda: parse_up("lifeline/1/up/22/GW_1/bulk")),
    (Refusal.TOPIC_GRAMMAR, "id with newline", lambda: parse_up("lifeline/1/up/22/gw-1\n/bulk")),
    (Refusal.TOPIC_GRAMMAR, "long id", lambda: parse_up(f"lifeline/1/up/22/{'a' * 65}/bulk")),
    (Refusal.TOPIC_GRAMMAR, "down", lambda: parse_down("lifeline/1/down/gw-1/birth")),
    (Refusal.TOPIC_GRAMMAR, "down id", lambda: parse_down("lifeline/1/down/-gw/config")),
    (Refusal.SHARD_MISMATCH, "shard", lambda: parse_up("lifeline/1/up/99/gw-1/bulk")),
    (Refusal.GATEWAY_MISMATCH, "record", batch('[{"n":"gw-2:d-1:p","v":1}]')),
    (Refusal.GATEWAY_MISMATCH, "birth", birth(gateway='"gw-2"')),
    (Refusal.TOO_LARGE, "sent", lambda: unpack(b" " * (SENT_BYTES + 1), Encoding.RAW)),
    (Refusal.TOO_LARGE, "batch", batch(" " * INFLATED_BYTES + "[]")),
    (Refusal.TOO_LARGE, "receipt", lambda: decode_receipt(b" " * (SENT_BYTES + 1))),
    (Refusal.TOO_LARGE, "birth", lambda: decode_birth(b" " * (INFLATED_BYTES + 1), "gw-1")),
    (Refusal.TOO_LARGE, "status", status(" " * (SENT_BYTES + 1))),
    (Refusal.TOO_LARGE, "command", command(" " * (SENT_BYTES + 1))),
    (
        Refusal.INFLATES_TOO_LARGE,
        "bomb",
        lambda: unpack(zlib.compress(bytes(INFLATED_BYTES + 1)), Encoding.ZLIB),
    ),
    (Refusal.NOT_ZLIB, "rubbish", lambda: unpack(b"rubbish", Encoding.ZLIB)),
    (Refusal.NOT_ZLIB, "cut", lambda: unpack(zlib.compress(b"[]")[:-1], Encoding.ZLIB)),
    (Refusal.NOT_ZLIB, "followed", lambda: unpack(zlib.compress(b"[]") + b"x", Encoding.ZLIB)),
    (Refusal.NOT_ZLIB, "dictionary", lambda: unpack(_with_dictionary(b"x" * 99), Encoding.ZLIB)),
    (Refusal.ENCODING_UNKNOWN, "encoding", prop("encoding", "zlib-2")),
    (Refusal.NOT_JSON, "cut", batch('[{"n":"gw-1:d-1:p"')),
    (Refusal.NOT_JSON, "empty", batch("")),
    (Refusal.NOT_JSON, "mark", batch("\ufeff[]")),
    (Refusal.NOT_JSON, "NaN", one('"v":NaN')),
    (Refusal.NOT_JSON, "surrogate", one('"vs":"\\ud800"')),
    (Refusal.NOT_JSON, "deep", one('"x":' + "[" * 100_000 + "]" * 100_000)),
    (Refusal.NOT_JSON, "utf-8", lambda: decode_batch(b'[{"x":"\xff"}]', "gw-1")),
    (Refusal.NOT_JSON, "receipt", lambda: decode_receipt(b"{")),
    (Refusal.NOT_JSON, "birth", lambda: decode_birth(b"{", "gw-1")),
    (Refusal.NOT_JSON, "status", status("{")),
    (Refusal.NOT_JSON, "command", command("{")),
    (Refusal.WRONG_SHAPE, "object", batch("{}")),
    (Refusal.WRONG_SHAPE, "text for number", one('"v":"1"')),
    (Refusal.WRONG_SHAPE, "number out of range", one('"v":1e999')),
    (Refusal.WRONG_SHAPE, "huge number", one(f'"v":{BIG}')),
    (Refusal.WRONG_SHAPE, "huge version", one(f'"v":1,"bver":{BIG * 2}')),
    (Refusal.WRONG_SHAPE, "receipt epoch", receipt(epoch='"xyz"')),
    (Refusal.WRONG_SHAPE, "receipt done", receipt(done='["XYZ"]')),
    (Refusal.WRONG_SHAPE, "receipt ranges", receipt(have=f"[{','.join(['[1,2]'] * 33)}]")),
    (Refusal.WRONG_SHAPE, "receipt range", receipt(have="[[2,1]]")),
    (Refusal.WRONG_SHAPE, "receipt from 0", receipt(have="[[0,1]]")),
    (Refusal.WRONG_SHAPE, "receipt huge", receipt(have=f"[[1,{BIG}]]")),
    (Refusal.WRONG_SHAPE, "receipt lane", receipt(lane='"birth"')),
    (Refusal.WRONG_SHAPE, "receipt echo", receipt(**{"for": '{"boot":"","mono":1}'})),
    (Refusal.WRONG_SHAPE, "receipt done many", receipt(done=json.dumps([EPOCH] * 33))),
    (Refusal.WRONG_SHAPE, "birth boot", birth(boot=f'"{"b" * 65}"')),
    (Refusal.WRONG_SHAPE, "birth connection", birth(connection="-1")),
    (Refusal.WRONG_SHAPE, "birth word", birth(config_hash=LONG)),
    (Refusal.WRONG_SHAPE, "site class", site(f'"site_class":{LONG}')),
    (Refusal.WRONG_SHAPE, "override word", site(f'"overrides":[{{"rule":{LONG}}}]')),
    (Refusal.WRONG_SHAPE, "override name", site(f'"overrides":[{{{LONG}:1}}]')),
    (Refusal.WRONG_SHAPE, "override value", site('"overrides":[{"rule":null}]')),
    (Refusal.WRONG_SHAPE, "overrides", site(f'"overrides":[{",".join(["{}"] * 65)}]')),
    (Refusal.WRONG_SHAPE, "wishes", site(f'"overrides":[{{{MANY}}}]')),
    (Refusal.WRONG_SHAPE, "birth line", birth(lines=f'[{{"name":{LONG},"kind":"uart"}}]')),
    (
        Refusal.WRONG_SHAPE,
        "birth lines",
        birth(lines=json.dumps([{"name": "l", "kind": "k"}] * 2001)),
    ),
    (Refusal.WRONG_SHAPE, "status", status('{"presence":"away","boot":"b","connection":1}')),
    (Refusal.WRONG_SHAPE, "status boot", status('{"presence":"online","boot":"","connection":1}')),
    (Refusal.WRONG_SHAPE, "action", command('{"id":"c-1","kind":"action","by":"x"}')),
    (Refusal.WRONG_SHAPE, "command by", command(f'{{"id":"c-1","kind":"read","by":{LONG}}}')),
    (Refusal.WRONG_SHAPE, "config", config('{"version":0,"based_on":"","toml":""}')),
    (
        Refusal.WRONG_SHAPE,
        "config based on",
        config(f'{{"version":1,"based_on":{LONG},"toml":""}}'),
    ),
    (Refusal.WRONG_SHAPE, "result", result(f'{{"answers":{LONG},"outcome":"done"}}')),
    (Refusal.TOO_MANY_RECORDS, "records", batch(f"[{','.join(['{}'] * (RECORDS + 1))}]")),
    (Refusal.SENML_VERSION, "secondary units", one('"v":1,"bver":26')),
    (Refusal.SENML_VERSION, "no version", one('"v":1,"bver":0')),
    (Refusal.MUST_UNDERSTAND, "plain", one('"v":1,"x_":1')),
    (Refusal.MUST_UNDERSTAND, "escaped", one('"v":1,"x\\u005f":1')),
    (Refusal.NAME_GRAMMAR, "urn", batch('[{"n":"urn:dev:ow:10e2073a01080063","v":1}]')),
    (Refusal.NAME_GRAMMAR, "no name", batch('[{"v":1}]')),
    (Refusal.NAME_GRAMMAR, "device", batch('[{"n":"gw-1:D:p","v":1}]')),
    (Refusal.NAME_GRAMMAR, "point", batch('[{"n":"gw-1:d-1:p-1","v":1}]')),
    (Refusal.NAME_GRAMMAR, "suffix", batch('[{"n":"gw-1:d-1:p:z","v":1}]')),
    (Refusal.NAME_GRAMMAR, "long base", batch(f'[{{"bn":"{":" * 90_000}","v":1}}]')),
    (Refusal.NAME_GRAMMAR, "birth device", birth(devices=f"[{device('A')}]")),
    (Refusal.NAME_GRAMMAR, "birth twice", birth(devices=f"[{device('a')},{device('a')}]")),
    (Refusal.NAME_GRAMMAR, "command id", command('{"id":"C","kind":"read","by":"x"}')),
    (
        Refusal.NAME_GRAMMAR,
        "command device",
        command('{"id":"c-1","kind":"read","by":"x","device":"D"}'),
    ),
    (
        Refusal.NAME_GRAMMAR,
        "command action",
        command('{"id":"c-1","kind":"action","by":"x","device":"d","action":"A!"}'),
    ),
    (Refusal.NO_VALUE, "none", one('"u":"m"')),
    (Refusal.NO_VALUE, "base value alone", one('"bv":1')),
    (Refusal.TWO_VALUES, "two", one('"v":1,"vb":true')),
    (Refusal.VALUE_KIND, "data", one('"vd":"AAAA"')),
    (Refusal.VALUE_KIND, "sum", one('"v":1,"s":1')),
    (Refusal.VALUE_KIND, "base sum", one('"v":1,"bs":1')),
    (Refusal.NOT_FINITE, "sum of base and value", one('"v":1e308,"bv":1e308')),
    (Refusal.TEXT_TOO_LONG, "text", one(f'"vs":"{"x" * (TEXT + 1)}"')),
    (
        Refusal.TEXT_TOO_LONG,
        "result",
        result(f'{{"answers":"a","outcome":"done","detail":"{"x" * (RESULT_TEXT + 1)}"}}'),
    ),
    (Refusal.UNIT_UNKNOWN, "secondary", one('"v":1,"u":"ms"')),
    (Refusal.UNIT_UNKNOWN, "alone", lambda: check_unit("furlong")),
    (Refusal.TIME_RANGE, "before 2020", one('"v":1,"t":1500000000')),
    (Refusal.TIME_RANGE, "2100", one('"v":1,"t":4102444800')),
    (Refusal.TIME_RANGE, "long ago", one('"v":1,"t":-1e300')),
    (
        Refusal.TIME_RANGE,
        "anchor",
        birth(anchors='[{"boot":"b","mono":1,"utc":1500000000000000}]'),
    ),
    (Refusal.TIME_RANGE, "receipt", receipt(time="1")),
    (Refusal.TIME_RANGE, "expiry", command(f'{{"id":"c","kind":"read","by":"x","expires":{BIG}}}')),
    (Refusal.TIME_RANGE, "result", result(f'{{"answers":"a","outcome":"done",{LATE}}}')),
    (
        Refusal.TIME_MIXED,
        "mixed",
        batch('[{"n":"gw-1:d:p","v":1,"t":1},{"n":"gw-1:d:p","v":1,"t":1790000000}]'),
    ),
    (Refusal.QUALITY_GRAMMAR, "word", lambda: parse_quality("fair/ok")),
    (Refusal.QUALITY_GRAMMAR, "newline", lambda: parse_quality("good/ok\n")),
    (Refusal.QUALITY_GRAMMAR, "number", batch('[{"n":"gw-1:d:p:q","v":1}]')),
    (
        Refusal.BAD_WITH_VALUE,
        "bad",
        batch('[{"n":"gw-1:d:p","v":1},{"n":"gw-1:d:p:q","vs":"bad/stale"}]'),
    ),
    (Refusal.VALUE_MISSING, "uncertain", batch('[{"n":"gw-1:d:p:q","vs":"uncertain/stale"}]')),
    (Refusal.DOUBLED_RECORD, "value", batch('[{"n":"gw-1:d:p","v":1},{"n":"gw-1:d:p","v":1}]')),
    (
        Refusal.DOUBLED_RECORD,
        "quality",
        batch('[{"n":"gw-1:d:p:q","vs":"good/ok"},{"n":"gw-1:d:p:q","vs":"bad/stale"}]'),
    ),
    (Refusal.PROPERTY_MALFORMED, "JSON", prop("key", "{")),
    (Refusal.PROPERTY_MALFORMED, "shape", prop("sent", '{"boot":"b"}')),
    (Refusal.PROPERTY_MALFORMED, "surrogate", prop("key", "\ud800")),
    (Refusal.PROPERTY_MALFORMED, "long", prop("key", " " * (PROPERTY_BYTES + 1))),
    (Refusal.PROPERTY_MALFORMED, "deep", prop("key", '{"x":' + "[" * 60_000)),
    (Refusal.PROPERTY_MALFORMED, "epoch", prop("key", '{"epoch":"ABC","seq":1,"taken":1}')),
    (Refusal.PROPERTY_MALFORMED, "seq", key('"seq":0,"taken":1')),
    (Refusal.PROPERTY_MALFORMED, "huge seq", key(f'"seq":{BIG},"taken":1')),
    (Refusal.PROPERTY_MALFORMED, "taken", key('"seq":1,"taken":0')),
    (
        Refusal.PROPERTY_MALFORMED,
        "too many covers",
        key(f'"seq":1,"taken":1,"covers":[{",".join(["[1,1,1]"] * (COVERS + 1))}]'),
    ),
    (Refusal.PROPERTY_MALFORMED, "boot", prop("base", '{"boot":"","mono":1,"clock":"unset"}')),
    (Refusal.PROPERTY_MALFORMED, "mono", prop("sent", '{"boot":"b","mono":-1,"clock":"unset"}')),
    (Refusal.PROPERTY_MALFORMED, "clock", prop("sent", '{"boot":"b","mono":1,"clock":"right"}')),
    (Refusal.PROPERTY_MALFORMED, "through", prop("through", '{"mono":-1}')),
    (Refusal.PROPERTY_MALFORMED, "through utc", prop("through", f'{{"mono":1,"utc":{BIG}}}')),
    (
        Refusal.PROPERTY_DOUBLED,
        "twice",
        lambda: parse_properties([("encoding", "raw"), ("encoding", "raw")]),
    ),
    (Refusal.COVERS_INCONSISTENT, "last", key('"seq":3,"taken":2,"covers":[[1,1,1],[2,1,1]]')),
    (Refusal.COVERS_INCONSISTENT, "order", key('"seq":2,"taken":2,"covers":[[2,1,1],[2,1,1]]')),
    (Refusal.COVERS_INCONSISTENT, "kept", key('"seq":2,"taken":2,"covers":[[1,1,2],[2,1,1]]')),
    (Refusal.COVERS_INCONSISTENT, "empty", key('"seq":2,"taken":1,"covers":[[1,0,0],[2,1,1]]')),
    (Refusal.COVERS_INCONSISTENT, "sum", key('"seq":2,"taken":9,"covers":[[1,1,1],[2,1,1]]')),
    (Refusal.STATEMENT_INCONSISTENT, "no epoch", statement("")),
    (Refusal.STATEMENT_INCONSISTENT, "number", statement(epoch(), '"n":0')),
    (Refusal.STATEMENT_INCONSISTENT, "twice", statement(f"{epoch()},{epoch(ended='true')}")),
    (Refusal.STATEMENT_INCONSISTENT, "current ended", statement(epoch(ended="true"))),
    (
        Refusal.STATEMENT_INCONSISTENT,
        "two current",
        statement(f"{epoch()},{epoch(name='f' * 16)}"),
    ),
    (Refusal.STATEMENT_INCONSISTENT, "name", statement(epoch(name="ABC"))),
    (Refusal.STATEMENT_INCONSISTENT, "prev", statement(epoch(',"prev":"x"'))),
    (Refusal.STATEMENT_INCONSISTENT, "floor", statement(epoch(',"floor":3'))),
    (Refusal.STATEMENT_INCONSISTENT, "fewer readings than keys", statement(epoch(last=6))),
    (Refusal.STATEMENT_INCONSISTENT, "huge base", statement(epoch(f',"base":{BIG}'))),
    (Refusal.STATEMENT_INCONSISTENT, "reason", statement(epoch(',"dropped":{"Disk Full":1}'))),
    (Refusal.STATEMENT_INCONSISTENT, "dropped 0", statement(epoch(',"dropped":{"x":0}'))),
    (Refusal.STATEMENT_INCONSISTENT, "dropped more", statement(epoch(',"dropped":{"x":3,"y":3}'))),
    (
        Refusal.STATEMENT_INCONSISTENT,
        "too many reasons",
        statement(
            epoch(',"taken":99,"dropped":{' + ",".join(f'"r{n}":1' for n in range(33)) + "}")
        ),
    ),
    (
        Refusal.STATEMENT_INCONSISTENT,
        "too many epochs",
        statement(
            ",".join(epoch(name=f"{n:016x}", ended="true" if n else "false") for n in range(33))
        ),
    ),
]


def _with_dictionary(payload: bytes) -> bytes:
    packer = zlib.compressobj(zdict=b"x" * 99)
    return packer.compress(payload) + packer.flush()


@pytest.mark.parametrize(
    ("reason", "example"),
    [pytest.param(reason, example, id=f"{reason}: {why}") for reason, why, example in EXAMPLES],
)
def test_is_refused_by_name(reason: Refusal, example: Example) -> None:
    with pytest.raises(WireError) as refused:
        example()
    assert refused.value.reason is reason
    assert len(refused.value.detail) <= DETAIL


def test_every_reason_has_an_example_here_or_belongs_to_admission() -> None:
    provoked = {reason for reason, _, _ in EXAMPLES}
    assert provoked | ADMISSION == set(Refusal)
    assert not provoked & ADMISSION


@pytest.mark.parametrize(
    "example",
    [
        receipt(),
        birth(),
        birth(devices=f"[{device('a')}]"),
        key('"seq":1,"taken":1'),
        statement(epoch()),
        one('"v":1'),
        one('"v":1,"u":"%"'),
        one('"v":1,"bver":5'),
    ],
)
def test_the_frames_of_the_examples_are_themselves_accepted(example: Example) -> None:
    example()


def test_says_the_reason_and_the_detail() -> None:
    error = WireError(Refusal.NO_VALUE, "record 3")
    assert str(error) == "no_value: record 3"
    assert (error.reason, error.detail) == (Refusal.NO_VALUE, "record 3")
