"""Polls the devices of one line: schedule, exchange, driver, filter, buffer."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator

from edge_agent.config.tables import Vector
from edge_agent.exchange import Failure, Fault, Reply
from edge_agent.health import DeviceHealth, LineHealth, Signs
from edge_agent.poll.delivery import Delivery
from edge_agent.poll.device import Intake, PolledDevice
from edge_agent.poll.inquiry import Asker, Inquiry, Question
from edge_agent.poll.report_filter import ReportPolicy
from edge_agent.poll.schedule import Miss, Schedule, Turn
from edge_agent.poll.voice import Voice
from edge_agent.right_of_way import RightOfWay
from runtime.beat import Beat
from runtime.clock import Clock

_SECOND_US = 1_000_000
_LOOK_AT_LOAD_US = 10_000_000

_log = logging.getLogger(__name__)


class Poller:
    """One task per line.

    `progress` is called with the line's name after every exchange, and each second between them:
    when it stops, the watchdog knows that the line hangs. `is_crowded`: whether the line, as it is
    now, has too little time for everything; hazard points are then read apart from the rest. `tell`
    is called with what a person should know. `way`: whom it lets pass before each question.
    """

    def __init__(
        self,
        line: Asker,
        devices: Iterable[PolledDevice],
        intake: Intake,
        clock: Clock,
        progress: Callable[[str], None],
        *,
        is_crowded: Callable[[LineHealth], bool] = lambda _: False,
        tell: Callable[[str], None] = lambda _: None,
        way: RightOfWay | None = None,
    ) -> None:
        """Take the devices of the line. Raise ValueError if two have one name or unit."""
        self._line = line
        self._devices = _by_name(devices)
        self._clock = clock
        self._progress = progress
        self._delivery = Delivery(intake)
        self._inquiry = Inquiry(line, clock)
        self._stop = asyncio.Event()
        self._beat = Beat()
        self._is_crowded = is_crowded
        self._tell = tell
        self._way = RightOfWay() if way is None else way
        now_us = clock.mono_us()
        self._look_at_load_us = now_us
        turns = [turn for device in self._devices.values() for turn in _turns(device)]
        self._schedule = Schedule(turns, now_us)
        self._voices = {
            name: Voice(device.report, is_test=device.is_test)
            for name, device in self._devices.items()
        }
        self._refused: dict[str, tuple[str, ...]] = {}
        self._dead_since_us: dict[str, int] = {}
        self._overdue_us: dict[str, int] = {}  # by device: when its silence is to be told

    async def run(self) -> None:
        """Poll until stopped; what was heard until then is delivered before it returns."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._delivery.run())
            while not self._stop.is_set():
                if not self._line.is_stuck:  # else only a new start helps: let the watchdog bite
                    self._progress(self._line.name)
                await self._step()
            await self._delivery.close()

    def stop(self) -> None:
        """Let `run` return after the exchange under way."""
        self._stop.set()

    def set_test(self, device: str, *, is_test: bool) -> None:
        """Mark what the device says from now on as test, or no longer. Raise KeyError."""
        self._voices[device].is_test = is_test

    def retune(self, device: str, baseline: Vector | None, report: ReportPolicy) -> None:
        """Go on with another baseline and the rules that follow from it. Raise KeyError."""
        self._devices[device].driver.rebase(baseline)
        self._voices[device].retune(report)

    def voice(self, device: str) -> Voice:
        """What the device says. Raise KeyError."""
        return self._voices[device]

    def line_health(self) -> LineHealth:
        return self._line.health()

    def signs(self) -> Signs:
        """What an unusual state of its devices shows in."""
        return Signs(self._schedule.dead)

    def device_health(self) -> tuple[DeviceHealth, ...]:
        return tuple(self._health_of(name) for name in self._devices)

    async def _step(self) -> None:
        if self._delivery.is_waiting:
            await asyncio.sleep(0)  # then it is known whether there is an alarm among it
            await self._delivery.room()
        await self._way.given()
        now = self._clock.mono_us()
        if now >= self._look_at_load_us:
            self._look_at_load(now)
        if self._overdue_us:
            self._tell_overdue(now)
        choice = self._schedule.choose(now, self._resting_until_us)
        if choice.turn is None:
            next_us = min((choice.at_us, *self._overdue_us.values()))
            await self._wait(next_us - now)
        else:
            await self._take(choice.turn, now)

    def _tell_overdue(self, now_us: int) -> None:
        """A device that is silent is asked rarely; that it is silent is told when it is so."""
        for name in [name for name, at_us in self._overdue_us.items() if at_us <= now_us]:
            samples = self._devices[name].driver.overdue(now_us)
            self._note_overdue(name)
            self._delivery.put(name, self._voices[name].told(samples))

    def _note_overdue(self, name: str) -> None:
        at_us = self._devices[name].driver.overdue_us
        if at_us is None:
            self._overdue_us.pop(name, None)
        else:
            self._overdue_us[name] = at_us

    def _look_at_load(self, now_us: int) -> None:
        """Part hazard points from the rest while the line is crowded, and join them after it."""
        self._look_at_load_us = now_us + _LOOK_AT_LOAD_US
        is_crowded = self._is_crowded(self._line.health())
        for device in self._devices.values():
            if device.driver.crowd(is_crowded=is_crowded):
                self._schedule.regroup(device.name, _turns(device), now_us)

    async def _wait(self, wait_us: int) -> None:
        await self._beat.told(self._stop, wait_us / _SECOND_US)

    async def _take(self, turn: Turn, now: int) -> None:
        """Ask the device one request, others with it, or end its turn because it has none."""
        device = self._devices[turn.device]
        request = device.driver.due(now, turn.claim)
        if request is None:
            self._schedule.nothing_to_ask(turn, now)
            return
        asked: list[tuple[Turn, Question]] = [(turn, (device, request))]
        if self._inquiry.most > 1 and not self._inquiry.is_doubtful(device):
            asked += self._beside(turn, now)

        def heard(place: int, answer: Reply | Failure) -> bool:
            """Whether the next one is asked now: not before an alarm among it."""
            self._answered(asked[place][0], answer, now)
            return not self._way.is_claimed

        await self._inquiry.ask([question for _, question in asked], heard)

    def _beside(self, turn: Turn, now: int) -> Iterator[tuple[Turn, Question]]:
        """What is asked together with it, of devices that need no probe."""
        others = self._schedule.beside(
            turn,
            now,
            self._resting_until_us,
            self._inquiry.most - 1,
            is_told_at_once=self._line.tells_at_once,
        )
        for other in others:
            device = self._devices[other.device]
            if self._inquiry.is_doubtful(device):
                continue
            request = device.driver.due(now, other.claim)
            if request is None:
                self._schedule.nothing_to_ask(other, now)
            else:
                yield other, (device, request)

    def _answered(self, turn: Turn, answer: Reply | Failure, started: int) -> None:
        if isinstance(answer, Failure):
            self._failed(turn, answer, started)
            return
        device = self._devices[turn.device]
        samples = device.driver.received(answer, answer.received_us)
        if self._overdue_us:
            self._note_overdue(device.name)
        reported = self._voices[device.name].heard(samples, answer.received_us)
        self._go_on(turn, started, answer.received_us)
        self._delivery.put(device.name, reported)

    def _go_on(self, turn: Turn, started: int, now: int) -> None:
        """Ask the driver at once whether its cycle is over, lest a whole sweep pass before."""
        driver = self._devices[turn.device].driver
        self._schedule.answered(turn, started, now)
        if self._dead_since_us:
            self._note_back(turn.device, now)
        if driver.due(now, turn.claim) is None:
            self._schedule.finished(turn, now)
        if driver.refused != self._refused.get(turn.device, ()):
            self._note_refusals(turn.device, driver.refused)

    def _note_back(self, device: str, now_us: int) -> None:
        since_us = self._dead_since_us.pop(device, None)
        if since_us is not None:
            silent_s = (now_us - since_us) / _SECOND_US
            _log.warning("device %s answers again, after %.0f s", device, silent_s)

    def _note_refusals(self, device: str, refused: tuple[str, ...]) -> None:
        self._refused[device] = refused
        if refused:
            listed = ", ".join(refused)
            self._tell(f"device {device} refuses {listed}: compare its model with the profile")
        else:
            self._tell(f"device {device} refuses nothing any more")

    def _failed(self, turn: Turn, failure: Failure, started_us: int) -> None:
        samples = self._devices[turn.device].driver.failed(failure, failure.at_us)
        if failure.fault is Fault.RESTING:  # it was never sent, and the schedule knows the rest
            return
        self._note_overdue(turn.device)
        reported = self._voices[turn.device].missed(samples, failure)
        self._book(turn, failure, started_us)
        self._delivery.put(turn.device, reported)

    def _book(self, turn: Turn, failure: Failure, started_us: int) -> None:
        """Tell the schedule: only silence and nonsense of the device itself are misses."""
        if failure.fault is Fault.EXCEPTION:
            self._go_on(turn, started_us, failure.at_us)
        elif failure.fault is Fault.PORT_GONE:
            self._schedule.finished(turn, failure.at_us)
        else:
            miss = self._schedule.missed(turn, started_us, failure.at_us)
            if miss is Miss.FOUND_DEAD:
                self._dead_since_us[turn.device] = started_us
                _log.warning("device %s does not answer: %s", turn.device, failure.fault)

    def _resting_until_us(self, name: str) -> int:
        return self._line.resting_until_us(self._devices[name].unit)

    def _health_of(self, name: str) -> DeviceHealth:
        voice = self._voices[name]
        why, at_us = self._schedule.waits(name, self._clock.mono_us(), self._resting_until_us)
        return DeviceHealth(
            device=name,
            line=self._line.name,
            state=voice.state(is_dead=self._schedule.is_dead(name)),
            last_reply_us=voice.last_reply_us,
            misses=self._schedule.misses(name),
            last_fault=voice.last_fault,
            quality=voice.quality,
            waits=why,
            next_us=at_us,
            is_test=voice.is_test,
            refused=self._devices[name].driver.refused,
        )


def _turns(device: PolledDevice) -> list[Turn]:
    return [Turn(device.name, claim, device.period_us) for claim in device.driver.claims]


def _by_name(devices: Iterable[PolledDevice]) -> dict[str, PolledDevice]:
    table: dict[str, PolledDevice] = {}
    units: dict[int, str] = {}
    for device in devices:
        if device.name in table:
            raise ValueError(f"two devices have the name {device.name}")
        if device.unit in units:
            raise ValueError(f"{device.name} and {units[device.unit]} have unit {device.unit}")
        table[device.name] = device
        units[device.unit] = device.name
    return table
