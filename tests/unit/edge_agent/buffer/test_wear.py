"""Bytes are counted by what they were written for; a card's years follow from its endurance."""

import threading
from pathlib import Path

from edge_agent.buffer.wear import Meter, Purpose, per_day, written_by_this_thread, years

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
    }


def test_a_thread_counts_what_it_wrote(tmp_path: Path) -> None:
    seen: list[int | None] = []

    def work() -> None:
        seen.append(written_by_this_thread())
        (tmp_path / "file").write_bytes(bytes(100_000))
        seen.append(written_by_this_thread())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before, after = seen
    if before is None or after is None or after == before:  # no such file, or no disk beneath
        return
    assert after - before >= 100_000


def test_a_day_and_a_card() -> None:
    assert per_day(1_000, 0, DAY_US // 24) == 24_000
    assert per_day(5, 7, 7) == 5 * DAY_US
    assert years(36_525_000, 1_000) == 100
    assert years(1, 0) is None
