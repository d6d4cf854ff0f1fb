"""Wrong values, lost values and the share of healthy units on a faulty RTU line.

9600 8N1, 16 units of 10 registers, 5 ms turnaround, in a process of their own that keeps what each
unit was asked and answered. First ten healthy units beside one that is dead and others that answer
with a wrong checksum, an exception, too late, cut short or behind noise; then late replies at
time-outs from 0.1 to 3 s. A value is wrong if it is not what this very request was answered; lost
if a unit answered at once and whole, and no value came of it (unless a late reply of another unit
may have held the wire meanwhile, so that the answer came too late: those are counted apart).
"""

import argparse
import asyncio
import os
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from figures.record import Bench, bench
from figures.wire_bed import REGISTERS, UNITS, WireBed, wire_bed

from alarm_rules.rule import Words
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.load import catalog
from device_profiles.model import Point, Profile, ValueKind
from device_profiles.transport import Modbus
from edge_agent.bus.line import Line, LineSettings
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Sample
from edge_agent.poll.device import PolledDevice
from edge_agent.poll.poller import Poller
from edge_agent.poll.report_filter import ReportPolicy
from runtime.clock import SystemClock
from simulators.fault import (
    Fault,
    exception,
    half_frame,
    late,
    noise,
    silence,
    wrong_checksum,
)
from simulators.slave_line import Exchange

HEALTHY = range(1, 11)
BARS = {"wrong": 0, "lost": 0, "least_healthy_share": 0.9}
TIMEOUTS_S = (0.1, 0.3, 1.0, 3.0)
_TIMEOUT_US, _LATE_MAX_US = 500_000, 3_000_000
_PERIOD_US = 100_000  # shorter than a sweep: as fast as it can
_KNOWN_S = 12.0
_CRC = 2
_EDGE_US = 1_000_000
_FIRST = "r0"


def faults() -> dict[int, tuple[Fault, ...]]:
    """By unit; the others are healthy."""
    return {
        11: (silence(),),
        12: (wrong_checksum(probability=0.1),),
        13: (exception(4, probability=0.3),),
        14: (late(0.7, probability=0.1), late(2.0, probability=0.05)),
        15: (half_frame(probability=0.1),),
        16: (noise(probability=0.5),),
    }


@dataclass
class Kept:
    """An intake that keeps the first register's samples by device."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        kept = self.samples.setdefault(device, [])
        kept += [one for one in samples if one.point == _FIRST and one.value is not None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one stretch, over all units or the healthy ones alone."""

    wrong: int
    lost: int
    behind_late: int
    values: int
    healthy_per_s: float

    def figures(self) -> dict[str, Any]:
        return {
            "values": self.values,
            "wrong": self.wrong,
            "lost": self.lost,
            "behind_a_late_one": self.behind_late,
            "healthy_values_per_s": round(self.healthy_per_s, 2),
        }


def profile(timeout_us: int) -> Profile:
    shipped = next(one for one in catalog().values() if isinstance(one.transport, Modbus))
    points = tuple(
        Point(
            id=f"r{n}",
            value=ValueKind.NUMBER,
            title=Words(f"Register {n}", f"寄存器{n}"),
            unit="count",
            register=Register(type=NumberType.U16, table=Table.HOLDING_REGISTERS, address=n),
        )
        for n in range(REGISTERS)
    )
    transport = Modbus(timeout=timeout_us, late_max=_LATE_MAX_US)
    return msgspec.structs.replace(shipped, points=points, transport=transport, rules=())


async def polled(
    bed: WireBed, port: Path, timeout_us: int, seconds: Sequence[float]
) -> list[Verdict]:
    """Poll all units as fast as the line allows; a verdict on each stretch."""
    clock, kept, kind = SystemClock(), Kept(), profile(timeout_us)
    settings = LineSettings("line-1", PortSettings(str(port), SerialFormat()), settle_us=0)
    found = []
    async with Line(settings, clock) as line, asyncio.TaskGroup() as group:
        devices = [_device(kind, unit, timeout_us) for unit in range(1, UNITS + 1)]
        poller = Poller(line, devices, kept, clock, lambda _: None)
        group.create_task(poller.run())
        for length in seconds:
            began_us = clock.mono_us()
            kept.samples.clear()
            await asyncio.to_thread(bed.exchanges, 0)
            await asyncio.sleep(length)
            asked = await asyncio.to_thread(bed.exchanges, 0)
            found.append(verdict(kept.samples, asked, (began_us, clock.mono_us()), timeout_us))
        poller.stop()
    return found


def _device(kind: Profile, unit: int, timeout_us: int) -> PolledDevice:
    return PolledDevice(
        f"unit-{unit}",
        unit,
        ModbusDriver(kind, unit, _PERIOD_US),
        period_us=_PERIOD_US,
        timeout_us=timeout_us,
        late_max_us=_LATE_MAX_US,
        report=ReportPolicy(always=True),
    )


def verdict(
    samples: Mapping[str, Sequence[Sample]],
    asked: Sequence[Exchange],
    stretch_us: tuple[int, int],
    timeout_us: int,
) -> Verdict:
    """Edges of the stretch are left out, where an answer or its value lies beyond it."""
    inner = range(stretch_us[0] + _EDGE_US, stretch_us[1] - _EDGE_US - timeout_us)
    wrong = lost = behind = values = healthy = 0
    late_us = sorted(one.at_us for one in asked if "late" in one.faults)
    for unit in range(1, UNITS + 1):
        mine = [one for one in asked if one.unit == unit]
        times = [one.at_us for one in mine]
        taken = [one for one in samples.get(f"unit-{unit}", ()) if one.mono_us in inner]
        values += len(taken)
        healthy += len(taken) if unit in HEALTHY else 0
        wrong += sum(_truth(mine[bisect(times, one.mono_us) - 1]) != one.value for one in taken)
        heard = {one.value for one in samples.get(f"unit-{unit}", ())}
        missing = [
            one
            for one in mine
            if not one.faults and one.at_us in inner and _truth(one) not in heard
        ]
        waited = [one for one in missing if _is_behind(one, late_us, timeout_us)]
        behind += len(waited)
        lost += len(missing) - len(waited)
    return Verdict(wrong, lost, behind, values, healthy * 1e6 / len(inner))


def _is_behind(one: Exchange, late_us: Sequence[int], timeout_us: int) -> bool:
    """Whether a late reply of another unit may have held the wire, so that this came too late."""
    since_us = one.at_us - timeout_us - _LATE_MAX_US
    return bisect(late_us, since_us) < bisect(late_us, one.at_us)


def _truth(one: Exchange) -> float:
    """The first register of what was answered."""
    content = one.reply[-_CRC - 2 * REGISTERS :]  # whatever noise stands before it
    return float(int.from_bytes(content[:2], "big"))


def measure(folder: Path, seconds: float) -> dict[str, Any]:
    port = folder / "ttyA"
    with wire_bed((port,)) as bed:
        (sound,) = asyncio.run(polled(bed, port, _TIMEOUT_US, (seconds,)))
        bed.spoil(0, faults())
        _, mixed = asyncio.run(polled(bed, port, _TIMEOUT_US, (_KNOWN_S, 2 * seconds)))
        lateness = {}
        for timeout_s in TIMEOUTS_S:
            bed.spoil(0, _late(timeout_s))
            (one,) = asyncio.run(polled(bed, port, round(timeout_s * 1e6), (seconds,)))
            lateness[f"{timeout_s}s"] = one.figures()
    return {
        "all_healthy": sound.figures(),
        "mixed": mixed.figures(),
        "healthy_share": round(mixed.healthy_per_s / sound.healthy_per_s, 3),
        "late_at_timeout": lateness,
        "load_average": round(os.getloadavg()[0], 1),
    }


def _late(timeout_s: float) -> dict[int, tuple[Fault, ...]]:
    """From a little late to nearly as late as `late_max` admits; one lateness for each unit."""
    lateness = enumerate((0.02, 0.3, 1.0, 2.8), 1)
    return {unit: (late(timeout_s + more, probability=0.3),) for unit, more in lateness}


def beyond(found: Mapping[str, Any]) -> list[str]:
    stretches = {"all_healthy": found["all_healthy"], "mixed": found["mixed"]}
    stretches |= {f"late at {name}": one for name, one in found["late_at_timeout"].items()}
    over = [
        f"{what} of {name}" for name, one in stretches.items() for what in BARS if one.get(what)
    ]
    share = found["healthy_share"] < BARS["least_healthy_share"]
    return [*over, *(["healthy_share"] if share else [])]


def report(run: Bench, found: dict[str, Any], over: list[str]) -> None:
    mixed = found["mixed"]
    lateness = [
        f"time-out {name}: {one['wrong']} wrong of {one['values']}, {one['lost']} lost"
        for name, one in found["late_at_timeout"].items()
    ]
    lines = [
        f"faults mixed: {mixed['wrong']} wrong of {mixed['values']} values, {mixed['lost']} lost",
        f"healthy units: {found['healthy_share']:.0%} of what they have when all are healthy",
        f"late replies: {'; '.join(lateness)}",
        f"beyond its bar: {', '.join(over) or 'nothing'}",
    ]
    run.report(lines, {"bars": BARS, "beyond": over, "figures": found})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each stretch (%(default)s)")
    with bench("rtu_faults", parser) as run:
        found = measure(run.folder, run.arguments.seconds)
        over = beyond(found)
        report(run, found, over)
        return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
