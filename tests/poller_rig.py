"""A poller between a line that answers as told and a buffer that remembers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from edge_agent.config.tables import Vector
from edge_agent.exchange import Ask, Claim, Failure, Fault, Read, Reply, Request, Sample, Table
from edge_agent.health import LineHealth
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.inquiry import Heard
from edge_agent.poll.poller import Poller
from edge_agent.poll.report_filter import ReportPolicy
from runtime.clock import SystemClock
from tests.patience import PATIENCE_S
from wire.quality import Reason, bad

CLOCK = SystemClock()
PERIOD_US = 10_000
PROBE = Read(1, Table.HOLDING_REGISTERS, 1, 1)


@dataclass
class FakeLine:
    """Answers each unit as told; a Fault says why not."""

    answers: dict[int, int | Fault] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    rounds: list[list[int]] = field(default_factory=list)
    answered_at_most: int | None = None
    resting: dict[int, int] = field(default_factory=dict)
    doubtful: set[int] = field(default_factory=set)
    name: str = "line-1"
    is_stuck: bool = False
    tells_at_once: bool = False

    async def exchange_round(
        self, asks: Sequence[Ask], heard: Heard | None = None
    ) -> list[Reply | Failure]:
        self.rounds.append([ask.request.unit for ask in asks])
        await asyncio.sleep(0)
        if heard is None or not self.tells_at_once:
            return [self.answer(ask) for ask in asks[: self.answered_at_most]]
        answers: list[Reply | Failure] = []
        for ask in asks[: self.answered_at_most]:
            answers.append(self.answer(ask))
            if not heard(len(answers) - 1, answers[-1]):
                break
        return answers

    def answer(self, ask: Ask) -> Reply | Failure:
        request = ask.request
        assert ask.timeout_us > 0
        assert ask.late_max_us > 0
        assert ask.turnaround_us == 0
        self.asked.append(request)
        now = CLOCK.mono_us()
        answer = self.answers[request.unit]
        if isinstance(answer, Fault):
            return Failure(answer, now)
        self.doubtful.discard(request.unit)
        return Reply((answer,), now, now)

    def resting_until_us(self, unit: int) -> int:
        return self.resting.get(unit, 0)

    def needs_other_shape(self, unit: int) -> bool:
        return unit in self.doubtful

    def health(self) -> LineHealth:
        return LineHealth(self.name, is_open=True)


@dataclass
class FakeDriver:
    """Reads one register, once a period; a failure is bad at once."""

    unit: int
    next_us: int = 0
    failures: list[Fault] = field(default_factory=list)
    claims: tuple[Claim, ...] = (Claim.SOFT,)
    refused: tuple[str, ...] = ()
    asked: list[Claim] = field(default_factory=list)
    baseline: Vector | None = None
    overdue_us: int | None = None
    tells_after_us: int | None = None

    def crowd(self, *, is_crowded: bool) -> bool:
        before = self.claims
        self.claims = (Claim.HARD, Claim.SOFT) if is_crowded else (Claim.SOFT,)
        return self.claims != before

    def rebase(self, baseline: Vector | None) -> None:
        self.baseline = baseline

    def due(self, now_us: int, claim: Claim) -> Request | None:
        assert claim in self.claims
        self.asked.append(claim)
        if now_us < self.next_us:
            return None
        return Read(self.unit, Table.INPUT_REGISTERS, 0, 1)

    def received(self, reply: Reply, now_us: int) -> list[Sample]:
        self.next_us = now_us + PERIOD_US // 2
        return [Sample("level", float(reply.words[0]), now_us)]

    def overdue(self, now_us: int) -> list[Sample]:
        assert self.overdue_us is not None
        assert now_us >= self.overdue_us
        self.overdue_us = None
        return [Sample("level", None, now_us, bad(Reason.NOT_CONNECTED))]

    def failed(self, failure: Failure, now_us: int) -> list[Sample]:
        self.next_us = now_us + PERIOD_US // 2
        self.failures.append(failure.fault)
        if self.tells_after_us is not None and len(self.failures) == 3:
            self.overdue_us = now_us + self.tells_after_us
        return [Sample("level", None, now_us, bad(Reason.COMM_FAILURE))]


class Memory:
    """An intake that remembers."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Sample]] = []

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        self.taken += [(device, sample) for sample in samples]

    def of(self, device: str) -> list[Sample]:
        return [sample for name, sample in self.taken if name == device]


@dataclass
class Bench:
    line: FakeLine
    drivers: dict[str, FakeDriver]
    memory: Memory
    progress: list[str]
    poller: Poller


def bench(
    answers: dict[int, int | Fault], *, probe: Read | None = None, always: bool = False
) -> Bench:
    line = FakeLine(answers)
    drivers = {f"gauge-{unit}": FakeDriver(unit) for unit in answers}
    devices = [
        PolledDevice(
            name, driver.unit, driver, PERIOD_US, probe=probe, report=ReportPolicy(always=always)
        )
        for name, driver in drivers.items()
    ]
    memory, progress = Memory(), list[str]()
    poller = Poller(line, devices, memory, CLOCK, progress.append)
    return Bench(line, drivers, memory, progress, poller)


@asynccontextmanager
async def running(poller: Poller) -> AsyncIterator[None]:
    async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
        group.create_task(poller.run())
        yield
        poller.stop()
