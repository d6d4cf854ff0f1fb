"""The poller and single questions: what is asked when, and what is told of the answer."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from edge_agent.exchange import Ask, Claim, Failure, Fault, Read, Reply, Rest, Sample, Table
from edge_agent.health import DeviceState
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.inquiry import Heard
from edge_agent.poll.poller import Poller
from edge_agent.poll.report_filter import PointPolicy, ReportPolicy
from edge_agent.right_of_way import RightOfWay
from runtime.clock import SystemClock
from tests.patience import until
from tests.poller_rig import (
    CLOCK,
    PERIOD_US,
    PROBE,
    FakeDriver,
    FakeLine,
    Memory,
    bench,
    running,
)
from wire.quality import Quality, Reason, bad


class Later(SystemClock):
    """The clock of this machine, so much ahead."""

    later_us = 0

    def mono_us(self) -> int:
        return super().mono_us() + self.later_us


async def test_polls_each_device_and_reports_what_changes() -> None:
    here = bench({1: 10, 2: 20})
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 6)
        here.line.answers[2] = 21
        await until(lambda: len(here.memory.of("gauge-2")) == 2)
    assert [sample.value for sample in here.memory.of("gauge-1")] == [10.0]
    assert [sample.value for sample in here.memory.of("gauge-2")] == [20.0, 21.0]
    assert set(here.progress) == {"line-1"}


async def test_an_alarm_goes_before_the_next_question() -> None:
    """The buffer claims the way as soon as it sees the alarm, and nobody is asked meanwhile."""
    line, asked_meanwhile, way = FakeLine({1: 10, 2: 20}), list[int](), RightOfWay()

    class Buffer:
        def accept(self, _device: str, _samples: Sequence[Sample]) -> Rest:
            way.claim()
            return self.commit

        async def commit(self) -> None:
            before = len(line.asked)
            for _ in range(10):
                await asyncio.sleep(0)
            asked_meanwhile.append(len(line.asked) - before)
            way.release()

    devices = [PolledDevice(f"gauge-{unit}", unit, FakeDriver(unit), PERIOD_US) for unit in (1, 2)]
    poller = Poller(line, devices, Buffer(), CLOCK, lambda _: None, way=way)
    async with running(poller):
        await until(lambda: len(asked_meanwhile) >= 2)
    assert asked_meanwhile[:2] == [0, 0]


async def test_a_line_that_is_stuck_shows_no_progress() -> None:
    here = bench({1: Fault.PORT_GONE})
    here.line.is_stuck = True
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 3)
        assert here.progress == []
        here.line.is_stuck = False
        await until(lambda: here.progress != [])


async def test_a_poll_comes_once_a_period() -> None:
    here = bench({1: 10})
    start = CLOCK.mono_us()
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 8)
    assert CLOCK.mono_us() - start >= 6 * PERIOD_US


async def test_always_reports_every_poll() -> None:
    here = bench({1: 10}, always=True)
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 5)
    assert len(here.memory.taken) == len(here.line.asked)


async def test_a_failure_is_reported_and_the_way_back() -> None:
    here = bench({1: Fault.TIME_OUT})
    async with running(here.poller):
        await until(lambda: here.drivers["gauge-1"].failures != [])
        here.line.answers[1] = 5
        await until(lambda: len(here.memory.taken) == 2)
    worst, better = here.memory.of("gauge-1")
    assert (worst.value, worst.quality) == (None, bad(Reason.COMM_FAILURE))
    assert better.value == 5.0


async def test_a_dead_device_leaves_the_line_to_the_others() -> None:
    here = bench({1: Fault.TIME_OUT, 2: 20})
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 20)
    assert [request.unit for request in here.line.asked].count(1) == 3
    dead, alive = here.poller.device_health()
    assert (dead.state, dead.misses, dead.waits) == (DeviceState.DEAD, 3, "probe")
    assert (alive.state, alive.misses, alive.last_fault) == (DeviceState.ANSWERING, 0, "")


async def test_the_log_says_when_a_device_is_silent_and_when_it_answers_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "edge_agent.poll.poller")
    line, clock = FakeLine({1: Fault.TIME_OUT, 2: 20}), Later()
    devices = [PolledDevice(f"gauge-{unit}", unit, FakeDriver(unit), PERIOD_US) for unit in (1, 2)]
    poller = Poller(line, devices, Memory(), clock, lambda _: None)
    async with running(poller):
        await until(lambda: poller.device_health()[0].state is DeviceState.DEAD)
        line.answers[1] = 5
        clock.later_us = 60_000_000  # it is asked again
        await until(lambda: poller.device_health()[0].state is DeviceState.ANSWERING)
        asked = len(line.asked)
        await until(lambda: len(line.asked) > asked + 6)
    silent, back = [record.getMessage() for record in caplog.records]
    assert silent == "device gauge-1 does not answer: time_out"
    assert back.startswith("device gauge-1 answers again, after ")


async def test_a_refusal_is_not_a_miss() -> None:
    here = bench({1: Fault.EXCEPTION})
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 5)
    (health,) = here.poller.device_health()
    assert (health.state, health.misses) == (DeviceState.MISSING, 0)


async def test_a_port_that_is_gone_is_told_each_period_and_no_miss() -> None:
    here = bench({1: Fault.PORT_GONE})
    start = CLOCK.mono_us()
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 5)
    assert here.poller.device_health()[0].misses == 0
    assert CLOCK.mono_us() - start >= 3 * PERIOD_US


async def test_a_doubtful_unit_is_probed_in_another_shape_first() -> None:
    here = bench({1: 10}, probe=PROBE)
    here.line.doubtful.add(1)
    async with running(here.poller):
        await until(lambda: len(here.memory.taken) == 1)
    assert here.line.asked[:2] == [PROBE, Read(1, Table.INPUT_REGISTERS, 0, 1)]


async def test_a_probe_without_answer_is_a_miss_that_the_driver_hears_of() -> None:
    here = bench({1: Fault.TIME_OUT}, probe=PROBE)
    here.line.doubtful.add(1)
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 3)
    assert here.line.asked == [PROBE] * 3
    assert here.drivers["gauge-1"].failures == [Fault.TIME_OUT] * 3


async def test_a_resting_unit_is_not_asked() -> None:
    here = bench({1: 10, 2: 20})
    here.line.resting[1] = CLOCK.mono_us() + 60_000_000
    async with running(here.poller):
        await until(lambda: len(here.line.asked) >= 4)
    assert {request.unit for request in here.line.asked} == {2}
    assert here.poller.device_health()[0].waits == "resting"
    assert here.poller.device_health()[0].state is DeviceState.NEVER_HEARD


async def test_what_a_device_refuses_is_told_once_and_shown() -> None:
    here = bench({1: 10})
    said: list[str] = []
    poller = Poller(
        here.line,
        [PolledDevice("gauge-1", 1, here.drivers["gauge-1"], PERIOD_US)],
        here.memory,
        CLOCK,
        here.progress.append,
        tell=said.append,
    )
    here.drivers["gauge-1"].refused = ("level", "battery")
    async with running(poller):
        await until(lambda: len(here.line.asked) >= 3)
        assert poller.device_health()[0].refused == ("level", "battery")
        here.drivers["gauge-1"].refused = ()
        await until(lambda: len(said) == 2)
    assert said[0].startswith("device gauge-1 refuses level, battery")
    assert said[1] == "device gauge-1 refuses nothing any more"


async def test_a_crowded_line_is_polled_by_claims() -> None:
    here = bench({1: 10})
    driver = here.drivers["gauge-1"]
    poller = Poller(
        here.line,
        [PolledDevice("gauge-1", 1, driver, PERIOD_US)],
        here.memory,
        CLOCK,
        here.progress.append,
        is_crowded=lambda _: True,
    )
    async with running(poller):
        await until(lambda: {Claim.HARD, Claim.SOFT} <= set(driver.asked))
    assert driver.asked[0] is Claim.HARD


async def test_test_mode_marks_what_is_said() -> None:
    here = bench({1: 10})
    async with running(here.poller):
        await until(lambda: len(here.memory.taken) == 1)
        here.poller.set_test("gauge-1", is_test=True)
        await until(lambda: len(here.memory.taken) == 2)
    assert [sample.quality for sample in here.memory.of("gauge-1")] == [
        Quality(),
        Quality(test=True),
    ]
    assert here.poller.device_health()[0].is_test


async def test_a_request_that_can_not_be_sent_does_not_stop_the_line() -> None:
    class Refusing(FakeLine):
        async def exchange_round(
            self, asks: Sequence[Ask], heard: Heard | None = None
        ) -> list[Reply | Failure]:
            if asks[0].request.unit == 1:
                raise ValueError("unit 1 can not be asked")
            return await super().exchange_round(asks, heard)

    here = bench({1: 10, 2: 20})
    poller = Poller(
        Refusing({2: 20}),
        [PolledDevice(name, one.unit, one, PERIOD_US) for name, one in here.drivers.items()],
        here.memory,
        CLOCK,
        here.progress.append,
    )
    async with running(poller):
        await until(lambda: bool(here.memory.of("gauge-2")))
    assert "unit 1 can not be asked" in poller.device_health()[0].last_fault


@pytest.mark.parametrize("units", [(1, 1), (1, 2)])
def test_two_devices_with_one_unit_or_name_are_refused(units: tuple[int, int]) -> None:
    devices = [PolledDevice("gauge", unit, FakeDriver(unit)) for unit in units]
    devices = devices if units[0] != units[1] else [devices[0], PolledDevice("b", 1, FakeDriver(1))]
    with pytest.raises(ValueError, match="gauge"):
        Poller(FakeLine(), devices, Memory(), CLOCK, print)


async def test_silence_is_told_when_it_is_so_though_nobody_is_asked_then() -> None:
    here = bench({1: Fault.TIME_OUT})
    driver = here.drivers["gauge-1"]
    driver.tells_after_us = 3 * PERIOD_US
    gone = bad(Reason.NOT_CONNECTED)
    async with running(here.poller):
        await until(lambda: any(one.quality == gone for one in here.memory.of("gauge-1")))
    assert len(driver.failures) == 3  # known to be dead, it is asked rarely


async def test_another_baseline_and_its_rules_need_no_new_start() -> None:
    here = bench({1: 10})
    heard = list[Sample]()
    async with running(here.poller):
        here.poller.voice("gauge-1").tap = heard.extend
        await until(lambda: len(heard) >= 3)  # all of them, reported or not
        assert len(here.memory.of("gauge-1")) == 1
        policy = ReportPolicy({"level": PointPolicy(set_points=(5.0,))})
        here.poller.retune("gauge-1", (0.0, 0.0, 1.0), policy)
        await until(lambda: len(here.memory.of("gauge-1")) == 2)
    assert here.drivers["gauge-1"].baseline == (0.0, 0.0, 1.0)


async def test_cancelling_ends_the_task() -> None:
    here = bench({1: 10})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await here.poller.run()
