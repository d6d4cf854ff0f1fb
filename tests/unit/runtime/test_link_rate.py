"""The rate of a link is found from acknowledgements alone, whatever the link and the messages."""

from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.link_rate import START_BYTES, Departure, LinkRate

US = 1_000_000


class PacedLink:
    """Carries `per_second` bytes, one after the other, and answers `trip_us` later."""

    def __init__(self, per_second: int, trip_us: int) -> None:
        self._per_second, self._trip_us = per_second, trip_us
        self._free_us = 0.0
        self.under_way: deque[tuple[int, Departure]] = deque()
        self.rate = LinkRate()
        self.now_us = 0

    def send(self, size: int) -> None:
        self._free_us = max(self._free_us, self.now_us) + size * US / self._per_second
        self.under_way.append(
            (round(self._free_us + self._trip_us), self.rate.sent(size, self.now_us))
        )

    def hear(self) -> None:
        at_us, departure = self.under_way.popleft()
        self.now_us = max(self.now_us, at_us)
        self.rate.acknowledged(departure, self.now_us)

    def busy_for(self, sizes: list[int]) -> int:
        """Send all as the allowance lets them, one at least; the most that was under way."""
        most = 0
        for size in sizes:
            while self.under_way and self.rate.under_way + size > self.rate.allowance:
                self.hear()
            self.send(size)
            most = max(most, self.rate.under_way)
        return most


SIZES = st.lists(st.integers(100, 1_500), min_size=60, max_size=120)


@given(st.integers(2_000, 10_000_000), st.integers(0, 1_500_000), SIZES)
@settings(max_examples=80)
def test_it_never_exceeds_what_the_link_carries(
    per_second: int, trip_us: int, sizes: list[int]
) -> None:
    link = PacedLink(per_second, trip_us)
    for size in sizes:
        link.send(size)
    least_us = min(sizes) * US / per_second  # that the smallest takes; time is cut to whole ones
    most = min(sizes) * US / (least_us - 1)
    while link.under_way:
        link.hear()
        assert (link.rate.per_second or 0) <= most * 1.001 + 1


@given(st.integers(2_000, 50_000), st.integers(0, 700_000), SIZES)
@settings(max_examples=80)
def test_a_slow_link_holds_about_a_second_and_is_kept_busy(
    per_second: int, trip_us: int, sizes: list[int]
) -> None:
    link = PacedLink(per_second, trip_us)
    most = link.busy_for(sizes)
    assert most <= max(START_BYTES, per_second * (1 + trip_us / US) + max(sizes))
    began_us, before = link.now_us, link.rate._delivered
    link.busy_for(sizes * 8)
    carried = (link.rate._delivered - before) * US / max(link.now_us - began_us, 1)
    assert carried >= 0.5 * per_second


def test_a_fast_link_is_found_within_a_few_turns() -> None:
    link = PacedLink(10_000_000, 20_000)
    link.busy_for([700] * 2_000)
    assert link.rate.allowance > 1_000_000


def test_before_anything_is_known_it_starts_small() -> None:
    rate = LinkRate()
    assert (rate.per_second, rate.allowance) == (None, START_BYTES)


def test_a_link_that_became_slow_is_believed_after_ten_seconds() -> None:
    link = PacedLink(100_000, 0)
    link.busy_for([1_000] * 300)
    link._per_second = 4_000
    link.busy_for([1_000] * 400)
    assert link.rate.per_second is not None
    assert link.rate.per_second <= 4_100


def test_what_is_given_up_is_under_way_no_more() -> None:
    rate = LinkRate()
    rate.given_up(rate.sent(700, 1))
    assert (rate.under_way, rate.per_second) == (0, None)
