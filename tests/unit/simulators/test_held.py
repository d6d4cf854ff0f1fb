"""What holds long enough is told; what breaks off starts anew."""

from simulators.held import Held

S = 1_000_000


def test_turns_on_after_a_while_and_off_after_another() -> None:
    held = Held()
    told = [held.at(s * S, so=s in range(2, 10), on_us=3 * S, off_us=2 * S) for s in range(14)]
    assert [s for s, one in enumerate(told) if one] == list(range(5, 12))


def test_a_break_starts_it_anew() -> None:
    held = Held()
    assert not held.at(0, so=True, on_us=3 * S)
    assert not held.at(2 * S, so=False, on_us=3 * S)
    assert not held.at(4 * S, so=True, on_us=3 * S)
    assert held.at(7 * S, so=True, on_us=3 * S)


def test_without_delays_it_follows_at_once() -> None:
    held = Held()
    assert held.at(0, so=True)
    assert not held.at(0, so=False)
