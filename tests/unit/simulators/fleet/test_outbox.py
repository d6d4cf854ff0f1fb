"""Introductions go first, then urgent, then bulk; a lost connection empties it."""

from simulators.fleet.gateway import FleetGateway
from simulators.fleet.outbox import Job, Outbox, Rank
from wire.topic import Lane

GATEWAY = FleetGateway("fleet-0001", (), boot="b", epoch="0" * 16, room=1 << 20)


def test_the_order_is_by_rank_then_by_turn() -> None:
    outbox = Outbox()
    jobs = [
        Job(Rank.BULK, GATEWAY, 1),
        Job(Rank.URGENT, GATEWAY, 1),
        Job(Rank.URGENT, GATEWAY),
        Job(Rank.INTRODUCTION, GATEWAY),
        Job(Rank.BULK, GATEWAY, 2),
    ]
    for job in jobs:
        outbox.put(job)
    assert len(outbox) == 5
    assert [outbox.pop() for _ in range(6)] == [jobs[3], jobs[1], jobs[2], jobs[0], jobs[4], None]


def test_what_waits_is_handed_back_when_the_connection_goes() -> None:
    outbox = Outbox()
    outbox.put(Job(Rank.BULK, GATEWAY, 1))
    outbox.put(Job(Rank.URGENT, GATEWAY, 2))
    assert {job.seq for job in outbox.clear()} == {1, 2}
    assert outbox.pop() is None


def test_a_job_knows_its_lane() -> None:
    assert Job(Rank.BULK, GATEWAY, 1).lane is Lane.BULK
    assert Job(Rank.URGENT, GATEWAY, 1).lane is Lane.URGENT
