"""Another thread wakes one that waits, at once, also before it waits, and only once."""

import os
import select
import threading
from collections import deque
from collections.abc import Iterator

import pytest

from edge_agent.bus.wake import Wake
from tests.patience import PATIENCE_S

LONG_US = 60_000_000


@pytest.fixture
def wake() -> Iterator[Wake]:
    made = Wake()
    yield made
    made.close()


def is_set(wake: Wake) -> bool:
    ready, _, _ = select.select([wake.fileno()], [], [], 0)
    return bool(ready)


def test_a_waiting_thread_is_woken(wake: Wake) -> None:
    waits = threading.Thread(target=wake.wait, args=(LONG_US,))
    waits.start()
    wake.set()
    waits.join(PATIENCE_S)
    assert not waits.is_alive()


def test_what_was_set_before_the_wait_is_not_missed(wake: Wake) -> None:
    wake.set()
    wake.wait(LONG_US)
    assert is_set(wake)


def test_cleared_it_waits_again_however_often_it_was_set(wake: Wake) -> None:
    for _ in range(3):
        wake.set()
    wake.clear()
    assert not is_set(wake)
    wake.set()
    assert is_set(wake)


def test_clearing_what_is_not_set_does_not_wait(wake: Wake) -> None:
    wake.clear()
    wake.clear()
    assert not is_set(wake)


def test_clearing_what_is_not_set_asks_nothing_of_the_kernel() -> None:
    made = Wake()
    made.set()
    made.clear()
    made.close()
    made.clear()  # its descriptor is gone, and nobody notices


def test_nothing_that_was_put_before_it_was_set_is_overlooked(wake: Wake) -> None:
    put, taken = deque[int](maxlen=5_000), list[int]()

    def take() -> None:
        while len(taken) < 5_000:
            wake.wait(LONG_US)
            wake.clear()
            while put:
                taken.append(put.popleft())

    taker = threading.Thread(target=take, daemon=True)
    taker.start()
    for number in range(5_000):
        put.append(number)
        wake.set()
    taker.join(PATIENCE_S)
    assert taken == list(range(5_000))


@pytest.mark.parametrize("wait_us", [-5_000_000, 0, 1_000])
def test_a_wait_that_nobody_ends_is_over_in_time(wake: Wake, wait_us: int) -> None:
    wake.wait(wait_us)
    assert not is_set(wake)


def test_closing_gives_the_descriptor_back() -> None:
    made = Wake()
    number = made.fileno()
    made.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)


def test_no_child_inherits_it(wake: Wake) -> None:
    assert not os.get_inheritable(wake.fileno())
