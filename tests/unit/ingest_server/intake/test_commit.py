"""One transaction of intake: what is written, what is answered."""

import sqlite3
from collections.abc import Sequence

import pytest
from msgspec import structs

from ingest_server.db.journal import Kind, entries_after, lane_states, migrate_journal
from ingest_server.db.lane_table import load_lane
from ingest_server.db.quarantine import counts
from ingest_server.intake.admit import Arrival, admit
from ingest_server.intake.commit import Committed, commit
from ingest_server.intake.sequence import account
from ingest_server.notify.moment import rfc3339
from wire.batch import Batch, encode_batch
from wire.envelope import (
    Base,
    ClockState,
    Cover,
    Envelope,
    Key,
    Sent,
    Through,
    to_properties,
)
from wire.identity import Anchor, Birth, Software, encode_identity
from wire.reading import Reading
from wire.statement import EpochStatement, Statement
from wire.topic import Lane, Up, up

NOW = 1_763_700_000_000_000
EPOCH = "a" * 16
SENT = Sent("boot", 5_000, ClockState.SYNCHRONISED)


@pytest.fixture
def connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate_journal(connection)
    return connection


def batch(*times: int, relative: bool = False) -> bytes:
    readings = tuple(Reading("d", "p", at, float(i), "m") for i, at in enumerate(times))
    return encode_batch(Batch("gw", readings, relative))


def statement(number: int = 1, *, floor: int = 1, last: int = 1, taken: int = 2) -> Statement:
    return Statement(number, (EpochStatement(EPOCH, floor, last, False, taken, 0),))


def send(
    connection: sqlite3.Connection,
    payload: bytes,
    envelope: Envelope,
    kind: Up = Up.URGENT,
    arrival_us: int = NOW,
) -> Committed:
    arrival = Arrival(up("gw", kind), payload, to_properties(envelope), None, arrival_us)
    return commit(connection, [admit(arrival)], arrival_us)


def times(connection: sqlite3.Connection, kinds: Sequence[Kind] = tuple(Kind)) -> list[int]:
    entries = entries_after(connection, kinds, 0, 100)
    return [reading.time_us for entry in entries for reading in entry.readings]


def test_a_batch_is_stored_once_and_answered_each_time(connection: sqlite3.Connection) -> None:
    envelope = Envelope(key=Key(EPOCH, 1, 2), statement=statement(), sent=SENT)
    first = send(connection, batch(NOW, NOW + 1), envelope)
    again = send(connection, batch(NOW, NOW + 1), envelope)
    assert times(connection) == [NOW, NOW + 1]
    for committed in (first, again):
        (answer,) = committed.answers
        assert answer.receipt.have == ((1, 1),)
        assert answer.receipt.answers is not None
        assert (answer.receipt.answers.boot, answer.receipt.answers.mono) == ("boot", 5_000)
    assert first.kinds == {Kind.URGENT}
    assert again.kinds == set()


def test_the_same_key_with_other_bytes_goes_to_the_quarantine(
    connection: sqlite3.Connection,
) -> None:
    send(connection, batch(NOW), Envelope(key=Key(EPOCH, 1, 1)))
    send(connection, batch(NOW + 5), Envelope(key=Key(EPOCH, 1, 1)))
    assert counts(connection) == {"same_key_other_bytes": 1}
    assert times(connection) == [NOW]


def test_a_thinned_doublet_of_a_stored_key_is_no_conflict(connection: sqlite3.Connection) -> None:
    send(connection, batch(NOW), Envelope(key=Key(EPOCH, 1, 1)))
    send(connection, batch(NOW + 5), Envelope(key=Key(EPOCH, 1, 9, (Cover(1, 9, 1),))))
    assert counts(connection) == {}


def test_of_a_thinned_batch_only_the_readings_of_missing_keys_are_stored(
    connection: sqlite3.Connection,
) -> None:
    send(connection, batch(NOW + 10), Envelope(key=Key(EPOCH, 2, 1)))
    covers = (Cover(1, 5, 2), Cover(2, 1, 1), Cover(3, 4, 1))
    payload = batch(NOW, NOW + 1, NOW + 10, NOW + 20)
    send(connection, payload, Envelope(key=Key(EPOCH, 3, 10, covers)))
    assert times(connection) == [NOW + 10, NOW, NOW + 1, NOW + 20]


def test_what_is_refused_is_had_as_rejected_and_answered(connection: sqlite3.Connection) -> None:
    envelope = Envelope(key=Key(EPOCH, 1, 7), statement=statement(taken=7))
    (answer,) = send(connection, b"nonsense", envelope).answers
    assert answer.receipt.have == ((1, 1),)
    book = load_lane(connection, "gw", Lane.URGENT)
    assert account(book.epochs[EPOCH]).rejected == 7
    assert counts(connection) == {"not_json": 1}


def test_a_heartbeat_is_answered_and_moves_complete_through(
    connection: sqlite3.Connection,
) -> None:
    envelope = Envelope(statement=statement(last=0, taken=0), sent=SENT, through=Through(1, NOW))
    (answer,) = send(connection, b"[]", envelope, arrival_us=NOW + 9).answers
    assert answer.receipt.epoch == EPOCH
    (state,) = lane_states(connection)
    assert (state.arrival_us, state.through_us) == (NOW + 9, NOW)


def test_complete_through_waits_for_what_is_held(connection: sqlite3.Connection) -> None:
    envelope = Envelope(statement=statement(last=1), sent=SENT, through=Through(1, NOW))
    send(connection, b"[]", envelope)
    assert lane_states(connection)[0].through_us is None


def test_what_a_cut_list_leaves_open_keeps_its_own_epoch_from_nothing(
    connection: sqlite3.Connection,
) -> None:
    """A broken file's rows come in at the gateway: until then each statement is partial."""
    cut = structs.replace(statement(last=0, taken=0), partial=True)
    envelope = Envelope(statement=cut, sent=SENT, through=Through(1, NOW))
    send(connection, b"[]", envelope)
    later = structs.replace(envelope, statement=structs.replace(cut, n=2), through=Through(2, NOW))
    send(connection, b"[]", later, arrival_us=NOW + 9)
    (state,) = lane_states(connection)
    assert state.through_us is None
    assert (state.live_since_us, state.live_us) == (NOW + 1_000_000, NOW)


def test_an_unset_clock_is_placed_by_the_least_delayed_message(
    connection: sqlite3.Connection,
) -> None:
    def unset(mono: int, seq: int) -> Envelope:
        return Envelope(
            key=Key(EPOCH, seq, 1),
            base=Base("b", mono, ClockState.UNSET),
            sent=Sent("b", mono, ClockState.UNSET),
        )

    send(connection, batch(0, relative=True), unset(1_000, 1), arrival_us=NOW + 4_000_000)
    send(connection, batch(0, relative=True), unset(2_000, 2), arrival_us=NOW + 2_000_000)
    first, moved, second = entries_after(connection, tuple(Kind), 0, 9)
    assert [one.time_us for one in first.readings] == [NOW + 4_000_000]
    assert [one.time_us for one in second.readings] == [NOW + 2_000_000]
    assert (first.clock, second.clock) == ("unset", "unset")
    assert moved.retime is not None
    assert moved.retime.moved(NOW + 4_000_000) == NOW + 1_000_000


def test_what_came_together_is_placed_by_the_least_delayed_of_all(
    connection: sqlite3.Connection,
) -> None:
    """A queue that the broker kept while we were away moves nothing afterwards."""
    arrivals = [
        Arrival(
            up("gw", Up.URGENT),
            batch(0, relative=True),
            to_properties(
                Envelope(
                    key=Key(EPOCH, seq, 1),
                    base=Base("b", seq * 10_000, ClockState.UNSET),
                    sent=Sent("b", seq * 10_000, ClockState.UNSET),
                )
            ),
            None,
            NOW,
        )
        for seq in range(1, 6)
    ]
    commit(connection, [admit(one) for one in arrivals], NOW)
    assert times(connection) == [NOW - ago * 10_000_000 for ago in (4, 3, 2, 1, 0)]
    assert entries_after(connection, [Kind.RETIME], 0, 9) == []


def test_complete_through_moves_with_its_boot(connection: sqlite3.Connection) -> None:
    unset = Sent("b", 5_000, ClockState.UNSET)
    heartbeat = Envelope(statement=statement(last=0, taken=0), sent=unset, through=Through(4_000))
    send(connection, b"[]", heartbeat)
    assert lane_states(connection)[0].through_us == NOW - 1_000_000
    anchors = (Anchor("b", 6_000, NOW + 400_000),)
    birth = Birth("gw", Software("a", "1"), "b", 1, "c", (), (), anchors)
    committed = send(connection, encode_identity(birth), Envelope(), Up.BIRTH)
    assert committed.kinds == {Kind.BIRTH, Kind.RETIME}
    through = {one.lane: one.through_us for one in lane_states(connection)}
    assert through == {Lane.URGENT: NOW - 1_600_000, Lane.BULK: None}


def test_an_anchor_places_its_boot_exactly(connection: sqlite3.Connection) -> None:
    anchors = (Anchor("b", 1_000, NOW),)
    birth = Birth("gw", Software("a", "1"), "b", 1, "c", (), (), anchors)
    send(connection, encode_identity(birth), Envelope(), Up.BIRTH)
    envelope = Envelope(key=Key(EPOCH, 1, 1), base=Base("b", 1_500, ClockState.UNSET))
    send(connection, batch(0, relative=True), envelope, arrival_us=NOW + 60_000_000)
    assert times(connection) == [NOW + 500_000]


def test_a_birth_states_bulk(connection: sqlite3.Connection) -> None:
    birth = Birth("gw", Software("a", "1"), "b", 1, "c", (), ())
    committed = send(
        connection,
        encode_identity(birth),
        Envelope(statement=statement(last=0, taken=0), sent=SENT),
        Up.BIRTH,
    )
    assert [answer.receipt.lane for answer in committed.answers] == [Lane.BULK]
    assert committed.kinds == {Kind.BIRTH}


def test_a_stranger_is_stored_and_counted_without_a_receipt(
    connection: sqlite3.Connection,
) -> None:
    committed = send(connection, batch(NOW), Envelope(), Up.BULK)
    assert committed.answers == []
    assert load_lane(connection, "gw", Lane.BULK).foreign == 1
    assert times(connection, [Kind.BULK]) == [NOW]


def test_a_foreign_topic_touches_nothing_but_the_quarantine(
    connection: sqlite3.Connection,
) -> None:
    committed = commit(connection, [admit(Arrival("a/b", b"x", (), None, NOW))], NOW)
    assert (committed.answers, committed.kinds) == ([], set())
    assert counts(connection) == {"topic_grammar": 1}


@pytest.mark.parametrize(
    ("sent", "base"), [(2**53 - 1, 0), (5_000, 2**53 - 1)], ids=["long ago", "long ahead"]
)
def test_no_message_places_readings_beyond_what_a_year_can_say(
    connection: sqlite3.Connection, sent: int, base: int
) -> None:
    """One such reading made every list of the API that holds it fail, for everybody."""
    unset = ClockState.UNSET
    envelope = Envelope(
        key=Key(EPOCH, 1, 1), sent=Sent("boot", sent, unset), base=Base("boot", base, unset)
    )
    send(connection, batch(0, relative=True), envelope)
    assert [rfc3339(at_us) for at_us in times(connection)] == []
    assert counts(connection) == {"property_malformed": 1}
