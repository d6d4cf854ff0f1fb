"""Half a second, then twice as long each time, at most ten."""

from edge_agent.bus.back_off import BackOff


def test_waits_grow_to_ten_seconds_and_start_anew_after_success() -> None:
    back_off = BackOff()
    assert back_off.next_us == 0
    waits = []
    for _ in range(7):
        back_off.failed(1_000)
        waits.append(back_off.next_us - 1_000)
    seconds = [wait / 1_000_000 for wait in waits]
    assert seconds == [0.5, 1, 2, 4, 8, 10, 10]
    back_off.worked()
    back_off.failed(0)
    assert back_off.next_us == 500_000
