"""Bytes are counted by what they were written for; a card's years follow from its endurance."""

from edge_agent.buffer.wear import Meter, Purpose, Worn, years

DAY_US = 86_400_000_000


def test_what_came_since_belongs_to_the_transaction_before() -> None:
    meter = Meter()
    for purpose, written in (
        (Purpose.URGENT, 100),
        (Purpose.BULK, 104),
        (Purpose.RECEIPTS, 154),
        (Purpose.URGENT, None),
        (Purpose.URGENT, 160),
    ):
        meter.begin(purpose, written)
    assert meter.by_purpose == {
        Purpose.URGENT: 4,
        Purpose.BULK: 50,
        Purpose.RECEIPTS: 6,
        Purpose.ROOM: 0,
        Purpose.SALVAGE: 0,
    }


def test_a_day_and_a_card() -> None:
    assert Worn(DAY_US // 24, {Purpose.BULK: 1_000}).per_day() == {"bulk": 24_000}
    assert Worn(2 * DAY_US, {Purpose.ROOM: 6, Purpose.BULK: 4}).per_day() == {"room": 3, "bulk": 2}
    assert years(36_525_000, 1_000) == 100
    assert years(1, 0) is None


def test_an_hour_has_to_be_over_before_a_rate_is_told() -> None:
    assert Worn(DAY_US // 24 - 1, {Purpose.BULK: 1_000}).per_day() == {}
    assert Worn().per_day() == {}


def test_what_is_written_once_is_not_written_each_hour() -> None:
    hour = Worn(DAY_US // 24, {Purpose.ROOM: 10, Purpose.SALVAGE: 20, Purpose.URGENT: 1})
    assert hour.per_day() == {"room": 10, "brought_in": 20, "urgent": 24}


def test_runs_add_up() -> None:
    both = Worn(DAY_US, {Purpose.BULK: 10}) + Worn(DAY_US, {Purpose.BULK: 4, Purpose.URGENT: 2})
    assert both.over_us == 2 * DAY_US
    assert {name: size for name, size in both.per_day().items() if size} == {"bulk": 7, "urgent": 1}


def test_what_was_long_ago_counts_less_at_the_same_rate() -> None:
    year = Worn(300 * DAY_US, {Purpose.BULK: 3_000})
    assert year.lately() == Worn(30 * DAY_US, {Purpose.BULK: 300})
    assert year.lately().per_day() == year.per_day()
    month = Worn(30 * DAY_US, {Purpose.BULK: 7})
    assert month.lately() is month
