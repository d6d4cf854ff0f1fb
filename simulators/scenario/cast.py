"""Makes the devices of a scenario, hangs them on their lines, and plugs these in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Literal, Self, cast

from runtime.clock import Clock
from simulators.actor import Actor
from simulators.console import Port
from simulators.fault_orders import Now, Transport
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.pace import Pace, PacedStream, PacedUnit
from simulators.register_unit import RegisterUnit
from simulators.scenario.kinds import MODBUS, STREAM
from simulators.scenario.model import Carrier, Device, Line, Scenario
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.stream_device import FaultyStream
from simulators.wire_time import WireFormat
from simulators.world import World

TRANSPORTS: Final = {
    Carrier.PTY: Transport.SERIAL,
    Carrier.TCP: Transport.TCP,
    Carrier.RTU_TCP: Transport.RTU_OVER_TCP,
}
AnyPort = SerialLine | SerialStream | ModbusTcp | RtuOverTcp
Hung = Sequence[RegisterUnit] | FaultyStream
Connect = Callable[[Line, WireFormat, Hung], Port]


def actors_of(scenario: Scenario, now: Now, connect: Connect) -> dict[str, Actor]:
    """Make the devices and connect their lines; `now` is the devices' clock."""
    worlds = {one.place: World() for one in scenario.devices}
    found: dict[str, Actor] = {}
    for line in scenario.lines:
        hung = [one for one in scenario.devices if one.line == line.name]
        for actor in _on_line(line, hung, worlds, now, connect):
            found[actor.name] = actor
    return {one.name: found[one.name] for one in scenario.devices}


def wire_of(line: Line, kind: str) -> WireFormat:
    """Return a line's speed and shape: its own, else those of a kind."""
    usual = STREAM[kind].wire if kind in STREAM else MODBUS[kind].wire
    return WireFormat(
        line.baud or usual.baud,
        cast("Literal['N', 'E', 'O']", line.parity or usual.parity),
        cast("Literal[1, 2]", line.stop_bits or usual.stop_bits),
    )


def _on_line(
    line: Line, hung: Sequence[Device], worlds: Mapping[str, World], now: Now, connect: Connect
) -> Iterator[Actor]:
    wire = wire_of(line, hung[0].kind)
    first = hung[0]
    if first.kind in STREAM:
        spoken = STREAM[first.kind].make(now, worlds[first.place])
        port = connect(line, wire, spoken.device)
        yield Actor(first.name, first.kind, spoken.console(port), spoken.state, _path_of(port))
        return
    played = [MODBUS[one.kind].make(one.unit or 1, now, worlds[one.place]) for one in hung]
    port = connect(line, wire, [unit for one in played for unit in one.units])
    for device, one in zip(hung, played, strict=True):
        console = one.console(port, TRANSPORTS[line.carrier])
        yield Actor(device.name, device.kind, console, one.state, _path_of(port))


def _path_of(port: Port) -> Callable[[], str]:
    return lambda: port.path


class Cast:
    """The devices of a scenario as a context manager: inside it their lines are plugged in.

    A pty is linked at `links`/LINE.
    """

    def __init__(self, scenario: Scenario, pace: Pace, clock: Clock, links: Path | None) -> None:
        """Make the devices; nothing is opened yet."""
        self.ports: dict[str, AnyPort] = {}
        self._pace = pace
        self._clock = clock
        self._links = links
        self._plugged = ExitStack()
        self.actors = actors_of(scenario, lambda: pace.device_us(clock.mono_us()), self._connect)

    def __enter__(self) -> Self:
        """Plug every line in. Raises OSError when a port can not be had; then none is."""
        with ExitStack() as plugged:
            if self._links is not None:
                self._links.mkdir(parents=True, exist_ok=True)
            for port in self.ports.values():
                plugged.enter_context(port)
            self._plugged = plugged.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug all."""
        self._plugged.close()

    def _connect(self, line: Line, wire: WireFormat, hung: Hung) -> Port:
        port = self._port(line, wire, hung)
        self.ports[line.name] = port
        return port

    def _port(self, line: Line, wire: WireFormat, hung: Hung) -> AnyPort:
        link = None if self._links is None else self._links / line.name
        if not isinstance(hung, Sequence):
            stream = PacedStream(hung, self._pace)
            return SerialStream(stream, wire=wire, link=link, clock=self._clock)
        units = [PacedUnit(unit, self._pace) for unit in hung]
        if line.carrier is Carrier.TCP:
            return ModbusTcp(units, port=line.port, clock=self._clock)
        if line.carrier is Carrier.RTU_TCP:
            return RtuOverTcp(units, wire, port=line.port, clock=self._clock)
        return SerialLine(
            units,
            baud=wire.baud,
            parity=wire.parity,
            stop_bits=wire.stop_bits,
            link=link,
            clock=self._clock,
        )
