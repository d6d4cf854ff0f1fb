"""Two devices with one address, and a line full of noise, are found out and told once."""

from edge_agent.health import LineHealth, Unasked, UnitHealth
from edge_agent.unasked import UnaskedMeter

SECOND = 1_000_000
NAMES = {1: "smoke-01", 2: "smoke-02"}
CHARACTER_US = 1_042  # 9600 8N1


def health(discarded: int = 0, *units: UnitHealth) -> LineHealth:
    return LineHealth("shed", is_open=True, discarded_bytes=discarded, units=units)


def meter(character_us: float | None = CHARACTER_US) -> UnaskedMeter:
    made = UnaskedMeter("shed", NAMES, character_us)
    assert made.look(health(), 0) == []
    return made


def unit(requests: int, stale: int, **faults: int) -> UnitHealth:
    lost = sum(faults.values())
    return UnitHealth(1, requests=requests, replies=requests - lost, stale=stale, **faults)


def test_a_device_that_answers_twice_is_named_once() -> None:
    one = meter()
    assert one.look(health(0, unit(9, 9)), 9 * SECOND) == [], "too few to say"
    (told,) = one.look(health(0, unit(20, 20)), 20 * SECOND)
    assert "smoke-01" in told
    assert "two devices may have this address" in told
    assert one.seen().doubled == ("smoke-01",)
    assert one.look(health(0, unit(40, 38)), 40 * SECOND) == []
    assert one.seen().doubled == ("smoke-01",)


def test_it_is_over_when_ten_minutes_brought_none_and_told_anew_when_it_comes_back() -> None:
    one = meter()
    assert one.look(health(0, unit(20, 20)), 20 * SECOND)
    for second in range(30, 640, 10):
        assert one.look(health(0, unit(second, 20)), second * SECOND) == []
    assert one.seen().doubled == ()
    assert len(one.look(health(0, unit(700, 60)), 700 * SECOND)) == 1


def test_late_replies_after_time_outs_are_no_second_device() -> None:
    one = meter()
    assert one.look(health(0, unit(100, 30, time_outs=30)), 60 * SECOND) == []
    assert one.look(health(0, unit(200, 43, time_outs=40)), 120 * SECOND) == []
    assert one.seen().doubled == ()


def test_few_of_many_are_not_enough() -> None:
    one = meter()
    assert one.look(health(0, unit(1_000, 30)), 60 * SECOND) == []


def test_a_unit_that_nobody_asks_has_no_name() -> None:
    one = meter()
    stranger = UnitHealth(9, stale=500)
    assert one.look(health(0, stranger), 60 * SECOND) == []


def test_bytes_a_minute_and_their_share_of_the_wire() -> None:
    one = meter()
    assert one.look(health(300), 30 * SECOND) == []
    assert one.seen() == Unasked(per_minute=300, share=300 * CHARACTER_US / (60 * SECOND))
    (told,) = one.look(health(2_300), 60 * SECOND)
    assert told.startswith("line shed hears 2300 bytes a minute that nobody asked for (4 % of")
    assert one.seen().is_loud
    assert one.look(health(4_300), 90 * SECOND) == []
    for second in range(100, 200, 10):
        assert one.look(health(4_300), second * SECOND) == []
    assert one.seen() == Unasked(share=0.0)
    assert len(one.look(health(9_300), 200 * SECOND)) == 1


def test_of_a_network_no_share_is_known() -> None:
    one = meter(character_us=None)
    assert one.look(health(90_000), 60 * SECOND) == []
    assert one.seen() == Unasked(per_minute=90_000)


def test_looks_close_together_are_one() -> None:
    one = meter()
    for tick in range(1, 2_000):
        one.look(health(tick), tick * 10_000)
    assert one.kept <= 3
    for second in range(30, 7_200, 10):
        one.look(health(2_000), second * SECOND)
    assert one.kept <= 62
