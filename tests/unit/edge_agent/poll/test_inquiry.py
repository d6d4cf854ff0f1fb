"""What an inquiry asks of a scripted line: the probe first and alone, quick units together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Ask, Failure, Fault, Read, Reply, Request, Table
from edge_agent.health import LineHealth
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.inquiry import Heard, Inquiry
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
    tells_at_once: bool = False

    async def exchange_round(
        self, asks: Sequence[Ask], heard: Heard | None = None
    ) -> list[Reply | Failure]:
        if asks[0].request.unit > 255:
            raise ValueError("unit 256 can not be asked")
        self.rounds.append([ask.request for ask in asks])
        if heard is None or not self.tells_at_once:
            return [self._answer(ask.request.unit) for ask in asks]
        answers = [self._answer(asks[0].request.unit)]
        while heard(len(answers) - 1, answers[-1]) and len(answers) < len(asks):
            answers.append(self._answer(asks[len(answers)].request.unit))
        return answers

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


async def ask(
    inquiry: Inquiry, *questions: tuple[PolledDevice, Request], most: int = 99
) -> list[Reply | Failure]:
    """What was heard, in order; after `most` answers nobody else is to be asked."""
    answers: list[Reply | Failure] = []

    def heard(place: int, answer: Reply | Failure) -> bool:
        assert place == len(answers)
        answers.append(answer)
        return len(answers) < most

    await inquiry.ask(questions, heard)
    return answers


async def test_quick_units_are_asked_more_and_more_at_once() -> None:
    line = Line()
    inquiry = Inquiry(line, StandingClock())
    for most in (1, 2, 4):
        assert inquiry.most == most
        answers = await ask(inquiry, *(question(unit) for unit in range(1, most + 1)))
        assert len(answers) == most
    assert [len(requests) for requests in line.rounds] == [1, 2, 4]


async def test_a_doubtful_device_is_asked_alone_after_its_probe() -> None:
    line = Line(doubtful={1})
    inquiry = Inquiry(line, StandingClock())
    first, second = question(1, PROBE), question(2)
    assert inquiry.is_doubtful(first[0])
    assert not inquiry.is_doubtful(second[0])
    (answer,) = await ask(inquiry, first, second)
    assert isinstance(answer, Reply)
    assert line.rounds == [[PROBE], [first[1]]]


async def test_a_probe_without_answer_is_the_answer() -> None:
    line = Line(doubtful={1}, broken={1: Fault.TIME_OUT})
    (answer,) = await ask(Inquiry(line, StandingClock()), question(1, PROBE), question(2))
    assert isinstance(answer, Failure)
    assert line.rounds == [[PROBE]]


async def test_a_probe_that_is_refused_shows_that_the_device_is_there() -> None:
    line = Line(doubtful={1}, broken={1: Fault.EXCEPTION})
    await ask(Inquiry(line, StandingClock()), question(1, PROBE))
    assert len(line.rounds) == 2


async def test_a_doubtful_device_without_a_probe_is_asked_as_always() -> None:
    line = Line(doubtful={1})
    await ask(Inquiry(line, StandingClock()), question(1), question(2))
    assert len(line.rounds[0]) == 2


async def test_silence_makes_the_next_round_small() -> None:
    line = Line()
    inquiry = Inquiry(line, StandingClock())
    await ask(inquiry, question(1))
    line.broken[1] = Fault.TIME_OUT
    await ask(inquiry, question(1))
    assert inquiry.most == 1


async def test_what_can_not_be_sent_is_a_refusal() -> None:
    (answer,) = await ask(Inquiry(Line(), StandingClock()), question(256))
    assert isinstance(answer, Failure)
    assert (answer.fault, answer.detail) == (Fault.EXCEPTION, "unit 256 can not be asked")


async def test_each_answer_is_heard_once_whether_the_line_tells_it_at_once_or_not() -> None:
    for tells_at_once in (False, True):
        line = Line(tells_at_once=tells_at_once)
        assert len(await ask(Inquiry(line, StandingClock()), question(1), question(2))) == 2


async def test_nobody_else_is_asked_once_something_was_heard_that_goes_first() -> None:
    line = Line(tells_at_once=True)
    inquiry = Inquiry(line, StandingClock())
    assert len(await ask(inquiry, *map(question, (1, 2, 3)), most=2)) == 2
