"""A link in readings: what is said, when it is said, and that a dead device is not a poor link."""

import pytest
from msgspec.structs import replace

from alarm_rules.link import LINK_BAD
from edge_agent.health import DeviceHealth, DeviceState, UnitHealth
from edge_agent.link_count import LinkCount
from edge_agent.link_readings import MINUTE_US, UNITS, LinkBook, link_of
from wire.quality import GOOD
from wire.quantity import PRIMARY_UNITS
from wire.reading import is_of_link

COUNT = LinkCount(polls=60, good=60, reply_p50_us=20_000, reply_p99_us=45_000)
DEVICE = DeviceHealth(
    "smoke-01", "shed", DeviceState.ANSWERING, 0, 0, "", GOOD, "period", 0, is_test=False,
    link=COUNT,
)  # fmt: skip


def told(book: LinkBook, minute: int, polls: int, good: int, **other: int) -> dict[str, object]:
    count = LinkCount(polls=polls, good=good, **other)
    device = replace(DEVICE, link=count)
    return {one.point: one.value for one in book.samples(device, minute * MINUTE_US)}


def test_points_are_of_the_link_in_primary_units() -> None:
    assert all(map(is_of_link, UNITS))
    assert set(UNITS.values()) <= PRIMARY_UNITS


def test_a_good_link_is_told_once_and_then_when_it_changes() -> None:
    book = LinkBook()
    first = {one.point: one.value for one in book.samples(DEVICE, MINUTE_US)}
    assert first["link_reply_p50"] == 0.02
    assert first["link_time_outs"] == 0
    assert LINK_BAD not in first  # of one look nothing is known
    more = replace(DEVICE, link=replace(COUNT, polls=120, good=120))
    assert {one.point for one in book.samples(more, 2 * MINUTE_US)} == {LINK_BAD}
    slower = replace(COUNT, polls=180, good=180, reply_p50_us=30_000)
    assert {one.point for one in book.samples(replace(DEVICE, link=slower), 3 * MINUTE_US)} == {
        "link_reply_p50"
    }


def test_the_share_looks_back_ten_minutes_and_crosses_its_set_point_at_once() -> None:
    book = LinkBook()
    told(book, 0, 0 + 1, 1)
    assert told(book, 1, 61, 61)[LINK_BAD] == 0
    assert told(book, 2, 121, 101, time_outs=20) == {
        LINK_BAD: pytest.approx(0.1667, abs=1e-4),
        "link_time_outs": 20,
    }
    last: dict[str, object] = {}
    for minute in range(3, 13):
        last = told(book, minute, 121 + 60 * (minute - 2), 101 + 60 * (minute - 2), time_outs=20)
    assert last[LINK_BAD] == 0


def test_of_few_polls_and_of_a_dead_device_no_share_is_told() -> None:
    book = LinkBook()
    told(book, 0, 1, 1)
    assert LINK_BAD not in told(book, 1, 9, 0)
    dead = replace(DEVICE, state=DeviceState.DEAD, link=LinkCount(polls=500, good=1))
    assert LINK_BAD not in {one.point for one in book.samples(dead, 2 * MINUTE_US)}


def test_nothing_is_told_before_the_first_poll() -> None:
    assert LinkBook().samples(replace(DEVICE, link=LinkCount()), 0) == []
    assert LinkBook().samples(replace(DEVICE, link=None), 0) == []


def test_a_refusal_of_the_device_is_a_good_exchange() -> None:
    unit = UnitHealth(1, requests=9, replies=3, exceptions=2, wrong_replies=1, too_early=1, stale=1)
    count = link_of(unit)
    assert (count.polls, count.good, count.wrong, count.late) == (9, 5, 2, 1)
