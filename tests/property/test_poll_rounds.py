"""Rounds in virtual time: quick soft turns go together, and nobody is late because of that."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.bus.outcome import Errand, Outcome
from edge_agent.bus.round import Going, Round
from edge_agent.exchange import ROUND_US, Claim, Failure, Fault, Read, Reply, Table
from edge_agent.poll.round_size import MOST, RoundSize
from edge_agent.poll.schedule import Schedule, Turn

SECOND = 1_000_000
REST_US = 100_000


@dataclass
class World:
    """A line on which exchanges are quick, but for devices that fall silent for a while."""

    turns: dict[str, Turn]
    costs: dict[str, int]
    silent: dict[str, tuple[int, int]]
    time_out_us: int
    now: int = 0
    served: dict[str, list[int]] = field(default_factory=dict)
    resting: dict[str, int] = field(default_factory=dict)
    rounds: list[list[str]] = field(default_factory=list)
    heard: dict[str, list[tuple[int, bool]]] = field(default_factory=dict)
    size: RoundSize = field(default_factory=RoundSize)
    tells_at_once: bool = False

    def run(self, until: int) -> None:
        schedule = Schedule(self.turns.values(), 0)
        while self.now < until:
            choice = schedule.choose(self.now, self.rests)
            if choice.turn is None:
                assert choice.at_us > self.now
                self.now = min(choice.at_us, until)
                continue
            turns = [choice.turn]
            if self.size.most > 1:
                turns += schedule.beside(
                    choice.turn,
                    self.now,
                    self.rests,
                    self.size.most - 1,
                    is_told_at_once=self.tells_at_once,
                )
            self.round(turns, schedule)

    def rests(self, name: str) -> int:
        return self.resting.get(name, 0)

    def round(self, turns: list[Turn], schedule: Schedule) -> None:
        began = self.now
        asked = Read(1, Table.COILS, 0, 1)
        round_ = Round(tuple(Errand(asked, b"", self.time_out_us) for _ in turns))
        while not round_.outcomes or round_.going(self.now - began) is Going.ON:
            name = turns[len(round_.outcomes)].device
            assert self.rests(name) <= self.now
            round_.outcomes.append(self.exchange(name))
        answers = [outcome.result for outcome in round_.outcomes]
        self.rounds.append([turn.device for turn in turns[: len(answers)]])
        self.size.went(answers)
        for place, (turn, answer) in enumerate(zip(turns, answers, strict=False)):
            self.heard.setdefault(turn.device, []).append((place, isinstance(answer, Reply)))
            if isinstance(answer, Reply):
                schedule.answered(turn, began, answer.received_us)
                schedule.finished(turn, answer.received_us)
            else:
                schedule.missed(turn, began, answer.at_us)
                self.resting[turn.device] = self.now + REST_US

    def exchange(self, name: str) -> Outcome:
        start = self.now
        self.served.setdefault(name, []).append(start)
        from_us, to_us = self.silent.get(name, (0, 0))
        if from_us <= start < to_us:
            self.now += self.time_out_us
            failure = Failure(Fault.TIME_OUT, self.now)
            return Outcome(failure, "silence", b"", start, self.now)
        self.now += self.costs[name]
        return Outcome(Reply((), start, self.now), "reply", b"", start, self.now)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """At most half of the line's time is asked for."""
    count = draw(st.integers(2, 24))
    costs = draw(st.lists(st.integers(40, 3_000), min_size=count, max_size=count))
    least = 2 * sum(costs)
    names = [f"device-{n}" for n in range(count)]
    turns = {
        name: Turn(
            name,
            draw(st.sampled_from([Claim.SOFT, Claim.SOFT, Claim.HARD])),
            draw(st.integers(least, 10 * least)),
        )
        for name in names
    }
    silences = st.tuples(st.integers(0, SECOND), st.integers(0, 2 * SECOND))
    return World(
        turns,
        dict(zip(names, costs, strict=True)),
        draw(st.dictionaries(st.sampled_from(names), silences, max_size=2)),
        draw(st.integers(20_000, 300_000)),
        tells_at_once=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_hard_turns_go_among_their_like_and_none_is_asked_twice_in_a_round(
    line: World,
) -> None:
    line.run(2 * SECOND)
    for round_ in line.rounds:
        assert len(round_) <= MOST
        assert len(set(round_)) == len(round_)
        if len(round_) > 1:
            claims = {line.turns[name].claim for name in round_}
            assert claims == {Claim.SOFT} or (claims == {Claim.HARD} and line.tells_at_once)


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_nobody_is_late_by_more_than_a_round_where_there_is_time_for_all(line: World) -> None:
    line.silent.clear()
    line.run(4 * SECOND)
    hard = sum(line.costs[name] for name, one in line.turns.items() if one.claim is Claim.HARD)
    for name, starts in line.served.items():
        period = line.turns[name].period_us
        others = hard if line.turns[name].claim is Claim.HARD else sum(line.costs.values())
        allowed = 2 * period + 2 * ROUND_US + 2 * max(line.costs.values()) + 2 * others
        assert all(b - a <= allowed for a, b in pairwise(starts)), name
    assert line.served.keys() == line.turns.keys()


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_others_share_a_round_with_a_device_only_if_it_answered_before(line: World) -> None:
    line.run(4 * SECOND)
    for heard in line.heard.values():
        for (_, answered), (place, _) in pairwise(heard):
            assert answered or place == 0


def test_quick_devices_without_hazards_share_rounds() -> None:
    names = [f"device-{n}" for n in range(32)]
    line = World(
        {name: Turn(name, Claim.SOFT, SECOND // 10) for name in names},
        dict.fromkeys(names, 60),
        {},
        500_000,
    )
    line.run(SECOND)
    assert max(map(len, line.rounds)) == MOST
    assert {len(starts) for starts in line.served.values()} == {10}
