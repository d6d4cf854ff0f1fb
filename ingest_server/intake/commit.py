"""One transaction of intake: entries, sequence book and quarantine; then receipts may leave."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from ingest_server.db.journal import Draft, Kind, append
from ingest_server.db.lane_book import LaneBook
from ingest_server.db.lane_table import (
    KeyAt,
    digest_of,
    load_lane,
    remember_digest,
    save_lane,
)
from ingest_server.db.quarantine import Refused, note_rejected, set_aside
from ingest_server.db.retime import Retime, encode_retime
from ingest_server.intake import live, sequence
from ingest_server.intake.admit import Admitted
from ingest_server.intake.answers import Answer, Answers
from ingest_server.intake.boots import Boots, hear
from ingest_server.intake.sequence import KeyVerdict
from wire.batch import Batch
from wire.envelope import ClockState, Cover, Encoding, Key
from wire.refusal import Refusal, WireError
from wire.topic import Lane, Up, UpTopic

_LANES = {Up.URGENT: Lane.URGENT, Up.BULK: Lane.BULK, Up.BIRTH: Lane.BULK}


@dataclass(slots=True)
class Committed:
    """What may happen after the commit, in this order: receipts, then waking who reads on."""

    answers: list[Answer] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)


def commit(
    connection: sqlite3.Connection,
    messages: Iterable[Admitted],
    now_us: int,
) -> Committed:
    """Enter the messages in order; to be run inside one transaction."""
    transaction = _Transaction(connection, now_us)
    waiting = tuple(messages)
    transaction.listen(waiting)
    for admitted in waiting:
        transaction.enter(admitted)
    transaction.save()
    return transaction.committed


class _Transaction:
    def __init__(self, connection: sqlite3.Connection, now_us: int) -> None:
        self._connection = connection
        self._now_us = now_us
        self._books: dict[tuple[str, Lane], LaneBook] = {}
        self._boots = Boots(connection, self._correct)
        self._answers = Answers()
        self._aside: int | None = None  # the quarantine's id of the message under hand
        self.committed = Committed()

    def listen(self, messages: Sequence[Admitted]) -> None:
        """What all of them together show of the boots' zeros, before any is placed by them."""
        heard: dict[tuple[str, str], None] = {}
        for one in messages:
            if one.topic is not None:
                heard.update(dict.fromkeys(hear(self._boots, one.topic.gateway, one)))
        for gateway, boot in heard:
            self._boots.settle(gateway, boot)

    def _correct(self, gateway: str, retime: Retime) -> None:
        self._append(_retimed(gateway, retime, self._now_us))
        for lane in Lane:
            at = (gateway, lane)
            book = self._books.get(at) or load_lane(self._connection, gateway, lane)
            if book.through_us is not None:
                book.through_us = retime.moved(book.through_us)
                self._books[at] = book
            if book.live is not None:
                live.move(book, retime)
                self._books[at] = book

    def save(self) -> None:
        self._boots.save()
        for (gateway, lane), book in self._books.items():
            save_lane(self._connection, gateway, lane, book)
        self.committed.answers = self._answers.receipts(self._books, self._now_us)

    def enter(self, admitted: Admitted) -> None:
        refused = admitted.refused
        self._aside = None if refused is None else self._set_aside(admitted, refused)
        topic = admitted.topic
        if topic is None:
            return
        if admitted.birth is not None:
            for anchor in admitted.birth.anchors:
                self._boots.anchor(topic.gateway, anchor)
            self._append(_identity(Kind.BIRTH, topic, admitted))
        if admitted.status is not None:
            self._append(_identity(Kind.STATUS, topic, admitted))
        if admitted.result is not None:
            self._append(_identity(Kind.RESULT, topic, admitted))
        if topic.kind in _LANES and (admitted.refused is None or topic.kind is not Up.BIRTH):
            self._enter_lane(admitted, topic, _LANES[topic.kind])

    def _set_aside(self, admitted: Admitted, error: WireError) -> int:
        gateway = None if admitted.topic is None else admitted.topic.gateway
        return set_aside(
            self._connection,
            Refused(
                admitted.arrival.arrival_us,
                admitted.arrival.topic,
                gateway,
                error.reason,
                error.detail,
                admitted.arrival.properties,
                admitted.arrival.payload,
                admitted.arrival.content_type,
            ),
        )

    def _enter_lane(
        self,
        admitted: Admitted,
        topic: UpTopic,
        lane: Lane,
    ) -> None:
        envelope = admitted.envelope
        book = self._book(topic.gateway, lane)
        if topic.kind is not Up.BIRTH:
            book.arrival_us = max(book.arrival_us, admitted.arrival.arrival_us)
        if envelope.key is not None:
            self._enter_key(admitted, topic, envelope.key)
        elif admitted.batch is not None and admitted.batch.readings:
            book.foreign += len(admitted.batch.readings)
            self._store(admitted, topic, admitted.batch, None)
        if envelope.statement is not None:
            sequence.hear(book, envelope.statement, self._now_us, birth=topic.kind is Up.BIRTH)
            self._complete_through(book, admitted, topic)
        self._answers.ask(topic.gateway, lane, envelope, book)

    def _enter_key(
        self,
        admitted: Admitted,
        topic: UpTopic,
        key: Key,
    ) -> None:
        lane = _LANES[topic.kind]
        book = self._book(topic.gateway, lane)
        verdict, lacking = sequence.missing(book, key)
        at = KeyAt(topic.gateway, lane, key.epoch, key.seq)
        digest = blake2b(admitted.arrival.payload, digest_size=16).digest()
        if verdict is KeyVerdict.DUPLICATE:
            self._check_same_bytes(admitted, at, digest)
            return
        batch = admitted.batch
        sequence.have(book, key.epoch, lacking, self._now_us, stored=batch is not None)
        for cover in lacking:
            remember_digest(
                self._connection,
                at._replace(seq=cover.seq),
                digest,
                thinned=bool(key.covers),
            )
        if self._aside is not None:
            note_rejected(self._connection, self._aside, [cover.seq for cover in lacking])
        if batch is not None:
            kept = None if verdict is KeyVerdict.NEW else _slices(key.covers, lacking)
            self._store(admitted, topic, batch, kept)

    def _check_same_bytes(
        self,
        admitted: Admitted,
        at: KeyAt,
        digest: bytes,
    ) -> None:
        known = digest_of(self._connection, at)
        thinned = admitted.envelope.key is not None and bool(admitted.envelope.key.covers)
        if known is not None and not known[1] and not thinned and known[0] != digest:
            detail = f"{at.lane} {at.epoch} {at.seq} stands for other bytes"
            self._set_aside(admitted, WireError(Refusal.SAME_KEY_OTHER_BYTES, detail))

    def _store(
        self,
        admitted: Admitted,
        topic: UpTopic,
        batch: Batch,
        kept: tuple[tuple[int, int], ...] | None,
    ) -> None:
        envelope, arrival_us = admitted.envelope, admitted.arrival.arrival_us
        placed = self._boots.place(topic.gateway, batch, envelope, arrival_us)
        self._append(
            Draft(
                Kind.URGENT if topic.kind is Up.URGENT else Kind.BULK,
                topic.gateway,
                arrival_us,
                placed.clock,
                placed.shift_us,
                envelope.encoding,
                admitted.arrival.payload,
                kept,
            ),
        )

    def _append(self, draft: Draft) -> None:
        append(self._connection, draft)
        self.committed.kinds.add(draft.kind)

    def _complete_through(
        self,
        book: LaneBook,
        admitted: Admitted,
        topic: UpTopic,
    ) -> None:
        envelope = admitted.envelope
        if envelope.through is None or envelope.statement is None or envelope.sent is None:
            return
        through = self._boots.through(
            topic.gateway, envelope.sent.boot, envelope.through, admitted.arrival.arrival_us
        )
        if through is None:
            return
        live.follow(book, envelope.statement, through)
        if sequence.is_complete(book, envelope.statement):
            book.through_us = max(book.through_us or through, through)

    def _book(self, gateway: str, lane: Lane) -> LaneBook:
        if (gateway, lane) not in self._books:
            self._books[gateway, lane] = load_lane(self._connection, gateway, lane)
        return self._books[gateway, lane]


def _identity(kind: Kind, topic: UpTopic, admitted: Admitted) -> Draft:
    arrival = admitted.arrival
    server = ClockState.SERVER.value
    return Draft(kind, topic.gateway, arrival.arrival_us, server, 0, Encoding.RAW, arrival.payload)


def _retimed(gateway: str, retime: Retime, now_us: int) -> Draft:
    server, payload = ClockState.SERVER.value, encode_retime(retime)
    return Draft(Kind.RETIME, gateway, now_us, server, 0, Encoding.RAW, payload)


def _slices(covers: Sequence[Cover], lacking: Sequence[Cover]) -> tuple[tuple[int, int], ...]:
    """Which readings of a thinned payload belong to the keys that the server lacks."""
    slices = []
    start = 0
    for cover in covers:
        if cover in lacking:
            slices.append((start, start + cover.kept))
        start += cover.kept
    return tuple(slices)
