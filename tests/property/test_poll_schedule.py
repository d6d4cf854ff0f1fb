"""The schedule in virtual time: nobody starves, and the dead stay within their budget."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.exchange import Claim
from edge_agent.poll.schedule import (
    DEAD_AFTER,
    PROBE_US,
    SOFT_SHARE_PER_CENT,
    Schedule,
    Turn,
)

SECOND = 1_000_000
REST = 3_300_000


@dataclass
class World:
    """A line on which an exchange costs time and some devices never answer."""

    periods: dict[str, int]
    costs: dict[str, int]
    silent: set[str]
    hazards: frozenset[str] = frozenset()
    now: int = 0
    served: dict[str, list[int]] = field(default_factory=dict)
    spent_on_dead: list[tuple[int, int]] = field(default_factory=list)
    resting: dict[str, int] = field(default_factory=dict)
    misses: int = 0

    @property
    def turns(self) -> list[Turn]:
        return [self.turn(name) for name in self.periods]

    def turn(self, name: str) -> Turn:
        claim = Claim.HARD if name in self.hazards else Claim.SOFT
        return Turn(name, claim, self.periods[name])

    def run(self, until: int, schedule: Schedule) -> None:
        while self.now < until:
            choice = schedule.choose(self.now, lambda name: self.resting.get(name, 0))
            if choice.turn is None:
                assert choice.at_us > self.now
                self.now = min(choice.at_us, until)
            else:
                self.exchange(choice.turn.device, schedule)

    def exchange(self, name: str, schedule: Schedule) -> None:
        assert self.resting.get(name, 0) <= self.now
        start, known = self.now, schedule.is_dead(name)
        self.now += self.costs[name]
        self.served.setdefault(name, []).append(start)
        if name not in self.silent:
            schedule.answered(self.turn(name), start, self.now)
            schedule.finished(self.turn(name), self.now)
            return
        schedule.missed(self.turn(name), start, self.now)
        self.resting[name] = self.now + REST
        if known:
            self.spent_on_dead.append((start, self.now - start))


def world(costs: list[int], periods: list[int], silent: int) -> World:
    names = [f"device-{n}" for n in range(len(costs))]
    return World(
        dict(zip(names, periods, strict=True)),
        dict(zip(names, costs, strict=True)),
        set(names[:silent]),
    )


@st.composite
def overloaded(draw: st.DrawFn) -> World:
    count = draw(st.integers(2, 12))
    costs = draw(st.lists(st.integers(5_000, 60_000), min_size=count, max_size=count))
    periods = draw(
        st.lists(st.sampled_from((50_000, 200_000, SECOND)), min_size=count, max_size=count)
    )
    return world(costs, periods, 0)


@st.composite
def crowded(draw: st.DrawFn) -> World:
    """Hard turns that ask for at most nine tenths of the time, soft ones for more than the rest."""
    hard = draw(st.integers(1, 24))
    soft = draw(st.integers(1, 8))
    costs = draw(st.lists(st.integers(5_000, 60_000), min_size=hard + soft, max_size=hard + soft))
    # no turn is broken off, so a period is many times as long as one turn, as it is on any bus
    least = max(sum(costs[:hard]) * 10 // 9, 10 * max(costs))
    periods = [draw(st.integers(least, 4 * least)) for _ in range(hard)]
    made = world(costs, [*periods, *(50_000 for _ in range(soft))], 0)
    made.hazards = frozenset(f"device-{n}" for n in range(hard))
    return made


@st.composite
def with_dead(draw: st.DrawFn) -> World:
    count = draw(st.integers(1, 10))
    silent = draw(st.integers(1, count))
    time_outs = draw(
        st.lists(st.integers(50_000, 1_000_000), min_size=count, max_size=count),
    )
    costs = [us if n < silent else 20_000 for n, us in enumerate(time_outs)]
    return world(costs, [SECOND] * count, silent)


@settings(max_examples=40, deadline=None)
@given(overloaded())
def test_nobody_starves_on_a_line_that_is_too_slow(line: World) -> None:
    line.run(20 * SECOND, Schedule(line.turns, 0))
    sweep = sum(line.costs.values())
    for name, starts in line.served.items():
        gaps = [later - earlier for earlier, later in pairwise(starts)]
        assert max(gaps) <= 2 * max(line.periods.values()) + 2 * sweep, name
    assert line.served.keys() == line.costs.keys()


@settings(max_examples=60, deadline=None)
@given(crowded())
def test_hard_periods_hold_on_a_crowded_line_and_the_soft_are_late_by_a_bounded_time(
    line: World,
) -> None:
    line.run(60 * SECOND, Schedule(line.turns, 0))
    longest, all_of_it = max(line.costs.values()), sum(line.costs.values())
    soft_cost = sum(cost for name, cost in line.costs.items() if name not in line.hazards)
    for name, starts in line.served.items():
        gaps = [later - earlier for earlier, later in pairwise(starts)]
        if name in line.hazards:
            # its turn comes within its period, behind at most all hard ones and one or two soft
            assert max(gaps) <= 2 * line.periods[name] + 2 * longest, name
            held = (starts[-1] - starts[0]) / max(len(gaps), 1)
            assert held <= line.periods[name] * 1.02 + longest / len(gaps), name
        else:
            assert max(gaps) <= soft_cost * 100 / SOFT_SHARE_PER_CENT + 2 * all_of_it + 100_000, (
                name
            )
    assert line.served.keys() == line.costs.keys()


@settings(max_examples=40, deadline=None)
@given(with_dead())
def test_the_dead_cost_at_most_three_per_cent(line: World) -> None:
    schedule = Schedule(line.turns, 0)
    until = 600 * SECOND
    line.run(until, schedule)
    assert all(schedule.misses(name) >= DEAD_AFTER for name in line.silent)
    starts = [start for start, _ in line.spent_on_dead]
    for first, start in enumerate(starts):
        spent = sum(cost for _, cost in line.spent_on_dead[first:])
        last_cost = line.spent_on_dead[-1][1]
        assert spent <= 0.03 * (until - start) + last_cost


@settings(max_examples=40, deadline=None)
@given(st.integers(20_000, 2_000_000), st.integers(0, 100 * SECOND))
def test_a_single_dead_device_that_returns_is_noticed_in_time(time_out: int, after: int) -> None:
    line = world([time_out, 20_000], [SECOND, SECOND], 1)
    schedule = Schedule(line.turns, 0)
    line.run(60 * SECOND + after, schedule)
    returned = line.now
    line.silent.clear()
    line.costs["device-0"] = 20_000
    seen = len(line.served["device-0"])
    promised = max(10 * SECOND, -(-time_out * 100 // 3))
    line.run(returned + promised + 100_000, schedule)
    assert len(line.served["device-0"]) > seen
    assert promised >= PROBE_US
    assert not schedule.is_dead("device-0")
