"""The lines under watch and those who carry out commands at them: started, stopped, exchanged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable

import msgspec

from edge_agent.buffer.control import Control
from edge_agent.config.model import Config, DeviceConfig
from edge_agent.health import AgentHealth
from edge_agent.operators import gateway_operator, line_operator
from edge_agent.poll.device import Intake
from edge_agent.poll.hand import Hand
from edge_agent.poll.operator import Operator
from edge_agent.poll.voice import Voice
from edge_agent.right_of_way import RightOfWay
from edge_agent.watch import Watch, watches
from runtime.clock import Clock
from runtime.progress import Progress

log = logging.getLogger(__name__)

_LINE_LIMIT_US = 30_000_000
_OPERATOR_LIMIT_US = 120_000_000  # an action may have many writes, each with its time-out
_LINES_STOP_S = 8.0
_OPERATORS_STOP_S = 2.0


class _Post(msgspec.Struct, frozen=True):
    watch: Watch
    operator: Operator
    line: asyncio.Task[None]
    orders: asyncio.Task[None]


class Roster:
    """Tasks are made in the `group` of whoever starts; a line that fails ends that group."""

    def __init__(
        self,
        *,
        intake: Intake,
        control: Control,
        clock: Clock,
        progress: Progress,
        health: Callable[[], Awaitable[AgentHealth]],
        tell: Callable[[str], None] = lambda _: None,
        before: Callable[[Hand], Hand] = lambda hand: hand,
        way: RightOfWay | None = None,
    ) -> None:
        """`tell`: called with what a person should know. `before`: see `gateway_operator`."""
        self._intake = intake
        self._control = control
        self._clock = clock
        self._progress = progress
        self._tell = tell
        self._way = way
        self._gateway = gateway_operator(
            control, health=health, progress=progress.shown, before=before
        )
        self._gateway_task: asyncio.Task[None] | None = None
        self._posts: dict[str, _Post] = {}
        self._order: tuple[str, ...] = ()

    @property
    def watches(self) -> tuple[Watch, ...]:
        """In the order of the configuration."""
        return tuple(self._posts[name].watch for name in self._order if name in self._posts)

    def retune(self, old: Config, new: Config) -> None:
        """Devices go on with other baselines, or in test mode or no longer: no line stops."""
        before = {device.id: device for device in old.devices}
        for device in new.devices:
            if device != before.get(device.id) and device.line in self._posts:
                self._posts[device.line].watch.retune(device)

    def voice(self, device: DeviceConfig) -> Voice | None:
        """What it says; None when nobody watches its line."""
        post = self._posts.get(device.line)
        return None if post is None else post.watch.voice(device.id)

    def start_gateway(self, group: asyncio.TaskGroup) -> None:
        """Whoever answers for the gateway itself is there from the start to the end."""
        self._progress.enrol(self._gateway.name, _OPERATOR_LIMIT_US)
        self._gateway_task = group.create_task(self._gateway.run())

    def start(
        self, config: Config, group: asyncio.TaskGroup, names: Collection[str] | None = None
    ) -> None:
        """Start every line of the configuration, or those named, with its operator."""
        self._order = tuple(line.name for line in config.lines)
        shown = self._progress.shown
        made = watches(
            config,
            self._intake,
            self._clock,
            shown,
            self._tell,
            names=names,
            way=self._way,
        )
        for watch in made:
            operator = line_operator(
                config, watch, self._control, clock=self._clock, progress=shown
            )
            self._progress.enrol(watch.name, _LINE_LIMIT_US)
            self._progress.enrol(operator.name, _OPERATOR_LIMIT_US)
            self._posts[watch.name.removeprefix("line ")] = _Post(
                watch, operator, group.create_task(watch.run()), group.create_task(operator.run())
            )

    async def started(self) -> None:
        """Return once every port was tried, whether it is there or not."""
        for watch in self.watches:
            await watch.started.wait()

    async def stop(self, names: Iterable[str]) -> None:
        """These lines finish the exchange under way and deliver what they heard; in this order."""
        posts = {name: self._posts[name] for name in names if name in self._posts}
        leaving = list(posts.values())
        await _stop_operators([(post.operator, post.orders) for post in leaving])
        for post in leaving:
            post.watch.stop()
        await _stopped([post.line for post in leaving])
        for name, post in posts.items():  # only now: whoever is cut off here is stopped again
            self._progress.withdraw(post.watch.name)
            self._progress.withdraw(post.operator.name)
            del self._posts[name]

    async def stop_all(self) -> None:
        if self._gateway_task is not None:
            await _stop_operators([(self._gateway, self._gateway_task)])
        await self.stop(list(self._posts))


async def _stop_operators(those: list[tuple[Operator, asyncio.Task[None]]]) -> None:
    """The command under way is finished and answered; what is cut off is answered later."""
    for operator, _ in those:
        operator.stop()
    orders = [task for _, task in those]
    if orders:
        await asyncio.wait(orders, timeout=_OPERATORS_STOP_S)
    for task in orders:
        task.cancel()
        await asyncio.wait([task])


async def _stopped(lines: list[asyncio.Task[None]]) -> None:
    if not lines:
        return
    _, hanging = await asyncio.wait(lines, timeout=_LINES_STOP_S)
    for task in hanging:
        log.error("a line does not stop: it is left behind")
        task.cancel()
