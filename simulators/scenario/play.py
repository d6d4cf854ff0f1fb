"""Plays a scenario: orders at their time, the truth each second, and the verdict at its end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from runtime.clock import Clock
from simulators.actor import Actor, Troupe
from simulators.console import OrderError
from simulators.delivery_book import Delivery
from simulators.pace import Pace
from simulators.scenario.account import Account
from simulators.scenario.centre import Deliveries
from simulators.scenario.model import Scenario, Step
from simulators.scenario.timing import SECOND_US, Timing
from simulators.scenario.verdict import Finding, Outcome, Told, judge, told_since
from simulators.truth_book import TruthBook

LOOK_US = SECOND_US
ASK_S = 0.1
PATIENCE_US = 3 * SECOND_US
"""How much longer than its window something is waited for, to tell what is late from what is not
coming."""


@dataclass(frozen=True, slots=True)
class Played:
    """How it went: what became of the expectations (None: nobody could say), orders refused."""

    findings: Sequence[Finding] | None
    refused: int

    @property
    def is_good(self) -> bool:
        found = self.findings or ()
        return not self.refused and all(one.outcome is Outcome.MET for one in found)


class Play:
    """One performance; `tell` prints a line. Begin it once, when all devices are plugged in."""

    def __init__(
        self,
        scenario: Scenario,
        actors: Mapping[str, Actor],
        *,
        pace: Pace,
        clock: Clock,
        truth: TruthBook,
        account: Account,
        tell: Callable[[str], object],
        deliveries: Deliveries | None,
    ) -> None:
        self._scenario = scenario
        self.troupe = Troupe(actors, self._heard)
        self._pace = pace
        self._clock = clock
        self._truth = truth
        self._account = account
        self._tell = tell
        self._deliveries = deliveries
        self._timing = Timing(pace.speed, clock.mono_us(), clock.utc_us())
        self._told: list[Told] = []
        self._shown = 0
        self._refused = 0
        self._waits = False

    async def run(self) -> Played:
        """Play to the end. Raises CentreError when it can not be learnt what the centre had."""
        now = self._clock.mono_us()
        self._timing = Timing(self._pace.speed, now, self._clock.utc_us())
        self._pace.start(now)
        self._tell(self._account.note("begin"))
        await self._through_timeline()
        self._tell(self._account.note("end"))
        findings = None if self._deliveries is None else await self._settled()
        self._look()
        return Played(findings, self._refused)

    # Inside --------------------------------------------------------------------------------

    def _heard(self, device: str, order: str) -> None:
        """Write an order down that a device has just carried out, whoever gave it."""
        now = self._clock.mono_us()
        self._truth.note_order(device, order, self._timing.utc_of(now), self._scenario_us(now))

    async def _through_timeline(self) -> None:
        looked = 0
        steps = list(self._scenario.steps)
        length_us = self._timing.real_us(self._scenario.length_us)
        while True:
            if self._real_us() >= looked:
                self._look()
                looked += LOOK_US
            while steps and self._timing.real_us(steps[0].at_us) <= self._real_us():
                self._order(steps.pop(0))
            await self._hear()
            if not steps and self._real_us() >= length_us:
                return
            next_us = self._timing.real_us(steps[0].at_us) if steps else length_us
            wait_us = min(next_us, looked) - self._real_us()
            await asyncio.sleep(min(ASK_S, max(0, wait_us) / SECOND_US))

    async def _settled(self) -> Sequence[Finding]:
        """Wait until it is clear what became of every expectation."""
        looked = self._real_us()
        while True:
            await self._hear()
            findings = judge(self._scenario, self._timing, self._told, self._real_us())
            if self._is_settled(findings):
                return findings
            if not self._waits:
                self._waits = True
                self._tell(self._account.note("waits"))
            if self._real_us() >= looked + LOOK_US:
                looked = self._real_us()
                self._look()
            await asyncio.sleep(ASK_S)

    def _is_settled(self, findings: Sequence[Finding]) -> bool:
        outcomes = {one.outcome for one in findings if one.expectation is not None}
        if Outcome.OPEN in outcomes:
            return False
        if Outcome.MISSED not in outcomes and Outcome.EARLY not in outcomes:
            return True
        last_us = max(self._timing.closes(one) for one in self._scenario.expectations)
        return self._real_us() > last_us + PATIENCE_US

    async def _hear(self) -> None:
        if self._deliveries is None:
            return
        came: Sequence[Delivery] = await self._deliveries()
        self._told = told_since(came, self._timing)
        for one in self._told[self._shown :]:
            self._tell(self._account.alarm(one.at_s * self._pace.speed, one))
        self._shown = len(self._told)

    def _order(self, step: Step) -> None:
        at_s = self._scenario_us(self._clock.mono_us()) / SECOND_US
        self._tell(self._account.order(at_s, step.device, step.order, step.text))
        try:
            self.troupe.obey(step.device, step.order)
        except (OrderError, OSError) as wrong:
            self._refused += 1
            self._tell(self._account.note("wrong", error=str(wrong)))

    def _look(self) -> None:
        now = self._clock.mono_us()
        self._truth.look(self._timing.utc_of(now), self._scenario_us(now))

    def _real_us(self) -> int:
        return self._clock.mono_us() - self._timing.mono_us

    def _scenario_us(self, mono_us: int) -> int:
        return self._timing.scenario_at(mono_us)
