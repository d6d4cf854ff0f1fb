"""What the gateway knows of the wall clock: unset, synchronised, held over; never invented."""

from edge_agent.buffer.timebase import Timekeeper
from tests.virtual_clock import VirtualClock
from wire.envelope import ClockState


def test_an_untrusted_clock_has_no_utc() -> None:
    now = Timekeeper(VirtualClock(trusted=False)).now()
    assert (now.state, now.offset_us, now.utc_us(5)) == (ClockState.UNSET, None, None)


def test_once_trusted_it_holds_over() -> None:
    clock = VirtualClock(trusted=False)
    keeper = Timekeeper(clock)
    assert keeper.now().state is ClockState.UNSET
    clock.trusted = True
    now = keeper.now()
    assert now.state is ClockState.SYNCHRONISED
    assert now.utc_us(clock.mono) == clock.utc
    clock.trusted = False
    assert keeper.now().state is ClockState.HOLDOVER


def test_a_clock_of_1970_is_never_believed() -> None:
    clock = VirtualClock(utc=1_000_000)
    keeper = Timekeeper(clock)
    assert keeper.now().state is ClockState.UNSET
    clock.utc = 1_763_700_000_000_000
    assert keeper.now().state is ClockState.SYNCHRONISED
    clock.utc = 1_000_000
    assert keeper.now().state is ClockState.UNSET
