"""Runs a fleet: all connected, readings for a while, what befalls it meanwhile, then drained."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from random import Random, SystemRandom

from runtime.clock import Clock
from runtime.mqtt import Options
from simulators.fleet.device import FleetDevice
from simulators.fleet.gateway import FleetGateway, Moment
from simulators.fleet.link import FleetLink
from simulators.fleet.plan import Plan, Rota, dealt
from simulators.fleet.report import Generator, Report, account, report
from simulators.fleet.tally import Drill, Tally

_STEP_S = 0.02
_LOOK_US = 100_000
_CONNECT_US = 60_000_000
_SPREAD_US = 2_000  # between the first attempts of two connections
_BOOTED_US = 1_000_000  # the gateways have been up for a second


class Fleet:
    """`options_of`: the connection with this number, which speaks for these gateways. Run it once.

    `tell` is called about ten times a second with the microseconds since the start.
    """

    def __init__(
        self,
        plan: Plan,
        options_of: Callable[[int, Sequence[FleetGateway]], Options],
        clock: Clock,
        tell: Callable[["Fleet", int], None] = lambda *_: None,
    ) -> None:
        self.plan = plan
        self._clock = clock
        self._tell = tell
        self._dice = Random(plan.seed)  # noqa: S311 - what befalls whom, no secrets
        self._zero_us = clock.mono_us() - _BOOTED_US
        self._zero_utc_us = clock.utc_us() - _BOOTED_US
        secret = SystemRandom()
        self.gateways = plan.fleet(f"fleet-{secret.getrandbits(64):016x}", secret)
        self.tally = Tally()
        self.links = [
            FleetLink(
                options_of(number, shared),
                shared,
                now=self.now,
                tally=self.tally,
                duplicates=plan.duplicates,
                dice=self._dice,
                first_after_us=self._mono_us() + number * _SPREAD_US,
            )
            for number, shared in enumerate(dealt(self.gateways, plan.links))
        ]
        self._link_of = {one.name: link for link in self.links for one in link.gateways}
        self.drills = [
            Drill(one, one.struck(plan.links, self._dice))
            for one in sorted(plan.incidents, key=lambda one: one.at_us)
        ]
        self._alarms: deque[tuple[int, FleetGateway, FleetDevice]] = deque()
        self._began_us: int | None = None
        self._ended_us: int | None = None
        self._drained_us: int | None = None
        self._looked_us = 0

    def now(self) -> Moment:
        """Both clocks of the fleet's boot; a step of the machine's wall clock does not move it."""
        mono_us = self._mono_us()
        return Moment(mono_us, self._zero_utc_us + mono_us)

    def _mono_us(self) -> int:
        return self._clock.mono_us() - self._zero_us

    async def run(self) -> None:
        """Until all is drained, or the time for it is over; cancelled, it ends at once."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(link.run()) for link in self.links]
            await self._connect()
            await self._produce()
            await self._drain()
            if self.plan.is_shared:
                async with asyncio.TaskGroup() as farewells:
                    for link in self.links:
                        farewells.create_task(link.farewell())
            for task in tasks:
                task.cancel()

    async def _connect(self) -> None:
        """Nobody who can connect is left behind; who can not is told in the report."""
        until_us = self._mono_us() + _CONNECT_US
        while not all(link.is_introduced for link in self.links):
            if self._mono_us() >= until_us:
                return
            self._look()
            await asyncio.sleep(_STEP_S)

    async def _produce(self) -> None:
        self._began_us = began_us = self._mono_us()
        for gateway in self.gateways:
            gateway.begin(began_us)
        rota, struck = Rota(len(self.gateways), began_us), deque(self.drills)
        alarm_us = self.plan.alarm_every_us
        while (passed_us := self._mono_us() - began_us) < self.plan.duration_us:
            self._turns(rota, produce=True)
            while struck and struck[0].incident.at_us <= passed_us:
                self._strike(struck.popleft(), began_us)
            if self.plan.alarm_every_us and passed_us >= alarm_us:
                alarm_us += self.plan.alarm_every_us
                self._alarm()
            self._clear(self._mono_us())
            self._look()
            await asyncio.sleep(_STEP_S)
        self._clear(None)
        for number in range(len(self.gateways)):
            self._have_turn(number, produce=True)
        self._ended_us = self._mono_us()

    async def _drain(self) -> None:
        ended_us = self._mono_us()
        rota = Rota(len(self.gateways), ended_us)
        while self._mono_us() - ended_us < self.plan.drain_us:
            if not any(gateway.rows for gateway in self.gateways):
                self._drained_us = self._mono_us()
                self._look()
                return
            self._turns(rota, produce=False)
            self._look()
            await asyncio.sleep(_STEP_S)

    def _turns(self, rota: Rota, *, produce: bool) -> None:
        numbers, late_us = rota.due(self._mono_us())
        self.tally.late_us = max(self.tally.late_us, late_us)
        for number in numbers:
            self._have_turn(number, produce=produce)

    def _have_turn(self, number: int, *, produce: bool) -> None:
        gateway = self.gateways[number]
        if produce:
            gateway.gather(self.now())
        self._link_of[gateway.name].pump(gateway)

    def _strike(self, drill: Drill, began_us: int) -> None:
        jitter_us = drill.incident.jitter_us
        for number in drill.struck:
            later_us = round(self._dice.uniform(0, jitter_us))
            self.links[number].cut(began_us + drill.ends_us + later_us)

    def _alarm(self) -> None:
        gateway = self._dice.choice(self.gateways)
        device = self._dice.choice(gateway.devices)
        if not device.is_alarmed:
            self.tally.alarms += 1
            self._alarms.append((self._mono_us() + self.plan.alarm_for_us, gateway, device))
            self._turn(gateway, device, alarmed=True)

    def _clear(self, now_us: int | None) -> None:
        """The alarms whose time is over; all of them when there is no time."""
        while self._alarms and (now_us is None or self._alarms[0][0] <= now_us):
            _, gateway, device = self._alarms.popleft()
            self._turn(gateway, device, alarmed=False)

    def _turn(self, gateway: FleetGateway, device: FleetDevice, *, alarmed: bool) -> None:
        gateway.turn(device, self.now(), alarmed=alarmed)
        self._link_of[gateway.name].pump(gateway)

    def _look(self) -> None:
        now_us = self._mono_us()
        if now_us - self._looked_us < _LOOK_US and self._drained_us is None:
            return
        self._looked_us = now_us
        passed_us = now_us - (self._began_us or now_us)
        for drill in self.drills:
            links = [self.links[number] for number in drill.struck]
            is_over = self._began_us is not None and passed_us >= drill.ends_us
            if is_over and drill.back_us is None and all(one.is_introduced for one in links):
                drill.back(passed_us, [gateway for one in links for gateway in one.gateways])
            drill.look(passed_us)
        self._tell(self, passed_us)

    def progress(self) -> dict[str, int]:
        """The figures of a progress line."""
        total = account(self.gateways)
        return {
            "up": sum(link.is_connected for link in self.links),
            "links": len(self.links),
            "taken": total.taken,
            "receipted": total.receipted,
            "outstanding": total.outstanding,
        }

    def report(self, cpu_s: float, resident_mb: int) -> Report:
        """At this instant; `cpu_s`: what the run has cost this process."""
        now_us = self._mono_us()
        began_us = now_us if self._began_us is None else self._began_us
        seconds = ((now_us if self._ended_us is None else self._ended_us) - began_us) / 1e6
        wall_s = max((now_us - _BOOTED_US) / 1e6, 0.001)
        return report(
            self.plan,
            self.gateways,
            self.tally,
            self.drills,
            seconds=seconds,
            drain_s=self._drained_s(),
            generator=Generator(
                round(cpu_s / wall_s, 3), round(self.tally.late_us / 1_000, 1), resident_mb
            ),
        )

    def _drained_s(self) -> float | None:
        if self._drained_us is None or self._ended_us is None:
            return None
        return (self._drained_us - self._ended_us) / 1e6
