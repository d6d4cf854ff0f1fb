"""The wire under any input: what we write is read back whole, what others write never breaks us."""

import json
import re
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wire.batch import Batch, decode_batch, encode_batch
from wire.bounds import (
    COUNT,
    EARLIEST_US,
    EPOCHS_STATED,
    INFLATED_BYTES,
    LATEST_US,
    MONO,
    RANGES,
    RELATIVE_SECONDS,
    SENT_BYTES,
)
from wire.codec import pack, unpack
from wire.command import Command, Config, Result, decode_command
from wire.envelope import (
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
from wire.identity import decode_birth, decode_status
from wire.quality import GOOD, Limit, Quality, Status, parse_quality
from wire.quantity import PRIMARY_UNITS
from wire.ranges import Ranges
from wire.reading import Reading
from wire.receipt import Echo, Receipt, decode_receipt, encode_receipt
from wire.refusal import WireError
from wire.statement import EpochStatement, Statement
from wire.topic import Down, Lane, Up, UpTopic, down, parse_down, parse_up, up

ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)
points = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
counts = st.integers(0, COUNT)
monos = st.integers(0, MONO)
times = st.integers(EARLIEST_US, LATEST_US - 1)
offsets = st.integers(-RELATIVE_SECONDS * 10**6 + 1, RELATIVE_SECONDS * 10**6 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
numbers = st.floats(allow_nan=False, allow_infinity=False)
epochs = st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}")
boots = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
clocks = st.sampled_from(list(ClockState))
qualities = st.builds(
    Quality, st.sampled_from(list(Status)), points, st.sampled_from(list(Limit)), st.booleans()
) | st.just(GOOD)


@st.composite
def readings(draw: st.DrawFn, when: st.SearchStrategy[int]) -> Reading:
    quality, unit = draw(qualities), None
    value: float | bool | str | None = None
    if quality.status is not Status.BAD:
        value = draw(numbers | st.booleans() | texts)
    if isinstance(value, float):
        unit = draw(st.none() | st.sampled_from(sorted(PRIMARY_UNITS)))
    return Reading(draw(ids), draw(points), draw(when), value, unit, quality)


def place(reading: Reading) -> tuple[str, str, int]:
    return reading.device, reading.point, reading.time_us


def batches_of(when: st.SearchStrategy[int], *, relative: bool) -> st.SearchStrategy[Batch]:
    some = st.lists(readings(when), min_size=1, max_size=12, unique_by=place)
    return st.builds(Batch, ids, some.map(tuple), st.just(relative))


batches = (
    batches_of(times, relative=False)
    | batches_of(offsets, relative=True)
    | st.builds(Batch, ids, st.just(()))
)


@given(batches)
def test_a_batch_is_read_back_whole_to_the_microsecond(batch: Batch) -> None:
    assert decode_batch(encode_batch(batch), batch.gateway) == batch
    assert decode_batch(encode_batch(batch, tight=True), batch.gateway) == batch


@given(times, times)
@example(EARLIEST_US, LATEST_US - 1)
def test_times_a_lifetime_apart_stay_exact_in_one_batch(first: int, second: int) -> None:
    pair = (Reading("a", "p", first, 1.0), Reading("a", "q", second, 1.0))
    assert decode_batch(encode_batch(Batch("g", pair)), "g").readings == pair
    assert decode_batch(encode_batch(Batch("g", pair), tight=True), "g").readings == pair


@given(qualities)
def test_a_quality_is_read_back(quality: Quality) -> None:
    assert parse_quality(str(quality)) == quality


@given(st.binary(max_size=4_000) | batches.map(encode_batch))
def test_what_is_packed_is_unpacked(payload: bytes) -> None:
    sent, encoding = pack(payload)
    assert len(sent) <= len(payload)
    assert unpack(sent, encoding) == payload


@st.composite
def keys(draw: st.DrawFn) -> Key:
    taken = draw(st.lists(st.integers(1, 5_000), max_size=8))
    if not taken:
        return Key(draw(epochs), draw(st.integers(1, COUNT)), draw(st.integers(1, COUNT)))
    steps = draw(st.lists(st.integers(1, 9), min_size=len(taken), max_size=len(taken)))
    seqs = list(accumulate(steps))
    covers = tuple(
        Cover(seq, many, draw(st.integers(0, many))) for seq, many in zip(seqs, taken, strict=True)
    )
    return Key(draw(epochs), seqs[-1], sum(taken), covers)


@st.composite
def epoch_statements(draw: st.DrawFn, name: str, *, ended: bool) -> EpochStatement:
    last = draw(st.integers(0, COUNT - 1))
    taken = draw(st.integers(last, COUNT))
    share = taken // 4
    dropped = draw(st.dictionaries(points, st.integers(1, share), max_size=4)) if share else {}
    return EpochStatement(
        epoch=name,
        floor=draw(st.integers(1, last + 1)),
        last=last,
        ended=ended,
        taken=taken,
        base=draw(counts),
        prev=draw(st.none() | epochs),
        dropped=dropped,
    )


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    names = draw(st.lists(epochs, min_size=1, max_size=EPOCHS_STATED, unique=True))
    listed = tuple(draw(epoch_statements(name, ended=at > 0)) for at, name in enumerate(names))
    return Statement(draw(st.integers(1, COUNT)), listed, draw(st.booleans()))


envelopes = st.builds(
    Envelope,
    st.sampled_from(list(Encoding)),
    st.none() | keys(),
    st.none() | statements(),
    st.none() | st.builds(Base, boots, monos, clocks),
    st.none() | st.builds(Sent, boots, monos, clocks),
    st.none() | st.builds(Through, monos, st.none() | times),
)


@given(envelopes)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_an_envelope_is_read_back_whole(envelope: Envelope) -> None:
    assert parse_properties(to_properties(envelope)) == envelope
    assert parse_properties(to_properties(envelope, short=True)) == envelope


pairs = st.tuples(st.integers(1, COUNT), st.integers(1, COUNT)).map(
    lambda pair: (min(pair), max(pair))
)
receipts = st.builds(
    Receipt,
    st.sampled_from(list(Lane)),
    epochs,
    st.lists(pairs, max_size=RANGES).map(tuple),
    st.lists(epochs, max_size=EPOCHS_STATED).map(tuple),
    st.none() | st.builds(Echo, boots, monos),
    times,
    st.booleans(),
)


@given(receipts)
def test_a_receipt_is_read_back_whole(receipt: Receipt) -> None:
    assert decode_receipt(encode_receipt(receipt)) == receipt


@given(ids, st.sampled_from(list(Up)), st.sampled_from(list(Down)))
def test_a_topic_is_read_back(gateway: str, above: Up, below: Down) -> None:
    assert parse_up(up(gateway, above)) == UpTopic(gateway, above)
    assert parse_down(down(gateway, below)) == (gateway, below)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), max_size=30))
def test_ranges_are_a_set(spans: list[tuple[int, int]]) -> None:
    ranges = Ranges((low, low + more) for low, more in spans)
    keys_in = {key for low, more in spans for key in range(low, low + more + 1)}
    assert {key for low, high in ranges for key in range(low, high + 1)} == keys_in
    assert all(b[0] > a[1] + 1 for a, b in zip(list(ranges), list(ranges)[1:], strict=False))
    assert [key for key in range(75) if key in ranges] == sorted(keys_in)
    assert ranges.from_floor(30) == list(Ranges((k, k) for k in keys_in if k >= 30))


# --- strangers ---------------------------------------------------------------------------------

READERS: list[Callable[[bytes], object]] = [
    lambda payload: decode_batch(payload, "g"),
    lambda payload: decode_birth(payload, "g"),
    decode_status,
    decode_receipt,
    lambda payload: decode_command(payload, Command),
    lambda payload: decode_command(payload, Config),
    lambda payload: decode_command(payload, Result),
    lambda payload: unpack(payload, Encoding.ZLIB),
    lambda payload: unpack(payload, Encoding.ZLIB_DICTIONARY),
]
PROPERTIES = ["e", "encoding", "key", "statement", "base", "sent", "through"]
_FIELDS = """
    bn bt bu bv bs bver n u v vb vs vd s t ut x_ epoch seq taken covers epochs floor last ended base
    prev dropped partial boot mono clock utc lane have done for time gateway software name version
    connection config_hash lines devices anchors presence id kind by device action expires based_on
    toml answers outcome detail profile profile_hash line rules_hash place site
    site_class overrides rule
"""
FIELDS = re.findall(r"\w+", _FIELDS)
_WORDS = """
    g:d:p g:d: p p:q g:d:p:q bad/x good/ok m 0123456789abcdef g bulk urgent unset online action done
    boot
"""
words = st.sampled_from([*re.findall(r"\S+", _WORDS), "\ud800", "\x00"])
wild = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53, 2**63, 2**64, -(2**70), 10**300, 10**4299, 1_790_000_000, 10**15])
    | st.floats()
    | words
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=25,
)
dressed = wild | st.fixed_dictionaries({"v": wild}).map(lambda one: [{"n": "g:d:p"} | one])


def never_raises_but_wire_error(read: Callable[[], object]) -> None:
    with suppress(WireError):
        read()


@pytest.mark.parametrize("read", READERS)
@given(payload=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(read: Callable[[bytes], object], payload: bytes) -> None:
    never_raises_but_wire_error(lambda: read(payload))


@pytest.mark.parametrize("read", READERS)
@given(thing=dressed)
def test_any_json_is_read_or_refused(read: Callable[[bytes], object], thing: object) -> None:
    payload = json.dumps(thing).encode()
    never_raises_but_wire_error(lambda: read(payload))


@given(st.lists(st.tuples(st.sampled_from(PROPERTIES) | st.text(max_size=5), wild | st.text())))
def test_any_user_properties_are_read_or_refused(properties: list[tuple[str, object]]) -> None:
    said = [(name, x if isinstance(x, str) else json.dumps(x)) for name, x in properties]
    never_raises_but_wire_error(lambda: parse_properties(said))


@given(st.text(max_size=60) | st.text("lifeup/down1gbkurt+#-09\x00\n", max_size=40))
def test_any_topic_is_read_or_refused(topic: str) -> None:
    never_raises_but_wire_error(lambda: parse_up(topic))
    never_raises_but_wire_error(lambda: parse_down(topic))


@given(st.text(max_size=30))
def test_any_text_is_a_quality_or_refused(text: str) -> None:
    never_raises_but_wire_error(lambda: parse_quality(text))


@given(dressed)
def test_what_is_accepted_can_be_written_again(thing: object) -> None:
    """So a quarantined or stored batch can always be replayed through the same door."""
    try:
        batch = decode_batch(json.dumps(thing).encode(), "g")
    except WireError:
        return
    assert decode_batch(encode_batch(batch), "g") == batch


def bounded(read: Callable[[], object], seconds: float = 2.0, megabytes: int = 150) -> None:
    """Generous bounds: they tell linear from quadratic, not fast from slow."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        never_raises_but_wire_error(read)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < seconds
    assert peak < megabytes * 1_000_000


def filled(unit: bytes) -> bytes:
    return b"[" + b",".join([unit] * (INFLATED_BYTES // (len(unit) + 1) - 2)) + b"]"


HEAVY = {
    "empty records": filled(b"{}"),
    "arrays": filled(b"[]"),
    "open brackets": b"[" * INFLATED_BYTES,
    "nested records": b'[{"n":"g:d:p","v":1,"x":' * 20_000,
    "nested underscores": b'[{"n":"g:d:p","v":1,"x_":' + b"[" * 500_000,
    "one long number": b'[{"n":"g:d:p","v":' + b"9" * 500_000 + b"}]",
    "one long integer": b'[{"n":"g:d:p","v":1,"bver":' + b"9" * 500_000 + b"}]",
    "one long fraction": b'[{"n":"g:d:p","v":0.' + b"1" * 500_000 + b"}]",
    "one long exponent": b'[{"n":"g:d:p","v":1e' + b"9" * 500_000 + b"}]",
    "one long text": b'[{"n":"g:d:p","vs":"' + b"\\u00e9" * 80_000 + b'"}]',
    "one long name": b'[{"bn":"' + b":" * 500_000 + b'","v":1}]',
    "one long quality": b'[{"n":"g:d:p:q","vs":"' + b"good/" * 100_000 + b'"}]',
    "the same field": b'[{"n":"g:d:p",' + b'"v":1,' * 80_000 + b'"v":2}]',
    "many unknown fields": b"[{" + b",".join(b'"%05x_":1' % n for n in range(45_000)) + b"}]",
    "5 000 good records": b"["
    + b",".join(b'{"n":"g:d:p","v":1,"t":%d}' % n for n in range(5_000))
    + b"]",
}


@pytest.mark.parametrize("payload", list(HEAVY.values()), ids=list(HEAVY))
def test_heavy_payloads_cost_bounded_time_and_memory(payload: bytes) -> None:
    assert len(payload) <= INFLATED_BYTES
    for read in READERS:
        bounded(lambda read=read: read(payload))  # type: ignore[misc]  # bound by default


@pytest.mark.parametrize("text", ["[" * 65_000, '{"x":' * 13_000, "9" * 65_000, '"' + "x" * 65_000])
@pytest.mark.parametrize("name", PROPERTIES)
def test_heavy_properties_cost_bounded_time_and_memory(name: str, text: str) -> None:
    bounded(lambda: parse_properties([(name, text)]))


@pytest.mark.parametrize("encoding", [Encoding.ZLIB, Encoding.ZLIB_DICTIONARY])
def test_a_bomb_costs_no_more_than_the_bound(encoding: Encoding) -> None:
    bomb = zlib.compress(bytes(60_000_000), 9)
    assert len(bomb) <= SENT_BYTES
    bounded(lambda: unpack(bomb, encoding), megabytes=2)


# --- what a stranger may say (the shapes of RFC 8428 section 5.1, names in our grammar) ----------

STRANGERS = {
    "one value, now": '[{"n":"g:d:temperature","u":"Cel","v":23.1}]',
    "base name": '[{"bn":"g:d:","n":"voltage","u":"V","v":120.1},{"n":"current","u":"A","v":1.2}]',
    "base time, base unit, draft version, times back": '[{"bn":"g:d:","bt":1.790000076001e+09,'
    '"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},{"n":"current","t":-5,"v":1.2},'
    '{"n":"current","t":-4,"v":1.3},{"n":"current","v":1.7}]',
    "place and battery": '[{"bn":"g:d:","bt":1790067464,"bu":"%RH","n":"humidity","v":20},'
    '{"n":"place","u":"lon","v":24.30621},{"n":"place_b","u":"lat","v":60.07965},'
    '{"n":"battery","u":"%EL","v":98,"t":60}]',
    "several kinds of value": '[{"bn":"g:d:","n":"temperature","u":"Cel","v":23.1},'
    '{"n":"label","vs":"Machine Room"},{"n":"open","vb":false}]',
    "base value": '[{"bn":"g:d:","bv":20,"n":"a","v":1,"t":-1},{"n":"a","v":2}]',
    "update time and link": '[{"n":"g:d:p","v":1,"ut":60,"l":"[]"}]',
    "null fields": '[{"n":"g:d:p","v":1,"vs":null,"u":null,"bt":null}]',
    "spaces and escapes": '\n[ {"\\u006e" : "g:d:p" , "v" : -0.0E+1 } ]\t',
}


@pytest.mark.parametrize("text", list(STRANGERS.values()), ids=list(STRANGERS))
def test_plain_senml_is_accepted(text: str) -> None:
    batch = decode_batch(text.encode(), "g")
    assert batch.readings
    assert all(reading.quality == GOOD for reading in batch.readings)
    assert decode_batch(encode_batch(batch), "g") == batch
