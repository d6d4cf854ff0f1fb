"""Modbus TCP as fast as it can: 32 units of 40 registers on one connection, beside modpoll.

Ours is what runs in the agent, from the socket through driver and report filter up to the
buffer's door; the units are in a process of their own and count what they are asked. Twice: no
register ever changes; every register differs in every reply. `--modpoll` names the program of a
peer (`pip install modpoll` into an environment of its own) that reads the same in the same run.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from figures.modpoll import Peer
from figures.process import spent
from figures.record import bench
from figures.tcp_slaves import Change, Slaves, tcp_slaves

from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.load import catalog
from device_profiles.model import Point, Profile, ValueKind
from device_profiles.transport import Modbus
from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.mbap import MbapFraming
from edge_agent.bus.tcp_port import TcpSettings
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Sample
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.poller import Poller
from runtime.clock import SystemClock

UNITS, REGISTERS = 32, 40
PERIOD_US = 1_000  # shorter than a sweep: as fast as it can
BARS = {"least_readings_per_s": 100_000, "most_cpu_us_per_reading": 7.0}
_WARM_S = 0.5
_PEER_STARTS_S = 3.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one stretch."""

    readings: int
    wall_s: float
    cpu_s: float
    slaves_cpu_s: float
    reported: int

    def figures(self) -> dict[str, Any]:
        return {
            "readings_per_s": round(self.readings / self.wall_s),
            "cpu_us_per_reading": round(1e6 * self.cpu_s / self.readings, 2),
            "cpu_of_a_core": round(self.cpu_s / self.wall_s, 3),
            "slaves_cpu_of_a_core": round(self.slaves_cpu_s / self.wall_s, 3),
            "reported_share": round(self.reported / self.readings, 3),
        }


class Counter:
    """An intake that only counts."""

    def __init__(self) -> None:
        self.samples = 0

    def accept(self, device: str, samples: Sequence[Sample]) -> None:  # noqa: ARG002 - counted
        self.samples += len(samples)


def profile() -> Profile:
    """Forty numbers with a scale, in one block."""
    shipped = next(one for one in catalog().values() if isinstance(one.transport, Modbus))
    points = tuple(
        Point(
            id=f"r{n}",
            value=ValueKind.NUMBER,
            title=Words(f"Register {n}", f"寄存器{n}"),
            unit="m",
            register=Register(
                type=NumberType.U16, table=Table.HOLDING_REGISTERS, address=n, scale=0.1
            ),
        )
        for n in range(REGISTERS)
    )
    return msgspec.structs.replace(shipped, points=points, transport=Modbus(), rules=())


async def ours(slaves: Slaves, seconds: float) -> Rate:
    clock, counter, kind = SystemClock(), Counter(), profile()
    place = TcpSettings("127.0.0.1", slaves.port)
    settings = LineSettings("line-1", place, settle_us=0, framing=MbapFraming())
    async with Line(settings, clock) as line, asyncio.TaskGroup() as group:
        devices = [
            PolledDevice(f"unit-{n}", n, ModbusDriver(kind, n, PERIOD_US), PERIOD_US)
            for n in range(1, UNITS + 1)
        ]
        poller = Poller(line, devices, counter, clock, lambda _: None)
        group.create_task(poller.run())
        await asyncio.sleep(_WARM_S)
        began = _moment(slaves, time.process_time(), counter.samples)
        await asyncio.sleep(seconds)
        ended = _moment(slaves, time.process_time(), counter.samples)
        poller.stop()
    return _rate(began, ended)


def peer(program: Path, folder: Path, slaves: Slaves, seconds: float) -> Rate:
    """The same registers by modpoll, as fast as it goes."""
    work = Peer(program, UNITS, REGISTERS)
    with work.running(folder, slaves.port, rate_s=0.001) as pid:
        time.sleep(_PEER_STARTS_S)
        began = _moment(slaves, spent(pid).cpu_s, 0)
        time.sleep(seconds)
        ended = _moment(slaves, spent(pid).cpu_s, 0)
    return _rate(began, ended)


_Moment = tuple[float, int, float, float, int]


def _moment(slaves: Slaves, cpu_s: float, reported: int) -> _Moment:
    return time.monotonic(), slaves.requests, cpu_s, slaves.cpu_s, reported


def _rate(began: _Moment, ended: _Moment) -> Rate:
    wall_s, requests, cpu_s, slaves_s, reported = (
        after - before for before, after in zip(began, ended, strict=True)
    )
    return Rate(round(requests * REGISTERS), wall_s, cpu_s, slaves_s, round(reported))


def measure(program: Path | None, folder: Path, seconds: float) -> dict[str, dict[str, Any]]:
    found = {}
    for name, change in (("unchanged", Change.NOTHING), ("all_changing", Change.EVERYTHING)):
        with tcp_slaves(REGISTERS, change, UNITS) as slaves:
            found[name] = asyncio.run(ours(slaves, seconds)).figures()
            if program is not None:
                found[f"modpoll_{name}"] = peer(program, folder, slaves, seconds).figures()
    return found


def beyond(found: dict[str, dict[str, Any]]) -> list[str]:
    own = {name: one for name, one in found.items() if not name.startswith("modpoll")}
    slow = [n for n, one in own.items() if one["readings_per_s"] < BARS["least_readings_per_s"]]
    dear = [
        n for n, one in own.items() if one["cpu_us_per_reading"] > BARS["most_cpu_us_per_reading"]
    ]
    return [*(f"{name} readings/s" for name in slow), *(f"{name} processor time" for name in dear)]


def line_of(name: str, one: dict[str, Any]) -> str:
    return (
        f"{name}: {one['readings_per_s']} readings/s, {one['cpu_us_per_reading']} us processor time"
        f" each ({one['cpu_of_a_core']:.0%} of a core, units {one['slaves_cpu_of_a_core']:.0%});"
        f" {one['reported_share']:.0%} reported"
    )


def ratios(found: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Ours over modpoll's, in this run: how many times as fast, and the share of its time."""
    said = {}
    for name in ("unchanged", "all_changing"):
        if f"modpoll_{name}" in found:
            own, other = found[name], found[f"modpoll_{name}"]
            said[f"{name}_rate"] = round(own["readings_per_s"] / other["readings_per_s"], 2)
            said[f"{name}_cpu"] = round(own["cpu_us_per_reading"] / other["cpu_us_per_reading"], 3)
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each (%(default)s)")
    parser.add_argument("--modpoll", type=Path, help="its program; without it there is no peer")
    with bench("tcp_rate", parser) as run:
        found = measure(run.arguments.modpoll, run.folder, run.arguments.seconds)
        over, compared = beyond(found), ratios(found)
        lines = [line_of(name, one) for name, one in found.items()]
        lines += [f"over modpoll: {compared}", f"beyond its bar: {', '.join(over) or 'nothing'}"]
        shape = {"units": UNITS, "registers": REGISTERS, "bars": BARS, "beyond": over}
        run.report(lines, {**shape, "figures": found, "over_modpoll": compared})
        return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
