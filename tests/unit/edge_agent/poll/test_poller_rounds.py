"""The poller asks quick units together: who is in a round, and whose answer is whose."""

from collections.abc import Sequence

from edge_agent.exchange import Claim, Fault, Rest, Sample
from edge_agent.poll.device import Intake, PolledDevice
from edge_agent.poll.poller import Poller
from edge_agent.right_of_way import RightOfWay
from tests.patience import until
from tests.poller_rig import (
    CLOCK,
    PERIOD_US,
    PROBE,
    Bench,
    FakeDriver,
    FakeLine,
    bench,
    running,
)


async def test_quick_units_are_asked_together_and_each_is_reported() -> None:
    here = bench({unit: unit for unit in range(1, 9)}, always=True)
    async with running(here.poller):
        await until(lambda: any(len(units) > 4 for units in here.line.rounds))
    assert here.line.rounds[0] == [1]
    assert all(len(set(units)) == len(units) for units in here.line.rounds)
    assert len(here.memory.taken) == len(here.line.asked)
    for unit in range(1, 9):
        assert {one.value for one in here.memory.of(f"gauge-{unit}")} == {float(unit)}


async def test_who_was_not_reached_in_a_round_is_asked_in_the_next() -> None:
    here = bench({unit: unit for unit in range(1, 9)})
    here.line.answered_at_most = 1
    async with running(here.poller):
        await until(lambda: len({request.unit for request in here.line.asked}) == 8)
    assert [request.unit for request in here.line.asked[:8]] == list(range(1, 9))
    assert len(here.memory.taken) == 8


async def test_a_failure_in_a_round_is_that_of_its_device_alone() -> None:
    here = bench({unit: unit for unit in range(1, 9)})
    async with running(here.poller):
        await until(lambda: any(len(units) > 4 for units in here.line.rounds))
        here.line.answers[5] = Fault.TIME_OUT
        await until(lambda: len(here.drivers["gauge-5"].failures) == 3)
    missed = {name: one.failures for name, one in here.drivers.items() if one.failures}
    assert missed == {"gauge-5": [Fault.TIME_OUT] * 3}
    # Asked first, so that nobody else waits for its time-out: never beside another.
    assert [units[0] for units in here.line.rounds if 5 in units][-2:] == [5, 5]


class Hard(FakeDriver):
    def crowd(self, *, is_crowded: bool) -> bool:
        assert not is_crowded
        return False


def of_hazards(here: Bench, intake: Intake, way: RightOfWay | None = None) -> Poller:
    """A poller of the same line whose every device has a hazard point."""
    devices = [
        PolledDevice(name, one.unit, Hard(one.unit, claims=(Claim.HARD,)), PERIOD_US)
        for name, one in here.drivers.items()
    ]
    return Poller(here.line, devices, intake, CLOCK, here.progress.append, way=way)


async def test_hard_turns_are_asked_one_by_one() -> None:
    here = bench({unit: unit for unit in range(1, 5)})
    async with running(of_hazards(here, here.memory)):
        await until(lambda: len(here.line.asked) >= 12)
    assert all(len(units) == 1 for units in here.line.rounds)


async def test_hard_turns_share_rounds_of_a_line_that_tells_each_answer_at_once() -> None:
    here = bench({unit: unit for unit in range(1, 9)})
    here.line.tells_at_once = True
    async with running(of_hazards(here, here.memory)):
        await until(lambda: any(len(units) > 4 for units in here.line.rounds))


async def test_after_an_alarm_nobody_is_asked_before_it_is_on_its_way() -> None:
    """Others of its round come in the next one."""
    asked_before, way = list[int](), RightOfWay()

    class Alarmed:
        def accept(self, device: str, _samples: Sequence[Sample]) -> Rest | None:
            if device != "gauge-3":
                return None
            way.claim()
            return self.commit

        async def commit(self) -> None:
            asked_before.append(here.line.asked[-1].unit)
            here.line.answers[3] = 3
            way.release()

    here = bench({unit: unit for unit in range(1, 9)})
    here.line.tells_at_once = True
    async with running(of_hazards(here, Alarmed(), way)):
        await until(lambda: any(len(units) > 4 for units in here.line.rounds))
        for value in range(10, 14):
            here.line.answers[3] = value
            await until(lambda: here.line.answers[3] == 3)
    assert set(asked_before) == {3}


async def test_a_doubtful_unit_is_in_no_round() -> None:
    class Doubting(FakeLine):
        def needs_other_shape(self, unit: int) -> bool:
            return unit == 2

    here = bench({unit: unit for unit in range(1, 9)})
    line = Doubting(here.line.answers)
    devices = [
        PolledDevice(name, one.unit, one, PERIOD_US, probe=PROBE)
        for name, one in here.drivers.items()
    ]
    poller = Poller(line, devices, here.memory, CLOCK, here.progress.append)
    async with running(poller):
        await until(lambda: any(len(units) > 4 for units in line.rounds))
    doubtful = [n for n, units in enumerate(line.rounds) if 2 in units]
    assert doubtful
    assert all(line.rounds[n - 1 : n + 1] == [[PROBE.unit], [2]] for n in doubtful)
