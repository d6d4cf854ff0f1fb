"""Fifty simulated devices of all five kinds on eleven lines, in a process of their own."""

import multiprocessing
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from simulators.care_radar import CareRadar
from simulators.cover_motion import CoverMotion
from simulators.gas_monitor import XCD_FORMAT, GasMonitor
from simulators.manhole_cover import TILT_FORMAT, PitContacts, TiltSensor
from simulators.radar_eye import Motion
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.slave_line import SlaveUnit
from simulators.smoke_detector import FACTORY_FORMAT, SmokeDetector
from simulators.stage import DeviceSpec, GatewaySpec, LineSpec, Setting
from simulators.water_gauge import WaterRuler
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat

SMOKE, WATER, TILT, PIT, GAS, RADAR = (
    "calectro_ug3",
    "bcd_ruler",
    "witmotion_485",
    "di2_modbus_sqr2",
    "honeywell_sensepoint_xcd",
    "micradar_r60afd1",
)
ROOMS = 6
_ENDS_S = 10.0


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A Modbus line and the profiles of its devices, unit after unit from 1."""

    name: str
    wire: WireFormat
    profiles: tuple[str, ...]


LINES = (
    *(LinePlan(f"ducts-{n}", FACTORY_FORMAT, (SMOKE,) * 10) for n in range(3)),
    LinePlan("street", TILT_FORMAT, (WATER,) * 4 + (TILT,) * 2 + (PIT,) * 2),
    LinePlan("wells", XCD_FORMAT, (GAS,) * 6),
)
DEVICES = sum(len(line.profiles) for line in LINES) + ROOMS


def gateway(name: str, folder: Path, report: str) -> GatewaySpec:
    """The quarter as a gateway's configuration; `report`: change or always."""
    said: dict[str, Setting] = {"report": report}
    level: dict[str, Setting] = {"baseline": (0.0, 0.0, 1.0)}
    devices = [
        DeviceSpec(
            f"{line.name}-{unit:02d}",
            profile,
            line.name,
            {"unit": unit, **said, **(level if profile == TILT else {})},
        )
        for line in LINES
        for unit, profile in enumerate(line.profiles, 1)
    ]
    devices += [DeviceSpec(f"radar-{n}", RADAR, f"room-{n}", said) for n in range(ROOMS)]
    # A pseudo-terminal has no parity bit: the lines say so, whatever the profile wants.
    lines = [
        LineSpec(line.name, "modbus-rtu", folder / line.name, {"parity": "N"}) for line in LINES
    ]
    lines += [LineSpec(f"room-{n}", "uart", folder / f"room-{n}") for n in range(ROOMS)]
    return GatewaySpec(name, tuple(lines), tuple(devices))


@contextmanager
def plugged_in(folder: Path) -> Iterator[None]:
    """The devices answer at the ports of `folder` until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    made = multiprocessing.get_context("spawn")
    ours, theirs = made.Pipe()
    process = made.Process(target=_play, args=(theirs, folder), daemon=True)
    process.start()
    try:
        ours.recv()
        yield
    finally:
        ours.send(None)
        process.join(_ENDS_S)


def _play(orders: Connection, folder: Path) -> None:
    with ExitStack() as plugged:
        for line in LINES:
            units = [_unit(profile, unit) for unit, profile in enumerate(line.profiles, 1)]
            plugged.enter_context(
                SerialLine(
                    units,
                    baud=line.wire.baud,
                    parity="N",
                    stop_bits=line.wire.stop_bits,
                    link=folder / line.name,
                )
            )
        for n in range(ROOMS):
            plugged.enter_context(SerialStream(_radar(n), link=folder / f"room-{n}"))
        orders.send(None)
        orders.recv()


def _unit(profile: str, unit: int) -> SlaveUnit:
    """A device on a usual day: gas and water read a little differently each time."""
    match profile:
        case "calectro_ug3":
            return SmokeDetector(unit)
        case "bcd_ruler":
            return WaterRuler(WaterLevel(0.05, ripple_m=0.01, seed=unit), unit)
        case "witmotion_485":
            return TiltSensor(CoverMotion(seed=unit), unit)
        case "di2_modbus_sqr2":
            return PitContacts(CoverMotion(seed=unit), unit)
        case _:
            return GasMonitor(unit=unit, noise=0.05, seed=unit)


def _radar(seed: int) -> CareRadar:
    """Someone is at home and moves."""
    radar = CareRadar(seed=seed)
    radar.set_presence(True)
    radar.set_motion(Motion.ACTIVE)
    radar.set_movement(30 + seed)
    return radar
