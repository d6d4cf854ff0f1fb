"""The devices that a command can play: what is made, how it is reached, what can be told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from simulators import device_orders as orders
from simulators.console import Console, Port
from simulators.fault_orders import Now, Transport
from simulators.gas_model import XCD, XCL, XRL, GasModel
from simulators.gas_monitor import XCD_FORMAT, XCD_UNIT, GasMonitor
from simulators.manhole_cover import (
    CONTACTS_FORMAT,
    CONTACTS_UNIT,
    TILT_FORMAT,
    TILT_UNIT,
    PitContacts,
    TiltSensor,
)
from simulators.register_unit import RegisterUnit
from simulators.smoke_detector import FACTORY_FORMAT, SmokeDetector
from simulators.submersible_gauge import QDY_FORMAT, QDY_UNIT, SubmersibleGauge
from simulators.water_gauge import (
    PLAIN_UNIT,
    RADAR_FORMAT,
    RADAR_UNIT,
    RULER_FORMAT,
    RULER_UNIT,
    Coding,
    WaterRadar,
    WaterRuler,
)
from simulators.wire_time import WireFormat
from simulators.world import RIPPLE_M, World


@dataclass(frozen=True, slots=True)
class Played:
    """Devices of one command: what hangs on the line, what can be told, what is true."""

    units: Sequence[RegisterUnit]
    console: Callable[[Port, Transport], Console]
    state: Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sub-command: its name, what it simulates, orders to show, and how it is made.

    `ripple_m` are the waves of the water that it stands in when it is played alone.
    """

    name: str
    text: str
    example: str
    unit: int | None
    wire: WireFormat
    make: Callable[[int, Now, World], Played]
    ripple_m: float = 0.0


def _ug3(unit: int, now: Now, _world: World) -> Played:
    device = SmokeDetector(unit)
    return Played(
        [device],
        lambda port, transport: orders.ug3_console(device, port, transport, now),
        lambda: device.state(now()),
    )


def _ruler(coding: Coding, unit: int, now: Now, world: World) -> Played:
    device = WaterRuler(world.water, unit, coding=coding)
    return Played(
        [device],
        lambda port, transport: orders.ruler_console(device, port, transport, now),
        lambda: device.state(now()),
    )


def _level_radar(unit: int, now: Now, world: World) -> Played:
    device = WaterRadar(world.water, unit)
    return Played(
        [device],
        lambda port, transport: orders.level_radar_console(device, port, transport, now),
        lambda: device.state(now()),
    )


def _tilt(unit: int, now: Now, world: World) -> Played:
    device = TiltSensor(world.cover, unit)
    return Played(
        [device],
        lambda port, transport: orders.tilt_console(device, port, transport, now),
        lambda: device.state(now()),
    )


def _contacts(unit: int, now: Now, world: World) -> Played:
    device = PitContacts(world.cover, unit)
    return Played(
        [device],
        lambda port, transport: orders.contacts_console(device, port, transport, now),
        lambda: device.state(now()),
    )


def _pit(_unit: int, now: Now, world: World) -> Played:
    sensor, contacts = TiltSensor(world.cover), PitContacts(world.cover)
    return Played(
        [sensor, contacts],
        lambda port, transport: orders.pit_console(sensor, contacts, port, transport, now),
        lambda: {**sensor.state(now()), **contacts.state(now())},
    )


def _submersible(unit: int, now: Now, world: World) -> Played:
    device = SubmersibleGauge(world.water, unit)
    return Played(
        [device],
        lambda port, transport: orders.submersible_console(device, port, transport, now),
        lambda: device.state(now()),
    )


def _gas(model: GasModel, unit: int, now: Now, world: World) -> Played:
    device = GasMonitor(world.cloud, unit, model=model)
    return Played(
        [device],
        lambda port, transport: orders.gas_console(device, port, transport, now),
        lambda: device.state(now()),
    )


KINDS = (
    Kind(
        "ug3",
        "a Calectro UG-3 smoke detector",
        "smoke on\n  late 0.5 3\n  smoke off\n  reset",
        1,
        FACTORY_FORMAT,
        _ug3,
    ),
    Kind(
        "bcd-ruler",
        "an inductive water ruler that writes BCD",
        "level 0.12\n  rise 0.05/min 0.3\n  trouble digits",
        RULER_UNIT,
        RULER_FORMAT,
        partial(_ruler, Coding.BCD),
    ),
    Kind(
        "u16-ruler",
        "an inductive water ruler that writes plain centimetres",
        "level 0.12\n  rise 0.05/min 0.3\n  trouble fouled",
        PLAIN_UNIT,
        RULER_FORMAT,
        partial(_ruler, Coding.PLAIN),
    ),
    Kind(
        "sen0676",
        "a DFRobot SEN0676 radar over water",
        "level 0.3\n  rise 0.05/min\n  echo off",
        RADAR_UNIT,
        RADAR_FORMAT,
        _level_radar,
        RIPPLE_M,
    ),
    Kind(
        "wt901c485",
        "a WitMotion attitude sensor on a manhole cover",
        "tilt 15\n  open\n  knock\n  close",
        TILT_UNIT,
        TILT_FORMAT,
        _tilt,
    ),
    Kind(
        "sqr2",
        "an SQR-2 with a float and a cover contact",
        "float on\n  open\n  cut cover\n  mend",
        CONTACTS_UNIT,
        CONTACTS_FORMAT,
        _contacts,
    ),
    Kind(
        "manhole",
        "a manhole: attitude sensor (unit 80) and contacts (unit 255) on one cover and line",
        "open\n  contacts float on\n  sensor silent 3\n  close",
        None,
        TILT_FORMAT,
        _pit,
    ),
    Kind(
        "xcd",
        "a Honeywell Sensepoint XCD gas transmitter",
        "gas 0.25\n  leak 0.6 20\n  ventilate\n  warm-up 30",
        XCD_UNIT,
        XCD_FORMAT,
        partial(_gas, XCD),
    ),
    Kind(
        "xrl",
        "a Honeywell Sensepoint XRL gas transmitter with a heartbeat",
        "gas 0.25\n  inhibit on\n  heartbeat off\n  reboot 2",
        XCD_UNIT,
        XCD_FORMAT,
        partial(_gas, XRL),
    ),
    Kind(
        "xcl",
        "a Honeywell Sensepoint XCL gas transmitter with a heartbeat",
        "leak 0.6 20\n  gas-unit 5\n  stuck on",
        XCD_UNIT,
        XCD_FORMAT,
        partial(_gas, XCL),
    ),
    Kind(
        "qdy30a",
        "a QDY30A submersible level gauge that tells its own scale",
        "level 0.3\n  rise 0.05/min\n  supply 9.5\n  twin collide 3\n  reboot",
        QDY_UNIT,
        QDY_FORMAT,
        _submersible,
        RIPPLE_M,
    ),
)
