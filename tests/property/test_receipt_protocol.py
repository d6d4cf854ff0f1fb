"""The receipt protocol: real gateway buffer, real server journal, a network that does its worst.

Rules: take, publish, heartbeat, birth, crash, roll-back, clone, thin, give up; the server's back-up
and restore; messages lost, doubled, reordered. Held: P1 (conservation), P2 (delete only what the
server has), single counting, quiescence in three lossless rounds, closure of epochs.
"""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge_agent.buffer import rows, stored
from edge_agent.buffer.row_id import span_of_lane
from edge_agent.buffer.statement import cut
from edge_agent.buffer.thinning import INTERVALS_US, Candidate, Thinned, thin
from edge_agent.buffer.unpacking import neighbours, packed
from ingest_server.db.journal import Kind, entries_after, migrate_journal
from ingest_server.db.lane_table import lanes, load_lane
from ingest_server.intake.admit import Arrival, admit
from ingest_server.intake.commit import commit
from ingest_server.intake.sequence import account
from runtime.database import run_transaction
from wire.batch import Batch, encode_batch
from wire.codec import content_type, pack
from wire.envelope import Base, ClockState, Encoding, Envelope, Sent, Through, to_properties
from wire.identity import Birth, Software, encode_identity
from wire.reading import Reading
from wire.receipt import Receipt, decode_receipt, encode_receipt
from wire.topic import Lane, Up, up

GATEWAY = "gw-001"
START_US = 1_763_700_000_000_000
HOUR_US = 3_600_000_000
KINDS = {Lane.URGENT: Up.URGENT, Lane.BULK: Up.BULK}


def memory(image: bytes | None = None) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    if image is not None:
        connection.deserialize(image)
    return connection


@dataclass
class Gateway:
    """One running agent: its disk, its epoch (drawn at each start) and its statement numbers."""

    disk: sqlite3.Connection
    epoch: str
    numbers: Counter[Lane] = field(default_factory=Counter)
    published: set[int] = field(default_factory=set)
    limit: int = 32

    def envelope(self, lane: Lane, row: rows.Row | None, now_us: int) -> Envelope:
        self.numbers[lane] += 1
        return Envelope(
            encoding=Encoding.RAW if row is None else row.encoding,
            key=None if row is None else row.key,
            statement=cut(
                rows.state(self.disk, lane, self.epoch),
                self.numbers[lane],
                self.limit,
            ),
            base=None if row is None else row.base,
            sent=Sent("boot", now_us // 1_000 % 10**10, ClockState.SYNCHRONISED),
            through=Through(1, now_us),
        )


class ReceiptProtocol(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now_us = START_US
        self.epochs = 0
        self.readings = 0
        self.truth: dict[tuple[str, Lane, int], set[int]] = {}
        self.given_up: set[tuple[str, Lane, int]] = set()
        self.ever_had: set[tuple[str, Lane, int]] = set()
        self.thinned: set[int] = set()
        self.up: list[Arrival] = []
        self.down: list[tuple[int, bytes]] = []
        self.rolled_back = self.cloned = self.restored = False
        self.server = memory()
        migrate_journal(self.server)
        self.back_up = self.server.serialize()
        first = memory()
        rows.migrate(first)
        self.gateways = [Gateway(first, self._epoch())]
        self.image = first.serialize()

    @initialize(limit=st.sampled_from([2, 32]))
    def stated_at_most(self, limit: int) -> None:
        self.gateways[0].limit = limit

    def _epoch(self) -> str:
        self.epochs += 1
        return f"{self.epochs:016x}"

    def _gateway(self, pick: int) -> Gateway:
        return self.gateways[pick % len(self.gateways)]

    # The gateway

    @rule(pick=st.integers(0, 9), lane=st.sampled_from(Lane), count=st.integers(1, 4))
    def take(self, pick: int, lane: Lane, count: int) -> None:
        gateway = self._gateway(pick)
        ids = set(range(self.readings + 1, self.readings + 1 + count))
        self.readings += count
        batch = Batch(
            GATEWAY,
            tuple(Reading("d", "p", self.now_us + i, float(i), "m") for i in sorted(ids)),
        )
        payload, encoding = pack(encode_batch(batch))
        draft = rows.Draft(count, Base("boot", 1, ClockState.SYNCHRONISED), encoding, payload)
        run_transaction(
            gateway.disk,
            lambda disk: rows.commit(disk, lane, gateway.epoch, [draft]),
        )
        last = rows.state(gateway.disk, lane, gateway.epoch)[0].last
        self.truth[gateway.epoch, lane, last] = ids

    @rule(pick=st.integers(0, 9), lane=st.sampled_from(Lane), which=st.integers(0, 20))
    def publish(self, pick: int, lane: Lane, which: int) -> None:
        gateway = self._gateway(pick)
        held = rows.rows_after(gateway.disk, lane, 0, 100)
        if held:
            self._publish(gateway, lane, held[which % len(held)])

    def _publish(self, gateway: Gateway, lane: Lane, row: rows.Row | None) -> None:
        gateway.published |= set() if row is None else {row.id}
        envelope = gateway.envelope(lane, row, self.now_us)
        self.up.append(
            Arrival(
                up(GATEWAY, KINDS[lane]),
                b"[]" if row is None else row.payload,
                to_properties(envelope),
                content_type(envelope.encoding),
                self.now_us,
            ),
        )

    @rule(pick=st.integers(0, 9), lane=st.sampled_from(Lane))
    def heartbeat(self, pick: int, lane: Lane) -> None:
        self._publish(self._gateway(pick), lane, None)

    @rule(pick=st.integers(0, 9))
    def birth(self, pick: int) -> None:
        gateway = self._gateway(pick)
        birth = Birth(GATEWAY, Software("edge-agent", "0"), "boot", 1, "0" * 16, (), ())
        envelope = gateway.envelope(Lane.BULK, None, self.now_us)
        self.up.append(
            Arrival(
                up(GATEWAY, Up.BIRTH),
                encode_identity(birth),
                to_properties(envelope),
                "application/json",
                self.now_us,
            ),
        )

    @rule(pick=st.integers(0, 9))
    def crash(self, pick: int) -> None:
        """SIGKILL or power cut: what was committed stays, the next start draws another epoch."""
        gateway = self._gateway(pick)
        gateway.epoch = self._epoch()
        gateway.numbers.clear()
        gateway.published.clear()  # that mark need not be durable

    @rule(pick=st.integers(0, 9), lane=st.sampled_from(Lane))
    def give_up_the_oldest(self, pick: int, lane: Lane) -> None:
        gateway = self._gateway(pick)
        for row in rows.rows_after(gateway.disk, lane, 0, 1):
            run_transaction(gateway.disk, partial(rows.give_up, number=row.id, reason="full"))
            seqs = [cover.seq for cover in row.key.covers] or [row.key.seq]
            self.given_up |= {(row.key.epoch, lane, seq) for seq in seqs}

    @rule(
        pick=st.integers(0, 9),
        lane=st.sampled_from(Lane),
        interval_us=st.sampled_from(INTERVALS_US),
    )
    def thin_what_is_not_published(self, pick: int, lane: Lane, interval_us: int) -> None:
        gateway = self._gateway(pick)
        found = stored.between(gateway.disk, span_of_lane(lane))
        for group in neighbours(found, gateway.published, GATEWAY):
            for one in thin(group, interval_us):
                self._thin(gateway, group, one)

    def _thin(self, gateway: Gateway, group: list[Candidate], one: Thinned) -> None:
        packed_anew = packed(GATEWAY, one)
        assert packed_anew is not None
        run_transaction(
            gateway.disk,
            lambda disk: rows.thin(disk, one.numbers, one.covers, one.base, packed_anew),
        )
        gone = [row for row in group if row.id in one.numbers]
        before = {r.value for row in gone for part in row.parts for r in part.readings}
        self.thinned |= {int(v) for v in before - {r.value for r in one.readings} if v is not None}

    @rule(pick=st.integers(0, 9))
    def image_of_the_card(self, pick: int) -> None:
        self.image = self._gateway(pick).disk.serialize()

    @rule(pick=st.integers(0, 9))
    def roll_back(self, pick: int) -> None:
        """The card is restored from its image."""
        gateway = self._gateway(pick)
        gateway.disk = memory(self.image)
        self.crash(pick)
        self.rolled_back = True

    @precondition(lambda self: len(self.gateways) < 3)
    @rule()
    def clone(self) -> None:
        """The image runs in a second gateway with the same id."""
        self.gateways.append(Gateway(memory(self.image), self._epoch()))
        self.cloned = True

    # The network

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 50))
    def arrive(self, which: int) -> None:
        self._arrive([self.up.pop(which % len(self.up))])

    @precondition(lambda self: self.up)
    @rule()
    def arrive_together(self) -> None:
        messages, self.up = self.up, []
        self._arrive(messages)

    def _arrive(self, messages: list[Arrival]) -> None:
        self.now_us += 1_000_000
        admitted = [admit(message) for message in messages]
        assert not [one.refused for one in admitted if one.refused]
        committed = run_transaction(
            self.server,
            lambda connection: commit(connection, admitted, self.now_us),
        )
        for answer in committed.answers:
            payload = encode_receipt(answer.receipt)
            self.down += [(index, payload) for index in range(len(self.gateways))]
        self._note_what_is_had()

    def _note_what_is_had(self) -> None:
        for gateway, lane in lanes(self.server):
            for name, epoch in load_lane(self.server, gateway, lane).epochs.items():
                for low, high in epoch.had:
                    self.ever_had |= {(name, lane, seq) for seq in range(low, high + 1)}

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 50))
    def double(self, which: int) -> None:
        self.up.append(self.up[which % len(self.up)])

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 50))
    def lose(self, which: int) -> None:
        self.up.pop(which % len(self.up))

    @precondition(lambda self: self.down)
    @rule(which=st.integers(0, 50))
    def receive(self, which: int) -> None:
        self._receive(*self.down.pop(which % len(self.down)))

    @precondition(lambda self: self.down)
    @rule(which=st.integers(0, 50))
    def lose_receipt(self, which: int) -> None:
        self.down.pop(which % len(self.down))

    def _receive(self, index: int, payload: bytes) -> None:
        gateway = self.gateways[index]
        receipt = decode_receipt(payload)
        before = self._held(gateway, receipt)
        run_transaction(
            gateway.disk,
            lambda disk: rows.receive(disk, receipt, gateway.epoch),
        )
        for key in before - self._held(gateway, receipt):
            assert key in self.ever_had, "P2: deleted what the server never had"

    def _held(self, gateway: Gateway, receipt: Receipt) -> set[tuple[str, Lane, int]]:
        held = rows.rows_after(gateway.disk, receipt.lane, 0, 1_000)
        return {(row.key.epoch, row.lane, row.key.seq) for row in held}

    @rule()
    def everything_arrives(self) -> None:
        """A calm hour: what is held goes up, what is answered comes down."""
        self._lossless_round()

    # The server

    @rule()
    def back_the_server_up(self) -> None:
        self.back_up = self.server.serialize()

    @rule()
    def restore_the_server(self) -> None:
        self.server = memory(self.back_up)
        self.restored = True

    # What holds

    @invariant()
    def gateway_ledgers_balance(self) -> None:
        for gateway in self.gateways:
            for lane in Lane:
                book = rows.ledger(gateway.disk, lane)
                rest = book.stored + book.buffered + book.thinned + sum(book.dropped.values())
                assert book.taken == rest

    @invariant()
    def every_reading_is_stored_at_most_once(self) -> None:
        stored = self._stored()
        assert max(stored.values(), default=1) == 1

    @invariant()
    def accounts_add_up(self) -> None:
        stored = 0
        for gateway, lane in lanes(self.server):
            for epoch in load_lane(self.server, gateway, lane).epochs.values():
                a = account(epoch)
                parts = (a.stored, a.rejected, a.thinned, a.lost_after_receipt, a.buffered)
                assert min(parts) >= 0
                assert a.taken == sum(parts) + sum(a.dropped.values())
                stored += a.stored
        assert stored == sum(self._stored().values())

    def _stored(self) -> Counter[int]:
        entries = entries_after(self.server, [Kind.URGENT, Kind.BULK], 0, 10_000)
        return Counter(
            int(reading.value)
            for entry in entries
            for reading in entry.readings
            if isinstance(reading.value, float)
        )

    def teardown(self) -> None:
        self.up.clear()
        self.down.clear()
        longest = max(
            len(rows.state(gateway.disk, lane, gateway.epoch))
            for gateway in self.gateways
            for lane in Lane
        )
        for _ in range(3 if self.gateways[0].limit > 2 else 3 * longest):
            self._lossless_round()
        self._all_is_quiet()
        self.now_us += 25 * HOUR_US
        self._lossless_round()
        self._all_is_closed_and_counted()

    def _lossless_round(self) -> None:
        for gateway in self.gateways:
            for lane in Lane:
                for row in rows.rows_after(gateway.disk, lane, 0, 1_000):
                    self._publish(gateway, lane, row)
                self._publish(gateway, lane, None)
        messages, self.up = self.up, []
        self._arrive(messages)
        for index, payload in self.down:
            self._receive(index, payload)
        self.down.clear()

    def _all_is_quiet(self) -> None:
        for gateway in self.gateways:
            for lane in Lane:
                assert rows.ledger(gateway.disk, lane).buffered == 0
                stated = rows.state(gateway.disk, lane, gateway.epoch)
                assert [one.epoch for one in stated] == [gateway.epoch]

    def _all_is_closed_and_counted(self) -> None:
        current = {gateway.epoch for gateway in self.gateways}
        taken = lost = 0
        for gateway, lane in lanes(self.server):
            for epoch in load_lane(self.server, gateway, lane).epochs.values():
                a = account(epoch)
                taken += a.taken
                lost += a.lost_after_receipt
                assert a.buffered == 0
                assert epoch.closed or epoch.epoch in current
        truth = sum(len(ids) for ids in self.truth.values())
        if not (self.rolled_back or self.cloned):
            assert taken == truth
        if not (self.rolled_back or self.cloned or self.restored):
            assert lost == 0
            self._nothing_is_missing()

    def _nothing_is_missing(self) -> None:
        stored = set(self._stored())
        for key, ids in self.truth.items():
            assert ids <= stored | self.thinned or (key in self.given_up and not ids & stored)


ReceiptProtocol.TestCase.settings = settings(
    max_examples=100,  # of sixty steps each: the dearest of all properties
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestReceiptProtocol = ReceiptProtocol.TestCase
