"""What an inquiry asks of a scripted line: the probe first and alone, quick units together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Ask, Failure, Fault, Read, Reply, Request, Table
from edge_agent.health import LineHealth
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.inquiry import Inquiry
from tests.shipped import PROFILES
from tests.standing_clock import StandingClock

PROFILE = PROFILES["calectro_ug3"]
PROBE = Read(1, Table.HOLDING_REGISTERS, 9, 1)


@dataclass
class Line:
    """Answers within a microsecond, unless its unit is broken."""

    broken: dict[int, Fault] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)
    rounds: list[list[Request]] = field(default_factory=list)
    name: str = "line-1"
    is_stuck: bool = False

    async def exchange_round(self, asks: Sequence[Ask]) -> list[Reply | Failure]:
        if asks[0].request.unit > 255:
            raise ValueError("unit 256 can not be asked")
        self.rounds.append([ask.request for ask in asks])
        return [self._answer(ask.request.unit) for ask in asks]

    def _answer(self, unit: int) -> Reply | Failure:
        fault = self.broken.get(unit)
        return Reply((1,), 10, 11) if fault is None else Failure(fault, 11)

    def resting_until_us(self, unit: int) -> int:
        assert unit
        return 0

    def needs_other_shape(self, unit: int) -> bool:
        return unit in self.doubtful

    def health(self) -> LineHealth:
        return LineHealth(self.name, is_open=True)


def question(unit: int, probe: Read | None = None) -> tuple[PolledDevice, Request]:
    driver = ModbusDriver(PROFILE, 1)
    device = PolledDevice(f"gauge-{unit}", unit, driver, timeout_us=7, late_max_us=8, probe=probe)
    return device, Read(unit, Table.INPUT_REGISTERS, 0, 1)


async def test_quick_units_are_asked_more_and_more_at_once() -> None:
    line = Line()
    inquiry = Inquiry(line, StandingClock())
    for most in (1, 2, 4):
        assert inquiry.most == most
        answers = await inquiry.ask([question(unit) for unit in range(1, most + 1)])
        assert len(answers) == most
    assert [len(requests) for requests in line.rounds] == [1, 2, 4]


async def test_a_doubtful_device_is_asked_alone_after_its_probe() -> None:
    line = Line(doubtful={1})
    inquiry = Inquiry(line, StandingClock())
    first, second = question(1, PROBE), question(2)
    assert inquiry.is_doubtful(first[0])
    assert not inquiry.is_doubtful(second[0])
    (answer,) = await inquiry.ask([first, second])
    assert isinstance(answer, Reply)
    assert line.rounds == [[PROBE], [first[1]]]


async def test_a_probe_without_answer_is_the_answer() -> None:
    line = Line(doubtful={1}, broken={1: Fault.TIME_OUT})
    (answer,) = await Inquiry(line, StandingClock()).ask([question(1, PROBE), question(2)])
    assert isinstance(answer, Failure)
    assert line.rounds == [[PROBE]]


async def test_a_probe_that_is_refused_shows_that_the_device_is_there() -> None:
    line = Line(doubtful={1}, broken={1: Fault.EXCEPTION})
    await Inquiry(line, StandingClock()).ask([question(1, PROBE)])
    assert len(line.rounds) == 2


async def test_a_doubtful_device_without_a_probe_is_asked_as_always() -> None:
    line = Line(doubtful={1})
    await Inquiry(line, StandingClock()).ask([question(1), question(2)])
    assert len(line.rounds[0]) == 2


async def test_silence_makes_the_next_round_small() -> None:
    line = Line()
    inquiry = Inquiry(line, StandingClock())
    await inquiry.ask([question(1)])
    line.broken[1] = Fault.TIME_OUT
    await inquiry.ask([question(1)])
    assert inquiry.most == 1


async def test_what_can_not_be_sent_is_a_refusal() -> None:
    (answer,) = await Inquiry(Line(), StandingClock()).ask([question(256)])
    assert isinstance(answer, Failure)
    assert (answer.fault, answer.detail) == (Fault.EXCEPTION, "unit 256 can not be asked")
