"""A device that talks by itself is looked at when it is due: nothing is told or asked later."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.transport import Stream
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Failure, Fault, Sample
from tests.shipped import PROFILES

HEARD = sorted(one.id for one in PROFILES.values() if isinstance(one.transport, Stream))
TICK_US = 10_000
TICKS = 4_000
GONE = Failure(Fault.PORT_GONE, 0, None, "pulled out")
Came = bytes | Failure


@dataclass
class Told:
    """What a driver told and asked, and when."""

    driver: StreamDriver
    said: list[tuple[int, Sample]] = field(default_factory=list)
    asked: list[tuple[int, bytes]] = field(default_factory=list)
    steps: int = 0

    def step(self, came: Came, tick: int) -> None:
        now_us = tick * TICK_US
        self.steps += 1
        if isinstance(came, Failure):
            self.said += [(tick, one) for one in self.driver.failed(came, now_us)]
            return
        self.said += [(tick, one) for one in self.driver.received(came, now_us)]
        query = self.driver.due(now_us)
        if query is not None:
            self.asked.append((tick, query))


def pieces(name: str) -> list[bytes]:
    """Whole frames, frames that break off, and frames with a wrong byte."""
    whole = [bytes.fromhex(one.frame) for one in PROFILES[name].examples]
    cut = [one[: len(one) // 2] for one in whole]
    wrong = [one[:-2] + bytes([one[-2] ^ 0x21]) + one[-1:] for one in whole]
    return [*whole, *whole, *cut, *wrong]


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, dict[int, Came]]:
    """Of a device: what comes at which tick."""
    name = draw(st.sampled_from(HEARD))
    comes: st.SearchStrategy[Came] = st.sampled_from([*pieces(name), GONE])
    tick, came = 0, dict[int, Came]()
    for gap in draw(st.lists(st.one_of(st.integers(1, 20), st.integers(1, 900)), max_size=12)):
        tick += gap
        came[tick] = draw(comes)
    return name, came


def ticked(name: str, came: dict[int, Came]) -> Told:
    """Looked at all the time."""
    told, nothing = Told(StreamDriver(PROFILES[name])), b""
    still: Came = nothing
    for tick in range(TICKS):
        if tick in came:
            still = GONE if came[tick] is GONE else nothing
        told.step(came.get(tick, still), tick)
    return told


def when_due(name: str, came: dict[int, Came]) -> Told:
    """Looked at when it has to go on, and when something comes."""
    told = Told(StreamDriver(PROFILES[name]))
    still: Came = b""
    tick = 0
    while tick < TICKS:
        if tick in came:
            still = GONE if came[tick] is GONE else b""
        told.step(came.get(tick, still), tick)
        next_us = told.driver.next_us
        due = TICKS if next_us is None else -(-next_us // TICK_US)
        tick = min([max(due, tick + 1), *(one for one in came if one > tick)])
    return told


@settings(max_examples=60, deadline=None)
@given(histories())
def test_looking_when_it_is_due_tells_and_asks_all_that_looking_all_the_time_does(
    history: tuple[str, dict[int, Came]],
) -> None:
    often, seldom = ticked(*history), when_due(*history)
    assert seldom.said == often.said
    assert seldom.asked == often.asked
    assert seldom.steps < often.steps / 4
