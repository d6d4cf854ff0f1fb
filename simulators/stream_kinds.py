"""The stream devices that a command can play: what is made, at which speed, what can be told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulators import radar_orders as orders
from simulators.care_radar import CareRadar
from simulators.console import Console, Port
from simulators.person import Person
from simulators.radar_orders import Now
from simulators.stream_device import StreamDevice
from simulators.wire_time import WireFormat


@dataclass(frozen=True, slots=True)
class PlayedStream:
    """The device of one command, what can be told, what is true."""

    device: StreamDevice
    console: Callable[[Port], Console]
    state: Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class StreamKind:
    """One sub-command: its name, what it simulates, orders to show, its wire, how it is made."""

    name: str
    text: str
    example: str
    wire: WireFormat
    make: Callable[[Now], PlayedStream]


def _care_radar(now: Now) -> PlayedStream:
    device, person = CareRadar(), Person()
    device.watch(person)
    return PlayedStream(
        device, lambda port: orders.care_console(device, person, port, now), device.state
    )


STREAMS = (
    StreamKind(
        "r60afd1",
        "a MicRadar R60AFD1 fall radar",
        "person walk\n  drop fall\n  person fall\n  heal\n  still on",
        WireFormat(115_200, "N", 1),
        _care_radar,
    ),
)
