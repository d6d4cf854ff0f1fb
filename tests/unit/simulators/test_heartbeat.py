"""A heartbeat steps, hangs, goes on, wraps and begins anew."""

from simulators.heartbeat import Heartbeat

S = 1_000_000


def test_it_steps_every_five_seconds() -> None:
    heartbeat = Heartbeat()
    assert [heartbeat.count(n * S) for n in (0, 4, 5, 9, 10, 52)] == [0, 0, 1, 1, 2, 10]


def test_it_hangs_and_goes_on() -> None:
    heartbeat = Heartbeat()
    heartbeat.beat(False, 12 * S)
    assert heartbeat.count(500 * S) == 2
    heartbeat.beat(True, 500 * S)
    assert heartbeat.count(506 * S) == 3


def test_it_wraps_and_begins_anew() -> None:
    heartbeat = Heartbeat(step_us=S)
    assert heartbeat.count(0x1_0003 * S) == 3
    heartbeat.beat(False, S)
    heartbeat.restart(100 * S)
    assert (heartbeat.count(0), heartbeat.count(102 * S)) == (0, 2)
