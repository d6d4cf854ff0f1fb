"""What waits for its commit bounds what is complete, and is put back when the disk refuses."""

from edge_agent.buffer.packing import Pending, Trail
from edge_agent.buffer.timebase import Timebase
from edge_agent.buffer.waiting import IN_FLIGHT_US, WAITING_MAXIMUM, Waiting
from edge_agent.exchange import Sample
from wire.envelope import ClockState
from wire.topic import Lane

NOW = Timebase(ClockState.UNSET, None, "boot", 60_000_000)


TRAIL = Trail("d", "level")


def pending(at_us: int) -> Pending:
    return Pending(TRAIL, Sample("level", 1.0, at_us))


def test_with_nothing_waiting_it_is_complete_up_to_what_may_be_on_its_way() -> None:
    through = Waiting().through(Lane.URGENT, NOW)
    assert (through.mono, through.utc) == ((NOW.mono_us - IN_FLIGHT_US) // 1_000, None)


def test_complete_stays_below_what_is_taken_waits_or_is_being_committed() -> None:
    waiting = Waiting()
    with waiting.being_taken(9_000_000):
        assert waiting.through(Lane.URGENT, NOW).mono < 9_000
    waiting.add(Lane.URGENT, pending(7_000_000))
    assert waiting.through(Lane.URGENT, NOW).mono < 7_000
    assert waiting.through(Lane.BULK, NOW).mono > 7_000
    with waiting.handed_over([Lane.URGENT]) as groups:
        assert groups == {Lane.URGENT: [pending(7_000_000)]}
        assert waiting.through(Lane.URGENT, NOW).mono < 7_000
        assert waiting.count(Lane.URGENT) == 0
    assert waiting.through(Lane.URGENT, NOW).mono > 7_000


def test_what_the_disk_refused_comes_before_what_came_meanwhile() -> None:
    waiting = Waiting()
    waiting.add(Lane.BULK, pending(1))
    with waiting.handed_over(Lane) as groups:
        waiting.add(Lane.BULK, pending(2))
        waiting.put_back(groups)
    with waiting.handed_over(Lane) as again:
        assert again == {Lane.BULK: [pending(1), pending(2)]}


def test_of_each_lane_a_multiple_goes_and_the_newest_wait_on() -> None:
    waiting = Waiting()
    for at_us in range(7):
        waiting.add(Lane.BULK, pending(at_us))
    with waiting.handed_over(Lane, 3) as groups:
        assert groups == {Lane.BULK: [pending(at_us) for at_us in range(6)]}
        assert waiting.count(Lane.BULK) == 1
    with waiting.handed_over(Lane, 3) as groups:
        assert groups == {}
    assert waiting.count(Lane.BULK) == 1


def test_beyond_the_bound_the_oldest_is_not_taken_and_counted() -> None:
    waiting = Waiting()
    waiting.put_back({Lane.BULK: [pending(n) for n in range(WAITING_MAXIMUM + 3)]})
    assert waiting.not_taken == 3
    with waiting.handed_over(Lane) as groups:
        assert groups[Lane.BULK][0] == pending(3)


def test_it_knows_whether_anything_waits() -> None:
    waiting = Waiting()
    assert not waiting.has_some()
    waiting.add(Lane.BULK, pending(1))
    assert waiting.has_some()
    with waiting.handed_over(Lane) as groups:
        assert not waiting.has_some()
        waiting.put_back(groups)
    assert waiting.has_some()
