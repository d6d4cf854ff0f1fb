"""A gateway of a fleet says what the contract wants, within its bounds; the server admits it."""

from random import Random

import pytest

from ingest_server.intake.admit import Admitted, Arrival, admit
from runtime.mqtt_words import Message
from simulators.fleet.device import Beat, FleetDevice
from simulators.fleet.gateway import BULK_FULL, URGENT_FULL, FleetGateway, Moment
from simulators.fleet.kind import KINDS
from wire.identity import Presence
from wire.receipt import Receipt
from wire.topic import Lane

S, UTC_US = 1_000_000, 1_795_000_000_000_000
EPOCH = "00000000000000aa"


def gateway(devices: int = 3, rate: float = 2.0, room: int = 1 << 20) -> FleetGateway:
    made = FleetGateway(
        "fleet-0001",
        [
            FleetDevice(f"smoke-{n:03d}", KINDS["smoke"], Beat(rate, 0.5), Random(n))
            for n in range(devices)
        ],
        boot="boot-1",
        epoch=EPOCH,
        room=room,
    )
    made.begin(S)
    return made


def at(seconds: float) -> Moment:
    return Moment(round((seconds + 1) * S), UTC_US + round(seconds * S))


def taken_by_the_server(message: Message | None) -> Admitted:
    assert message is not None
    found = admit(
        Arrival(message.topic, message.payload, message.properties, message.content_type, UTC_US)
    )
    assert found.refused is None, found.refused
    return found


def test_readings_become_a_batch_of_each_lane_that_the_server_takes() -> None:
    one = gateway()
    one.gather(at(5))
    for lane in Lane:
        assert one.lanes[lane].due(S) == [1]
        found = taken_by_the_server(one.message(lane, 1, at(5)))
        assert found.batch is not None
        assert found.envelope.key is not None
        assert found.envelope.key.taken == len(found.batch.readings)
        assert found.envelope.statement is not None
        assert found.envelope.statement.current.taken == one.lanes[lane].count.taken
        assert found.envelope.through is not None
        assert found.envelope.through.utc == UTC_US + 5 * S
    assert sum(one.lanes[lane].count.taken for lane in Lane) == one.held == 30


def test_batches_hold_at_most_a_hundred() -> None:
    one = gateway(devices=10, rate=50)
    one.gather(at(1))
    taken = [one.lanes[Lane.BULK].row(seq) for seq in (1, 2, 3)]
    assert [row.key.taken for row in taken if row] == [100, 100, 50]
    assert one.rows == 6


def test_an_alarm_is_a_batch_of_its_own() -> None:
    one = gateway()
    one.turn(one.devices[0], at(2), alarmed=True)
    found = taken_by_the_server(one.message(Lane.URGENT, 1, at(2)))
    assert found.batch is not None
    assert [(r.point, r.value, r.time_us) for r in found.batch.readings] == [
        ("smoke", True, UTC_US + 2 * S)
    ]


def test_the_short_envelope_is_for_who_reads_it_and_for_the_first_time() -> None:
    one = gateway()
    one.gather(at(5))
    spelled_out = one.message(Lane.BULK, 1, at(5))
    one.is_brief = True
    brief = one.message(Lane.BULK, 1, at(5))
    one.lanes[Lane.BULK].published(1, S)
    again = one.message(Lane.BULK, 1, at(5))
    for message in (spelled_out, brief, again):
        found = taken_by_the_server(message)
        assert found.envelope.key is not None
        assert found.envelope.key.seq == 1
    assert brief is not None
    assert len(brief.properties) == 1
    assert again is not None
    assert len(again.properties) > 1
    one.forget_connection()
    assert not one.is_brief


def test_birth_status_and_heartbeat_are_admitted() -> None:
    one = gateway()
    birth = taken_by_the_server(one.birth(at(0), 3)).birth
    assert birth is not None
    assert [device.device for device in birth.devices] == ["smoke-000", "smoke-001", "smoke-002"]
    assert birth.connection == 3
    (anchor,) = birth.anchors
    assert anchor.utc - anchor.mono * 1_000 == UTC_US - S
    status = taken_by_the_server(one.status(Presence.OFFLINE, 3)).status
    assert status is not None
    assert (status.presence, status.boot) == (Presence.OFFLINE, "boot-1")
    beat = taken_by_the_server(one.heartbeat(at(0)))
    assert beat.batch is not None
    assert not beat.batch.readings
    assert beat.envelope.through is not None
    assert beat.envelope.through.utc == UTC_US
    assert beat.envelope.key is None
    assert one.birth(at(0), 3).retain
    assert not one.heartbeat(at(0)).retain


def test_a_quiet_urgent_topic_wants_a_heartbeat_within_ten_seconds() -> None:
    one = gateway(rate=0)
    assert one.take_beat(at(9))
    assert [second for second in range(10, 40) if one.take_beat(at(second))] == [18, 27, 36]
    one.turn(one.devices[0], at(40), alarmed=True)
    one.message(Lane.URGENT, 1, at(40))
    assert not one.take_beat(at(48))
    assert one.take_beat(at(49))


def test_a_row_that_is_gone_has_no_message() -> None:
    one = gateway()
    one.gather(at(1))
    receipt = Receipt(Lane.BULK, EPOCH, ((1, 1),), (), None, UTC_US)
    (row,) = one.receive(receipt)
    assert row.key.seq == 1
    assert one.message(Lane.BULK, 1, at(1)) is None


def test_bulk_goes_before_urgent_when_there_is_no_room() -> None:
    one = gateway(room=20_000)
    for second in range(60):
        one.gather(at(second))
    urgent, bulk = one.lanes[Lane.URGENT], one.lanes[Lane.BULK]
    assert urgent.size + bulk.size <= 20_000
    assert bulk.count.dropped[BULK_FULL]
    for second in range(60, 600):
        one.gather(at(second))
    assert urgent.size <= 20_000
    assert urgent.count.dropped[URGENT_FULL]
    assert len(bulk) == 0
    assert one.held == urgent.count.held


@pytest.mark.parametrize("lane", list(Lane))
def test_readings_from_outside_are_taken_too(lane: Lane) -> None:
    one = gateway()
    other = gateway(rate=10)
    said = [reading for _, reading in other.devices[0].due(3 * S, UTC_US - S)]
    one.take(lane, said, at(5))
    assert one.lanes[lane].count.taken == len(said) > 10
    taken_by_the_server(one.message(lane, 1, at(5)))
