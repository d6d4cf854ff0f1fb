"""Each kind of device on each transport: condition, webhook, clear or latch, reset.

All at once, since a water alarm clears only a minute after the water has gone.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runtime.clock import SystemClock
from simulators.alarm_centre import AlarmCentre
from simulators.cover_motion import CoverMotion
from simulators.delivery_book import Delivery
from simulators.gas_monitor import XCD_FORMAT, GasMonitor
from simulators.manhole_cover import CONTACTS_FORMAT, TILT_FORMAT, PitContacts, TiltSensor
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.serial_line import SerialLine
from simulators.slave_line import SlaveUnit
from simulators.smoke_detector import FACTORY_FORMAT, SmokeDetector
from simulators.stage import (
    DeviceSpec,
    GatewaySpec,
    LineSpec,
    NetworkSpec,
    Stage,
    new_webhook_secret,
)
from simulators.water_gauge import RADAR_FORMAT, RULER_FORMAT, WaterRadar, WaterRuler
from simulators.water_level import WaterLevel
from simulators.wire_time import WireFormat
from tests.patience import PATIENCE_S

GATEWAY = "gw-001"
TRANSPORTS = ("modbus-tcp", "modbus-rtu-over-tcp", "modbus-rtu")  # none begins another before it


@dataclass(frozen=True, slots=True)
class Case:
    """A device, what befalls it, which rule has to say so, and how it ends."""

    profile: str
    unit: SlaveUnit
    address: int
    wire: WireFormat
    rule: str
    happen: Callable[[int], object]
    end: Callable[[int], object]
    latched: bool
    keys: dict[str, Any]


def air(detector: SmokeDetector) -> None:
    detector.set_smoke(False)
    detector.reset()


def ventilate(monitor: GasMonitor, now: int) -> None:
    monitor.set_gas(0.0, now)
    monitor.reset()


def cases() -> dict[str, Case]:
    smoke, gas, gas_over = SmokeDetector(1), GasMonitor(), GasMonitor()
    ruler, surface = WaterLevel(0.02), WaterLevel(0.02)
    tilted, opened, pit = CoverMotion(roll=2.5), CoverMotion(), CoverMotion()
    x, y, z = tilted.acceleration(0)
    contacts = PitContacts(pit)
    found = (
        Case(
            "calectro_ug3", smoke, 1, FACTORY_FORMAT, "smoke",
            lambda _: smoke.set_smoke(True),
            lambda _: air(smoke),
            True, {},
        ),
        Case(
            "honeywell_sensepoint_xcd", gas, 1, XCD_FORMAT, "gas_low",
            lambda now: gas.set_gas(0.25, now),
            lambda now: ventilate(gas, now),
            True, {},
        ),
        Case(
            "honeywell_sensepoint_xcd", gas_over, 1, XCD_FORMAT, "gas_high",
            lambda now: gas_over.set_gas(1.2, now),
            lambda now: ventilate(gas_over, now),
            True, {},
        ),
        Case(
            "bcd_ruler", WaterRuler(ruler), 3, RULER_FORMAT, "water_close_road",
            lambda _: ruler.set_level(0.31),
            lambda _: ruler.set_level(0.02),
            False, {},
        ),
        Case(
            "dfrobot_sen0676",
            WaterRadar(surface, height_m=4.0, installed_cm=400), 1, RADAR_FORMAT,
            "water_nobody",
            lambda _: surface.set_level(0.62),
            lambda _: surface.set_level(0.02),
            False, {},
        ),
        Case(
            "witmotion_485", TiltSensor(tilted), 80, TILT_FORMAT, "cover_tilted",
            lambda now: tilted.tilt(25.0, now),
            tilted.close,
            True, {"baseline": (round(x, 3), round(y, 3), round(z, 3))},
        ),
        Case(
            "di2_modbus_sqr2", PitContacts(opened), 255, CONTACTS_FORMAT, "cover_open",
            opened.open,
            opened.close,
            True, {},
        ),
        Case(
            "di2_modbus_sqr2", contacts, 255, CONTACTS_FORMAT, "water_over_limit",
            lambda _: contacts.set_float(True),
            lambda _: contacts.set_float(False),
            True, {},
        ),
    )  # fmt: skip
    return {f"{number}-{case.rule.replace('_', '-')}": case for number, case in enumerate(found)}


Plug = tuple[tuple[LineSpec, ...], tuple[NetworkSpec, ...]]


def plug(transport: str, name: str, case: Case, ports: Path, plugged: ExitStack) -> Plug:
    """The device on a line of its own."""
    wire = case.wire
    if transport == "modbus-rtu":
        link = ports / name
        plugged.enter_context(
            SerialLine(
                [case.unit],
                baud=wire.baud,
                parity=wire.parity,
                stop_bits=wire.stop_bits,
                link=link,
            )
        )
        return (LineSpec(name, transport, link, {"parity": "N", "settle": "100ms"}),), ()
    if transport == "modbus-tcp":
        port = plugged.enter_context(ModbusTcp([case.unit])).port
    else:
        port = plugged.enter_context(RtuOverTcp([case.unit], wire)).port
    return (), (NetworkSpec(name, transport, port),)


def street(ports: Path, plugged: ExitStack) -> tuple[GatewaySpec, dict[str, Case]]:
    """Every case on every transport, each device on a line of its own."""
    ports.mkdir()
    made = {f"{t}-{name}": case for t in TRANSPORTS for name, case in cases().items()}
    lines: list[LineSpec] = []
    networks: list[NetworkSpec] = []
    devices = []
    for name, case in made.items():
        transport = next(
            t for t in TRANSPORTS if name.startswith(f"{t}-") and name[len(t) + 1].isdigit()
        )
        serial, network = plug(transport, name, case, ports, plugged)
        lines += serial
        networks += network
        keys: dict[str, Any] = {"unit": case.address, "poll_period": "500ms", **case.keys}
        devices.append(DeviceSpec(name, case.profile, name, keys))
    return GatewaySpec(GATEWAY, tuple(lines), tuple(devices), tuple(networks)), made


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_condition_webhook_clear_or_latch_reset(tmp_path: Path) -> None:
    clock = SystemClock()
    secret = new_webhook_secret()
    with ExitStack() as plugged:
        gateway, made = street(tmp_path / "ports", plugged)
        async with AlarmCentre(secret) as centre:
            stage = Stage(tmp_path, (gateway,), webhook_url=centre.url, webhook_secret=secret)
            try:
                await asyncio.to_thread(stage.start)
                await asyncio.to_thread(stage.wait_ready)
                await all_heard(stage, set(made))
                for case in made.values():
                    case.happen(clock.mono_us())
                raised = {name: await told(centre, "alarm.raised", name, made) for name in made}
                for case in made.values():
                    case.end(clock.mono_us())
                for name, case in made.items():
                    cleared = await told(centre, "alarm.cleared", name, made)
                    assert cleared.data["state"]["latched"] is case.latched, name
                for name in made:
                    await settle(stage, raised[name].alarm_id, latched=made[name].latched)
                    await told(centre, "alarm.closed", name, made)
                assert centre.violations == []
            finally:
                await asyncio.to_thread(stage.close)


async def all_heard(stage: Stage, wanted: set[str]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            items = await asyncio.to_thread(stage.api.get, "/v1/readings/latest?limit=500")
            heard = {one["device"] for one in items["items"] if one["value"] is not None}
            if heard >= wanted:
                return
            await asyncio.sleep(0.2)


async def told(centre: AlarmCentre, kind: str, name: str, made: dict[str, Case]) -> Delivery:
    return await centre.wait_for(
        lambda d: (
            d.verified
            and d.type == kind
            and d.data.get("device") == name
            and d.data.get("rule") in rules_of(made[name].rule)
        ),
        100,
    )


def rules_of(rule: str) -> set[str]:
    """A rule and those of its group that stand for the same measurement at another severity."""
    groups = ({"gas_low", "gas_high"}, {"cover_tilted", "cover_open"})
    return next((group for group in groups if rule in group and rule != "cover_open"), {rule})


async def settle(stage: Stage, alarm_id: str, *, latched: bool) -> None:
    body = {"actor": "desk", "comment": "seen"}
    await asyncio.to_thread(stage.api.post, f"/v1/alarms/{alarm_id}/acknowledge", body)
    if latched:
        await asyncio.to_thread(stage.api.post, f"/v1/alarms/{alarm_id}/reset", body)
