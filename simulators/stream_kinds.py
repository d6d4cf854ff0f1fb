"""The stream devices that a command can play: what is made, at which speed, what can be told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from simulators import radar_orders as orders
from simulators import sender_orders
from simulators.care_radar import CareRadar
from simulators.console import Console, Port
from simulators.fall_radar import FallRadar
from simulators.fire_panel import PANEL_FORMAT, FirePanel
from simulators.laser_methane import METHANE_FORMAT, LaserMethane
from simulators.person import Person
from simulators.presence_radar import PresenceRadar
from simulators.radar_orders import AnyRadar, Now
from simulators.sleep_radar import SleepRadar
from simulators.stream_device import FaultyStream
from simulators.track_radar import TrackRadar
from simulators.ultrasonic_gauge import A02YYUW, SEN0754, EchoModel, UltrasonicGauge
from simulators.vitals_radar import VitalsRadar
from simulators.wire_time import WireFormat
from simulators.world import RIPPLE_M, World

Radar = TypeVar("Radar", bound=AnyRadar)
UART: Final = WireFormat(115_200, "N", 1)
FAST_UART: Final = WireFormat(256_000, "N", 1)


@dataclass(frozen=True, slots=True)
class PlayedStream:
    """The device of one command, what can be told, what is true."""

    device: FaultyStream
    console: Callable[[Port], Console]
    state: Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class StreamKind:
    """One sub-command: its name, what it simulates, orders to show, its wire, how it is made.

    `ripple_m` are the waves of the water that it hangs over when it is played alone.
    """

    name: str
    text: str
    example: str
    wire: WireFormat
    make: Callable[[Now, World], PlayedStream]
    ripple_m: float = 0.0


def _radar(
    make: Callable[[], Radar],
    console: Callable[[Radar, Sequence[Person], Port, Now], Console],
    many: int,
    now: Now,
    world: World,
) -> PlayedStream:
    """Make a radar that watches people who are told what to do."""
    device, people = make(), world.people(many)
    device.watch(*people)
    return PlayedStream(device, lambda port: console(device, people, port, now), device.state)


def _ultrasonic(model: EchoModel, now: Now, world: World) -> PlayedStream:
    device = UltrasonicGauge(world.water, model)
    return PlayedStream(
        device,
        lambda port: sender_orders.ultrasonic_console(device, port, now),
        lambda: device.state(now()),
    )


def _methane(now: Now, world: World) -> PlayedStream:
    device = LaserMethane(world.cloud, noise=0.05)
    return PlayedStream(
        device,
        lambda port: sender_orders.methane_console(device, port, now),
        lambda: device.state(now()),
    )


def _panel(now: Now, _world: World) -> PlayedStream:
    device = FirePanel()
    return PlayedStream(
        device, lambda port: sender_orders.panel_console(device, port, now), device.state
    )


STREAMS = (
    StreamKind(
        "r60afd1",
        "a MicRadar R60AFD1 fall radar",
        "person walk\n  drop fall\n  person fall\n  heal\n  still on",
        UART,
        partial(_radar, CareRadar, orders.care_console, 1),
    ),
    StreamKind(
        "r60abd1",
        "a MicRadar R60ABD1 breath, heart and sleep radar",
        "person sleep\n  person apnoea on\n  drop breath_state 2\n  person struggle on",
        UART,
        partial(_radar, SleepRadar, orders.sleep_console, 1),
    ),
    StreamKind(
        "mr60fda2",
        "a Seeed MR60FDA2 fall radar",
        "person walk\n  person fall\n  false-start 3\n  person get-up",
        UART,
        partial(_radar, FallRadar, orders.fall_console, 1),
    ),
    StreamKind(
        "mr60bha2",
        "a Seeed MR60BHA2 breath and heart radar",
        "person sleep\n  warm-up 20\n  person breath 8\n  freeze breath 40",
        UART,
        partial(_radar, VitalsRadar, orders.vitals_console, 1),
    ),
    StreamKind(
        "ld2410",
        "a Hi-Link LD2410 presence radar",
        "person walk\n  person sit\n  split 23\n  person leave",
        FAST_UART,
        partial(_radar, PresenceRadar, orders.presence_console, 1),
    ),
    StreamKind(
        "ld2450",
        "a Hi-Link LD2450 radar that tracks three people",
        "person walk\n  person-2 sit\n  target 3 -782 1713 -16 320\n  glue 4",
        FAST_UART,
        partial(_radar, TrackRadar, orders.track_console, 3),
    ),
    StreamKind(
        "a02yyuw",
        "a DFRobot A02YYUW ultrasonic gauge over water",
        "level 0.3\n  rise 0.05/min\n  echo off\n  checksum 1",
        A02YYUW.wire,
        partial(_ultrasonic, A02YYUW),
        RIPPLE_M,
    ),
    StreamKind(
        "sen0754",
        "a DFRobot SEN0754 ultrasonic gauge over water",
        "level 0.3\n  filter off\n  interference on\n  freeze distance 5",
        SEN0754.wire,
        partial(_ultrasonic, SEN0754),
        RIPPLE_M,
    ),
    StreamKind(
        "mhz9041a",
        "a Winsen MH-Z9041A laser methane sensor",
        "gas 0.25\n  leak 0.6 20\n  error 04\n  reboot 3",
        METHANE_FORMAT,
        _methane,
    ),
    StreamKind(
        "gst9000",
        "a GST9000 fire panel with five detectors, by its printer",
        "fire 4 4 on\n  fire 6 7 on\n  fire 4 4 off\n  reset",
        PANEL_FORMAT,
        _panel,
    ),
)
