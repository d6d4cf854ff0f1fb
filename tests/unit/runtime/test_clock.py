import time
import uuid

from runtime.clock import SystemClock, Trust


def test_wall_time_is_utc_in_microseconds() -> None:
    before = time.time_ns() // 1000
    assert before <= SystemClock().utc_us() <= time.time_ns() // 1000


def test_monotonic_time_never_goes_back() -> None:
    clock = SystemClock()
    seen = [clock.mono_us() for _ in range(1000)]
    assert seen == sorted(seen)


def test_two_clocks_of_one_boot_agree() -> None:
    first, second = SystemClock(), SystemClock()
    assert first.boot == second.boot
    assert str(uuid.UUID(first.boot)) == first.boot
    assert abs(second.mono_us() - first.mono_us()) < 1_000_000


def test_the_operator_can_vouch_for_the_clock() -> None:
    assert SystemClock(Trust.SYSTEM).is_trusted()


def test_the_kernel_says_whether_it_is_synchronised() -> None:
    assert SystemClock(Trust.NTP).is_trusted() in (True, False)
