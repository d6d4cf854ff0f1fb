"""One hostile message in a hundred: each in the quarantine by its reason, the rest stored once."""

import asyncio
import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from msgspec import structs

from runtime.clock import SystemClock
from runtime.mqtt import Message, Outcome, Session
from simulators.broker import Broker
from tests.patience import PATIENCE_S
from tests.running_server import RunningServer, running_server
from wire.batch import Batch, encode_batch
from wire.bounds import RECORDS, SENT_BYTES
from wire.envelope import (
    SENML_JSON,
    Base,
    ClockState,
    Encoding,
    Envelope,
    Key,
    Sent,
    Through,
    to_properties,
)
from wire.reading import Reading
from wire.refusal import Refusal
from wire.statement import EpochStatement, Statement
from wire.topic import Up, up

Connect = Callable[..., Session]
GATEWAY, EPOCH = "gw-001", "5eed5eed5eed5eed"
GOOD, READINGS = 2_600, 4
BEGAN_US = SystemClock().utc_us() - 3_600_000_000
UP_MS = 86_400_000  # since when the gateway's boot runs, at BEGAN_US
TOPIC = up(GATEWAY, Up.BULK)


@dataclass(frozen=True)
class Hostile:
    """What is sent, and the reason that it must stand under. `keyed`: it burns a key."""

    reason: Refusal
    message: Message
    keyed: bool = True


def statement(last: int) -> Statement:
    """What the gateway has committed by now: READINGS for each key."""
    return Statement(
        last, (EpochStatement(EPOCH, 1, last, ended=False, taken=last * READINGS, base=0),)
    )


def envelope(seq: int, at_us: int) -> Envelope:
    mono = (at_us - BEGAN_US) // 1_000 + UP_MS
    base = Base("boot", mono, ClockState.SYNCHRONISED)
    return Envelope(
        encoding=Encoding.RAW,
        key=Key(EPOCH, seq, READINGS),
        statement=statement(seq),
        base=base,
        sent=Sent("boot", mono, ClockState.SYNCHRONISED),
        through=Through(mono, at_us),
    )


def good(seq: int) -> Message:
    at_us = BEGAN_US + seq * 1_000_000
    readings = tuple(
        Reading(f"water-{n}", "level", at_us, float(seq % 50), unit="m") for n in range(READINGS)
    )
    payload = encode_batch(Batch(GATEWAY, readings))
    return Message(TOPIC, payload, tuple(to_properties(envelope(seq, at_us))), SENML_JSON)


def record(**fields: object) -> bytes:
    one = {"n": f"{GATEWAY}:water-0:level", "u": "m", "v": 1.0, "t": BEGAN_US / 1e6}
    return json.dumps([{**one, **fields}]).encode()


def payloads() -> Iterator[tuple[Refusal, bytes]]:
    """Content of every kind of malice that a gateway's own topic can carry."""
    yield Refusal.NOT_JSON, b"[{"
    yield Refusal.NOT_JSON, b"\xff\xfe\x00"
    yield Refusal.NOT_JSON, b'[{"deep":' + b"[" * 5_000
    yield Refusal.WRONG_SHAPE, b'{"n":"x"}'
    yield Refusal.WRONG_SHAPE, record(v="wet")
    yield Refusal.NOT_JSON, record().replace(b"1.0", b"NaN")
    yield Refusal.WRONG_SHAPE, record().replace(b"1.0", b"1e999")
    yield Refusal.NOT_FINITE, record(v=1e308, bv=1e308)
    yield Refusal.TIME_RANGE, record(t=1.0e9)
    yield Refusal.TIME_RANGE, record(t=4_102_444_800)
    yield Refusal.GATEWAY_MISMATCH, record(n="gw-002:water-0:level")
    yield Refusal.NAME_GRAMMAR, record(n=f"{GATEWAY}:Water 0:level")
    yield Refusal.UNIT_UNKNOWN, record(u="furlong")
    yield Refusal.TWO_VALUES, record(vs="and this")
    yield Refusal.TOO_LARGE, b" " * (SENT_BYTES + 1)
    yield Refusal.TOO_MANY_RECORDS, b"[" + b"{}," * RECORDS + b"{}]"


def hostile(seq: int) -> list[Hostile]:
    """All of them, each under a key of its own as far as it has one."""
    found: list[Hostile] = []

    def add(reason: Refusal, *, keyed: bool = True, **changes: object) -> None:
        like = good(seq + len([one for one in found if one.keyed]))
        found.append(Hostile(reason, structs.replace(like, **changes), keyed))

    for reason, payload in payloads():
        add(reason, payload=payload)
    bomb = zlib.compress(bytes(50_000_000), 9)
    add(Refusal.INFLATES_TOO_LARGE, payload=bomb)
    found[-1] = with_property(found[-1], "encoding", "zlib")
    add(Refusal.NOT_ZLIB)
    found[-1] = with_property(found[-1], "encoding", "zlib")
    add(Refusal.CONTENT_TYPE, content_type="text/html")
    add(Refusal.ENCODING_UNKNOWN)
    found[-1] = with_property(found[-1], "encoding", "rot13")
    add(Refusal.PROPERTY_DOUBLED)
    doubled = found[-1].message.properties
    sent = next(pair for pair in doubled if pair[0] == "sent")
    found[-1] = with_properties(found[-1], (*doubled, sent))
    add(Refusal.PROPERTY_MALFORMED)
    found[-1] = with_property(found[-1], "base", "[]")
    add(Refusal.PROPERTY_MALFORMED, keyed=False)
    found[-1] = with_property(found[-1], "key", '{"epoch":"no","seq":-1,"taken":1}')
    add(Refusal.SHARD_MISMATCH, keyed=False, topic=f"lifeline/1/up/00/{GATEWAY}/bulk")
    add(Refusal.TOPIC_GRAMMAR, keyed=False, topic="lifeline/1/up/36/GW 001/bulk")
    add(Refusal.KEY_LANE, keyed=False, topic=up(GATEWAY, Up.STATUS))
    return found


def with_properties(one: Hostile, properties: tuple[tuple[str, str], ...]) -> Hostile:
    return replace(one, message=structs.replace(one.message, properties=properties))


def with_property(one: Hostile, name: str, text: str) -> Hostile:
    kept = tuple(pair for pair in one.message.properties if pair[0] != name)
    return with_properties(one, ((name, text), *kept))


async def send(session: Session, messages: list[Message]) -> None:
    """A window of 50 on its way, as a gateway does."""
    room = asyncio.Semaphore(50)

    async def publish(message: Message) -> None:
        async with room:
            outcome = await session.publish(
                message.topic,
                message.payload,
                properties=message.properties,
                content_type=message.content_type,
            )
        assert outcome is Outcome.ACCEPTED

    async with asyncio.TaskGroup() as group:
        for message in messages:
            group.create_task(publish(message))


def rows_stored(folder: Path) -> tuple[int, int]:
    """Rows of the store, and how many differ in series or time."""
    with closing(sqlite3.connect(f"file:{folder / 'store.db'}?mode=ro", uri=True)) as store:
        (rows,) = store.execute("SELECT count(*) FROM hot").fetchone()
        (distinct,) = store.execute(
            "SELECT count(*) FROM (SELECT DISTINCT series, time_us FROM hot)"
        ).fetchone()
        return int(rows), int(distinct)


async def ledger(server: RunningServer) -> dict[str, int]:
    found = await server.get(f"/v1/gateways/{GATEWAY}")
    one: dict[str, int] = found["lanes"]["bulk"]["ledger"]
    return one


async def test_each_is_set_aside_by_its_reason_and_the_rest_is_untouched(
    tmp_path: Path, broker: Broker, connect: Connect
) -> None:
    bad = hostile(GOOD + 1)
    assert len(bad) * 100 == GOOD
    messages = [good(seq) for seq in range(1, GOOD + 1)] + [one.message for one in bad]
    Random(4).shuffle(messages)
    burnt = sum(one.keyed for one in bad)
    async with running_server(tmp_path, broker) as server:
        gateway = connect(broker, GATEWAY)
        await gateway.connected()
        await server.until_ready()
        await send(gateway, messages)
        await send(gateway, messages[:200])  # the network doubles some, good and bad
        async with asyncio.timeout(PATIENCE_S):
            while (await ledger(server))["stored"] < GOOD * READINGS:
                await asyncio.sleep(0.1)
            while rows_stored(tmp_path / "data")[0] < GOOD * READINGS:
                await asyncio.sleep(0.1)
        account = await ledger(server)
        kept = (await server.get("/v1/quarantine?limit=500"))["items"]
        ready = await server.readiness()
    assert Counter(one["reason"] for one in kept) == Counter(str(one.reason) for one in bad)
    assert account["stored"] == GOOD * READINGS
    assert account["rejected"] == burnt * READINGS
    assert account["taken"] == (GOOD + burnt) * READINGS
    assert account["balanced"]
    assert account["lost_after_receipt"] == account["buffered"] == 0
    assert rows_stored(tmp_path / "data") == (GOOD * READINGS, GOOD * READINGS)
    assert ready == []
