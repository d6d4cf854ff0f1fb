"""A refused message once more through admission and intake, in one transaction."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec
from msgspec import structs

from ingest_server.db.journal import Kind
from ingest_server.db.lane_book import Epoch
from ingest_server.db.lane_table import load_lane, save_lane
from ingest_server.db.quarantine import counts
from ingest_server.intake.admit import Admitted, Arrival, admit
from ingest_server.intake.commit import commit
from ingest_server.intake.desk import OF_THE_MESSAGE
from wire.envelope import Cover, Key
from wire.ranges import Ranges
from wire.refusal import Refusal
from wire.topic import Lane, Up


class Replayed(StrEnum):
    """What came of a replay. After the first two the message is marked as replayed."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # what it says had come in another way
    STILL_REFUSED = "still_refused"
    FAILED = "failed"  # admitted, but intake can not enter it
    OUTDATED = "outdated"  # a birth or status of then; the gateway says anew what is so now
    ALREADY_REPLAYED = "already_replayed"
    NOT_FOUND = "not_found"


IN = frozenset({Replayed.STORED, Replayed.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Tried:
    """The outcome, and in words why it is no other."""

    outcome: Replayed
    detail: str = ""


def replay(journal: sqlite3.Connection, number: int, actor: str, now_us: int) -> Tried:
    """Try it and note the outcome with the message; whole or not at all."""
    row = journal.execute(
        "SELECT topic, payload, properties, content_type, first_us, rejected, reason, replayed"
        " FROM quarantine WHERE id = ?",
        (number,),
    ).fetchone()
    if row is None:
        return Tried(Replayed.NOT_FOUND)
    topic, payload, properties, content_type, first_us, rejected, reason, replayed = row
    if replayed:
        return Tried(Replayed.ALREADY_REPLAYED)
    pairs = msgspec.json.decode(properties, type=list[tuple[str, str]])
    keys = msgspec.json.decode(rejected or "[]", type=list[int])
    arrival = Arrival(topic, payload, pairs, content_type, first_us)
    tried = _try(journal, arrival, reason, keys, now_us)
    journal.execute(
        "UPDATE quarantine SET tried_us = ?, tried_by = ?, outcome = ?, replayed = ? WHERE id = ?",
        (now_us, actor, tried.outcome.value, tried.outcome in IN, number),
    )
    return tried


def _try(
    journal: sqlite3.Connection,
    arrival: Arrival,
    reason: str,
    rejected: Sequence[int],
    now_us: int,
) -> Tried:
    if reason == Refusal.SAME_KEY_OTHER_BYTES:
        return Tried(Replayed.STILL_REFUSED, "its key stands for the other bytes")
    admitted = admit(arrival)
    if admitted.refused is not None:
        return Tried(Replayed.STILL_REFUSED, str(admitted.refused))
    if admitted.topic is not None and admitted.topic.kind in (Up.BIRTH, Up.STATUS):
        return Tried(Replayed.OUTDATED, "the gateway says it anew when it connects")
    journal.execute("SAVEPOINT replay")
    try:
        tried = _enter(journal, _timeless(admitted), rejected, now_us)
    except OF_THE_MESSAGE as error:
        tried = Tried(Replayed.FAILED, repr(error))
    if tried.outcome not in IN:
        journal.execute("ROLLBACK TO replay")
    journal.execute("RELEASE replay")
    return tried


def _timeless(admitted: Admitted) -> Admitted:
    """Without what was said of that moment alone: an old statement would look like a clone's."""
    envelope = structs.replace(admitted.envelope, statement=None, through=None)
    return replace(admitted, envelope=envelope)


def _enter(
    journal: sqlite3.Connection, admitted: Admitted, rejected: Sequence[int], now_us: int
) -> Tried:
    before = counts(journal)
    key = admitted.envelope.key
    if admitted.topic is not None and key is not None and rejected:
        lane = Lane.URGENT if admitted.topic.kind is Up.URGENT else Lane.BULK
        _take_back(journal, admitted.topic.gateway, lane, key, rejected)
    kinds = commit(journal, [admitted], now_us).kinds
    if counts(journal) != before:
        return Tried(Replayed.STILL_REFUSED, "its key stands for other bytes")
    is_in = bool(kinds & {Kind.URGENT, Kind.BULK, Kind.RESULT})
    return Tried(Replayed.STORED if is_in else Replayed.DUPLICATE)


def _take_back(
    journal: sqlite3.Connection, gateway: str, lane: Lane, key: Key, rejected: Sequence[int]
) -> None:
    """The server lacks these keys again, as if they had never come: then intake takes them."""
    book = load_lane(journal, gateway, lane)
    epoch = book.epoch(key.epoch)
    for cover in key.covers or (Cover(key.seq, key.taken, key.taken),):
        if cover.seq not in rejected or cover.seq not in epoch.had:
            continue
        _forget(epoch, cover)
        journal.execute(
            "DELETE FROM digest WHERE gateway = ? AND lane = ? AND epoch = ? AND seq = ?",
            (gateway, lane.value, key.epoch, cover.seq),
        )
    save_lane(journal, gateway, lane, book)


def _forget(epoch: Epoch, cover: Cover) -> None:
    left = Ranges()
    for low, high in epoch.had:
        for start, end in ((low, min(high, cover.seq - 1)), (max(low, cover.seq + 1), high)):
            if start <= end:
                left.add(start, end)
    epoch.had = left
    epoch.had_taken -= cover.taken
    epoch.rejected -= cover.taken
