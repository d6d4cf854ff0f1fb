"""One line of the gateway with all that watches over it: opened, run until stopped, closed."""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

import msgspec
from msgspec.structs import replace

from edge_agent.assembly import (
    character_us,
    line_settings,
    listened,
    open_port,
    polled,
    port_settings,
    report_policy,
)
from edge_agent.bus.line import Line
from edge_agent.bus.stream import Stream
from edge_agent.config.model import Config, DeviceConfig, LineConfig
from edge_agent.health import Caught, DeviceHealth, FrameRecord, LineHealth, Signs
from edge_agent.line_load import LoadMeter
from edge_agent.poll.device import Intake
from edge_agent.poll.listener import Listener
from edge_agent.poll.poller import Poller
from edge_agent.poll.voice import Voice
from edge_agent.right_of_way import RightOfWay
from edge_agent.unasked import UnaskedMeter
from runtime.clock import Clock


class Watch(Protocol):
    """A line under watch; its loop shows progress under `name`."""

    @property
    def name(self) -> str: ...

    @property
    def started(self) -> asyncio.Event:
        """Set once the port was tried, whether it is there or not."""
        ...

    async def run(self) -> None:
        """Open, watch until stopped, deliver what was heard, close."""
        ...

    def stop(self) -> None: ...

    def retune(self, device: DeviceConfig) -> None:
        """Go on with this baseline, these rules and this mode: nothing else of it is another."""
        ...

    def voice(self, device: str) -> Voice:
        """What one of its devices says. Raise KeyError."""
        ...

    def line_health(self) -> LineHealth: ...

    def device_health(self) -> tuple[DeviceHealth, ...]: ...

    def signs(self) -> Signs:
        """Of something odd; asked each second, so it costs nothing."""
        ...

    def frames(self) -> tuple[FrameRecord, ...]:
        """The last ones, oldest first."""
        ...

    def caught(self) -> tuple[Caught, ...]:
        """What was odd since the last time."""
        ...


class AskedLine(msgspec.Struct, frozen=True):
    """A Modbus line and its poller."""

    name: str
    line: Line
    poller: Poller
    meter: LoadMeter
    unasked: UnaskedMeter
    started: asyncio.Event = msgspec.field(default_factory=asyncio.Event)

    async def run(self) -> None:
        async with self.line:
            self.started.set()
            await self.poller.run()

    def stop(self) -> None:
        self.poller.stop()

    def retune(self, device: DeviceConfig) -> None:
        self.poller.retune(device.id, device.baseline, report_policy(device))
        self.poller.set_test(device.id, is_test=device.is_test)

    def voice(self, device: str) -> Voice:
        return self.poller.voice(device)

    def line_health(self) -> LineHealth:
        health = self.poller.line_health()
        return replace(health, load=self.meter.load(health), unasked=self.unasked.seen())

    def device_health(self) -> tuple[DeviceHealth, ...]:
        return self.poller.device_health()

    def signs(self) -> Signs:
        return self.poller.signs()

    def frames(self) -> tuple[FrameRecord, ...]:
        return self.line.frames()

    def caught(self) -> tuple[Caught, ...]:
        return self.line.caught()


class HeardLine(msgspec.Struct, frozen=True):
    """A stream and its listener."""

    name: str
    stream: Stream
    listener: Listener
    started: asyncio.Event = msgspec.field(default_factory=asyncio.Event)

    async def run(self) -> None:
        async with self.stream:
            self.started.set()
            await self.listener.run()

    def stop(self) -> None:
        self.listener.stop()

    def retune(self, device: DeviceConfig) -> None:
        self.listener.retune(report_policy(device))
        self.listener.set_test(is_test=device.is_test)

    def voice(self, device: str) -> Voice:
        if device != self.listener.device_health().device:
            raise KeyError(device)
        return self.listener.voice

    def line_health(self) -> LineHealth:
        return self.listener.line_health()

    def device_health(self) -> tuple[DeviceHealth, ...]:
        return (self.listener.device_health(),)

    def signs(self) -> Signs:
        return self.listener.signs()

    def frames(self) -> tuple[FrameRecord, ...]:
        return self.stream.frames()

    def caught(self) -> tuple[Caught, ...]:
        return ()


def watches(
    config: Config,
    intake: Intake,
    clock: Clock,
    progress: Callable[[str], None],
    tell: Callable[[str], None] = lambda _: None,
    *,
    names: Collection[str] | None = None,
    way: RightOfWay | None = None,
) -> tuple[Watch, ...]:
    """One for each line that has devices; `names`: of these lines alone.

    `tell`: called with what a person should know. `way`: whom its lines let pass.
    """
    return tuple(
        _asked(line, config, intake, clock, progress, tell=tell, way=way)
        if line.kind.is_asked
        else _heard(line, config, intake, clock, progress)
        for line in config.lines
        if config.devices_of(line.name) and (names is None or line.name in names)
    )


def _asked(
    line: LineConfig,
    config: Config,
    intake: Intake,
    clock: Clock,
    progress: Callable[[str], None],
    *,
    tell: Callable[[str], None],
    way: RightOfWay | None,
) -> AskedLine:
    name = f"line {line.name}"
    bus = Line(line_settings(line), clock, open_port)
    devices = config.devices_of(line.name)
    meter = LoadMeter(line, devices)
    unasked = UnaskedMeter(line.name, {one.unit: one.id for one in devices}, character_us(line))

    def is_crowded(health: LineHealth) -> bool:
        for sentence in unasked.look(health, clock.mono_us()):
            tell(sentence)
        return meter.is_crowded(health)

    poller = Poller(
        bus,
        [polled(device, line) for device in devices],
        intake,
        clock,
        lambda _: progress(name),
        is_crowded=is_crowded,
        tell=tell,
        way=way,
    )
    return AskedLine(name, bus, poller, meter, unasked)


def _heard(
    line: LineConfig, config: Config, intake: Intake, clock: Clock, progress: Callable[[str], None]
) -> HeardLine:
    name = f"line {line.name}"
    stream = Stream(line.name, port_settings(line), clock, open_port)
    (device,) = (listened(device, line.serial) for device in config.devices_of(line.name))
    listener = Listener(stream, device, intake, clock, lambda _: progress(name))
    return HeardLine(name, stream, listener)
