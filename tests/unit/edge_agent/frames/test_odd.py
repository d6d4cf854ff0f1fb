"""A device found dead, a stream that breaks: each said once in a while."""

from msgspec.structs import replace

from edge_agent.exchange import Anomaly
from edge_agent.frames.odd import Odd
from edge_agent.health import DeviceHealth, DeviceState
from edge_agent.link_count import LinkCount

MINUTE = 60_000_000
SMOKE = DeviceHealth(
    "smoke-01", "shed", DeviceState.ANSWERING, 0, 0, "", None, "period", 0, is_test=False
)  # fmt: skip
DEAD = replace(SMOKE, state=DeviceState.DEAD)


def test_a_device_found_dead_is_said_when_it_is_found() -> None:
    odd = Odd()
    assert odd.judge(SMOKE, 0) is None
    assert odd.judge(DEAD, 1) is Anomaly.DEVICE_DEAD
    assert odd.judge(DEAD, 2) is None
    assert odd.judge(SMOKE, 3) is None
    assert odd.judge(DEAD, MINUTE) is None  # again so soon
    odd.judge(SMOKE, 10 * MINUTE)
    assert odd.judge(DEAD, 11 * MINUTE) is Anomaly.DEVICE_DEAD


def test_a_stream_that_breaks() -> None:
    odd = Odd()
    radar = replace(SMOKE, waits="bytes", link=LinkCount(polls=100, good=100))
    assert odd.judge(radar, 0) is None
    assert odd.judge(replace(radar, link=LinkCount(polls=110, good=108)), 1) is None
    broken = replace(radar, link=LinkCount(polls=130, good=125))
    assert odd.judge(broken, 2) is Anomaly.BROKEN_FRAMES


def test_spoilt_replies_of_a_line_are_the_lines_own_business() -> None:
    assert Odd().judge(replace(SMOKE, link=LinkCount(polls=9)), 0) is None
