"""What one gateway costs: the real agent with 50 devices on 11 lines, its uplink through a counter.

Twice: as shipped (changes and keep-alives) and with every sample reported. The devices and the
server are other processes; only the agent's is looked at, and what passes its TCP connection.
"""

import argparse
import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures.process import Memory, Spent, main_thread_s, memory, spent
from figures.quarter import DEVICES, LINES, ROOMS, gateway, plugged_in
from figures.record import Bench, bench
from figures.relay import Relay

from runtime.clock import SystemClock
from simulators.broker import free_port
from simulators.stage import Stage, new_webhook_secret

GATEWAY = "gw-bench"
LANES = ("urgent", "bulk")
REPORTS = ("change", "always")
_SETTLED_S = 15.0
_DEAD_PORT_URL = "http://127.0.0.1:9/"


@dataclass(frozen=True, slots=True)
class Moment:
    """All that is counted, at one moment."""

    at_us: int
    spent: Spent
    loop_s: float
    taken: dict[str, int]
    sizes: dict[str, int]
    packets: dict[str, int]


async def moment(stage: Stage, relay: Relay) -> Moment:
    pid = stage.agents[GATEWAY].pid or 0
    status = await asyncio.to_thread(stage.status, GATEWAY)
    return Moment(
        at_us=SystemClock().mono_us(),
        spent=spent(pid),
        loop_s=main_thread_s(pid),
        taken={lane["lane"]: lane["taken"] for lane in status["lanes"]},
        sizes=dict(relay.tally.sizes),
        packets=dict(relay.tally.packets),
    )


async def watched(folder: Path, ports: Path, report: str, seconds: float) -> dict[str, Any]:
    """Run everything, wait until it has settled, and look at what `seconds` of it cost."""
    broker = free_port()
    async with Relay(broker) as relay:
        stage = Stage(
            folder,
            (gateway(GATEWAY, ports, report),),
            webhook_url=_DEAD_PORT_URL,
            webhook_secret=new_webhook_secret(),
            broker_port=broker,
            gateway_port=relay.port,
        )
        try:
            await asyncio.to_thread(stage.start)
            await asyncio.to_thread(stage.wait_ready)
            await asyncio.sleep(_SETTLED_S)
            before = await moment(stage, relay)
            await asyncio.sleep(seconds)
            after = await moment(stage, relay)
            status = await asyncio.to_thread(stage.status, GATEWAY)
            found = memory(stage.agents[GATEWAY].pid or 0)
        finally:
            await asyncio.to_thread(stage.close)
    answering = sum(device["state"] == "answering" for device in status["devices"])
    if answering != DEVICES:
        raise SystemExit(f"{answering} of {DEVICES} devices answer")
    return figures_of(before, after, found)


def figures_of(before: Moment, after: Moment, found: Memory) -> dict[str, Any]:
    wall_s = (after.at_us - before.at_us) / 1e6
    taken = {lane: after.taken[lane] - before.taken[lane] for lane in LANES}
    sizes = {name: after.sizes[name] - before.sizes.get(name, 0) for name in after.sizes}
    packets = {name: after.packets[name] - before.packets.get(name, 0) for name in after.packets}
    readings = sum(taken.values())
    cpu_s = after.spent.cpu_s - before.spent.cpu_s
    written = after.spent.written - before.spent.written
    figures: dict[str, Any] = {
        "resident_mb": round(found.resident / 1e6, 1),
        "private_mb": round(found.private / 1e6, 1),
        "threads": found.threads,
        "cpu_of_a_core": round(cpu_s / wall_s, 4),
        "event_loop_of_a_core": round((after.loop_s - before.loop_s) / wall_s, 4),
        "readings_per_s": round(readings / wall_s, 1),
        "wire_bytes_per_s": round(sum(sizes.values()) / wall_s),
        "wire_bytes_per_reading": round(sum(sizes.values()) / readings, 1),
        "other_wire_bytes_per_s": round(
            sum(size for name, size in sizes.items() if name not in LANES) / wall_s, 1
        ),
        "disk_bytes_per_reading": round(written / readings),
        "disk_kb_per_s": round(written / wall_s / 1_000, 1),
    }
    for lane in LANES:
        figures[lane] = {
            "readings_per_s": round(taken[lane] / wall_s, 1),
            "wire_bytes_per_reading": round(sizes.get(lane, 0) / max(taken[lane], 1), 1),
            "packets_per_s": round(packets.get(lane, 0) / wall_s, 2),
        }
    return figures


def limit(found: dict[str, Any]) -> str:
    share, loop = found["cpu_of_a_core"], found["event_loop_of_a_core"]
    return (
        f"nothing here ({share:.1%} of a core, {loop:.1%} in the event loop, the rest in the"
        " threads of lines and disk); first to bind would be the event loop's one core, or a"
        " flash card's wear"
    )


def lines_of(report: str, found: dict[str, Any]) -> list[str]:
    urgent, bulk = found["urgent"], found["bulk"]
    return [
        (
            f"{report}: {found['resident_mb']} MB resident, {found['private_mb']} MB of it private,"
            f" {found['threads']} threads, {found['cpu_of_a_core']:.1%} of a core"
        ),
        (
            f"{report}: {found['readings_per_s']} readings/s ({urgent['readings_per_s']} urgent);"
            f" {found['wire_bytes_per_reading']} bytes of MQTT each, both ways"
            f" (urgent {urgent['wire_bytes_per_reading']}, bulk {bulk['wire_bytes_per_reading']})"
        ),
        (
            f"{report}: {found['disk_bytes_per_reading']} bytes written to disk for each,"
            f" {found['disk_kb_per_s']} kB/s"
        ),
        f"{report}: limit: {found['limit']}",
    ]


async def measure(folder: Path, seconds: float) -> dict[str, dict[str, Any]]:
    found = {}
    for report in REPORTS:
        ports = folder / report / "ports"
        with plugged_in(ports):
            one = await watched(folder / report, ports, report, seconds)
        found[report] = {**one, "limit": limit(one), "load_average": round(os.getloadavg()[0], 1)}
    return found


def show(run: Bench, found: dict[str, dict[str, Any]], seconds: float) -> None:
    lines = [line for name in REPORTS for line in lines_of(name, found[name])]
    shape = {"devices": DEVICES, "lines": len(LINES) + ROOMS, "seconds": seconds}
    run.report(lines, {**shape, "figures": found})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each (%(default)s)")
    with bench("agent_load", parser) as run:
        seconds = run.arguments.seconds
        show(run, asyncio.run(measure(run.folder, seconds)), seconds)


if __name__ == "__main__":
    main()
