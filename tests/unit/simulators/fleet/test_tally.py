"""Latency counts what was published; an incident is through when its marks are."""

from simulators.fleet.gateway import FleetGateway
from simulators.fleet.incident import parse_outage
from simulators.fleet.lane_buffer import Row
from simulators.fleet.tally import Drill, Tally
from wire.envelope import Encoding, Key
from wire.receipt import Receipt
from wire.topic import Lane

S = 1_000_000
EPOCH = "00000000000000aa"


def test_latency_is_from_the_first_publish() -> None:
    tally = Tally()
    rows = [Row(Key(EPOCH, seq, 1), 0, Encoding.RAW, b"", first_us) for seq, first_us in
            ((1, 3 * S), (2, 0))]  # fmt: skip
    tally.receipted(Lane.URGENT, rows, 5 * S)
    assert (tally.latency[Lane.URGENT].count, tally.latency[Lane.URGENT].maximum_us) == (1, 2 * S)
    assert tally.latency[Lane.BULK].count == 0


def test_an_incident_is_through_when_what_was_held_has_its_receipts() -> None:
    gateway = FleetGateway("fleet-0001", (), boot="b", epoch=EPOCH, room=1 << 20)
    bulk = gateway.lanes[Lane.BULK]
    bulk.commit(1, 0, Encoding.RAW, b"")
    drill = Drill(parse_outage("at=10s,for=5s"), [0])
    seen: list[int | None] = []

    def look(now_us: int) -> None:
        drill.look(now_us)
        seen.append(drill.drained_after_us)

    look(11 * S)
    drill.back(17 * S, [gateway])
    bulk.commit(1, 0, Encoding.RAW, b"")
    look(18 * S)
    bulk.receive(Receipt(Lane.BULK, EPOCH, ((1, 1),), (), None, 0))
    look(19 * S)
    look(25 * S)
    assert seen == [None, None, 4 * S, 4 * S]
    assert drill.back_after_us == 2 * S
