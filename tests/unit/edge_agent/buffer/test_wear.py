"""Bytes are counted by what they were written for; a card's years follow from its endurance."""

from edge_agent.buffer.wear import Meter, Purpose, per_day, years

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
    assert per_day(1_000, 0, DAY_US // 24) == 24_000
    assert per_day(5, 7, 7) == 5 * DAY_US
    assert years(36_525_000, 1_000) == 100
    assert years(1, 0) is None
