"""A device found dead, a stream that breaks: each said once in a while."""

from edge_agent.exchange import Anomaly
from edge_agent.frames.odd import Odd
from edge_agent.health import Signs

MINUTE = 60_000_000
SOUND = Signs()
DEAD = Signs(dead=("smoke-01",))
FOUND = [(Anomaly.DEVICE_DEAD, "smoke-01")]


def test_a_device_found_dead_is_said_when_it_is_found() -> None:
    odd = Odd()
    assert odd.look("shed", SOUND, 0) == []
    assert odd.look("shed", DEAD, 1) == FOUND
    assert odd.look("shed", DEAD, 2) == []
    assert odd.look("hall", SOUND, 3) == []  # another line says nothing of this one
    assert odd.look("shed", DEAD, 3) == []
    assert odd.look("shed", SOUND, 4) == []
    assert odd.look("shed", DEAD, MINUTE) == []  # again so soon
    odd.look("shed", SOUND, 10 * MINUTE)
    assert odd.look("shed", DEAD, 11 * MINUTE) == FOUND


def test_of_several_dead_devices_those_that_died_are_said() -> None:
    odd = Odd()
    odd.look("shed", DEAD, 0)
    assert odd.look("shed", Signs(dead=("smoke-01", "smoke-02")), 1) == [
        (Anomaly.DEVICE_DEAD, "smoke-02")
    ]
    assert odd.look("shed", Signs(dead=("smoke-02",)), 2) == []


def test_a_stream_that_breaks() -> None:
    odd = Odd()
    said = [odd.look("room", Signs(broken=(("radar", count),)), count) for count in (0, 2, 5, 6)]
    assert said == [[], [], [(Anomaly.BROKEN_FRAMES, "radar")], []]
