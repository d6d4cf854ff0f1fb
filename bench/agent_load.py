"""What one gateway costs: the real agent with 50 devices on 11 lines, its uplink through a counter.

Twice: as shipped (changes and keep-alives) and with every sample reported. Then, as peers were
measured, 50 Modbus TCP units of ten registers at 1 s, each value new and reported. The devices and
the server are other processes; only the agent's is looked at, and what passes its TCP connection.
It is installed as pip does it, with byte code; its link is plain, as on loopback: TLS would add
5 MB. Memory and processor are of the steady state, 15 s and more after the start.

`--modpoll` names the program of a peer (`pip install modpoll` into an environment of its own) that
does the same work in the same run, without a buffer, keys or alarms. What a program costs that
sleeps most of the time depends on what the machine's neighbours do with its caches meanwhile: one
that took 1/40 of a core in one hour took 1/5 in another. The ratio stays.
"""

import argparse
import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures.modpoll import Peer
from figures.process import Memory, Spent, main_thread_s, memory, spent
from figures.quarter import DEVICES, LINES, ROOMS, gateway, plugged_in
from figures.record import Bench, bench
from figures.relay import Relay
from figures.tcp_slaves import Change, tcp_slaves
from urgent_latency import PROFILE, REGISTERS, profile

from runtime.clock import SystemClock
from simulators.broker import Broker, free_port
from simulators.stage import DeviceSpec, GatewaySpec, NetworkSpec, Stage, new_webhook_secret

GATEWAY = "gw-bench"
LANES = ("urgent", "bulk")
REPORTS = ("change", "always")
NETWORK, MODPOLL = "network", "modpoll"
BARS = {"resident_mib": 36.0, "cpu_of_a_core": 0.02}
PEER_BARS = {"resident_mib": 1.03, "cpu_of_a_core": 0.85}
"""What the bars are over what modpoll took when they were set: 35 MiB and 2.35 % of a core."""
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


def network(port: int) -> GatewaySpec:
    """All devices at one address, each asked once a second."""
    said = {"poll_period": "1s", "report": "always"}
    devices = tuple(
        DeviceSpec(f"unit-{n:02d}", PROFILE, "line-1", {"unit": n, **said})
        for n in range(1, DEVICES + 1)
    )
    return GatewaySpec(GATEWAY, (), devices, (NetworkSpec("line-1", "modbus-tcp", port),))


def take_profile(stage: Stage) -> None:
    """Lay the profile of the units beside the gateway's configuration."""
    (stage.folder / "profiles").mkdir()
    (stage.folder / "profiles" / f"{PROFILE}.toml").write_text(profile(), encoding="utf-8")
    config = stage.config_of(GATEWAY)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[gateway]\n", '[gateway]\nprofiles = "profiles"\n', 1))


async def watched(folder: Path, spec: GatewaySpec, seconds: float) -> dict[str, Any]:
    """Run everything, wait until it has settled, and look at what `seconds` of it cost."""
    broker = free_port()
    async with Relay(broker) as relay:
        stage = Stage(
            folder,
            (spec,),
            webhook_url=_DEAD_PORT_URL,
            webhook_secret=new_webhook_secret(),
            broker_port=broker,
            gateway_port=relay.port,
        )
        if spec.networks:
            take_profile(stage)
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
        "resident_mib": round(found.resident / 2**20, 1),
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
            f"{report}: {found['resident_mib']} MiB resident ({found['private_mb']} MB private),"
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


def peer(program: Path, folder: Path, port: int, seconds: float) -> dict[str, Any]:
    """The same units by modpoll, once a second, to a broker."""
    folder.mkdir()
    work = Peer(program, DEVICES, REGISTERS)
    with (
        Broker(folder / "broker") as broker,
        work.running(folder, port, rate_s=1.0, broker=broker.port) as pid,
    ):
        time.sleep(_SETTLED_S)
        before = spent(pid)
        time.sleep(seconds)
        cpu_s = spent(pid).cpu_s - before.cpu_s
        resident = memory(pid).resident
    return {
        "resident_mib": round(resident / 2**20, 1),
        "cpu_of_a_core": round(cpu_s / seconds, 4),
        "load_average": round(os.getloadavg()[0], 1),
    }


async def measure(folder: Path, seconds: float, program: Path | None) -> dict[str, dict[str, Any]]:
    found = {}
    for report in REPORTS:
        ports = folder / report / "ports"
        with plugged_in(ports):
            spec = gateway(GATEWAY, ports, report)
            found[report] = noted(await watched(folder / report, spec, seconds))
    with tcp_slaves(REGISTERS, Change.EVERYTHING, DEVICES) as slaves:
        spec = network(slaves.port)
        found[NETWORK] = noted(await watched(folder / NETWORK, spec, seconds))
        if program is not None:
            where = folder / MODPOLL
            found[MODPOLL] = await asyncio.to_thread(peer, program, where, slaves.port, seconds)
    return found


def noted(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "limit": limit(one), "load_average": round(os.getloadavg()[0], 1)}


def beyond(found: dict[str, dict[str, Any]]) -> list[str]:
    """Of the shape in which peers were measured."""
    over = [name for name, bar in BARS.items() if found[NETWORK][name] > bar]
    shares = over_modpoll(found)
    return over + [f"{n} over modpoll's" for n in shares if shares[n] > PEER_BARS[n]]


def over_modpoll(found: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Ours over the peer's, in this run."""
    if MODPOLL not in found:
        return {}
    own, other = found[NETWORK], found[MODPOLL]
    return {name: round(own[name] / other[name], 2) for name in PEER_BARS}


def show(run: Bench, found: dict[str, dict[str, Any]], seconds: float) -> None:
    lines = [line for name in found if name != MODPOLL for line in lines_of(name, found[name])]
    over, compared = beyond(found), over_modpoll(found)
    if compared:
        lines += [f"{MODPOLL}: {found[MODPOLL]}", f"{NETWORK} over {MODPOLL}: {compared}"]
    lines.append(f"{NETWORK}: beyond its bar: {', '.join(over) or 'nothing'}")
    shape = {"devices": DEVICES, "lines": len(LINES) + ROOMS, "seconds": seconds}
    run.report(
        lines, {**shape, "bars": BARS, "beyond": over, "figures": found, "over_modpoll": compared}
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each (%(default)s)")
    parser.add_argument("--modpoll", type=Path, help="its program; without it there is no peer")
    with bench("agent_load", parser) as run:
        seconds = run.arguments.seconds
        found = asyncio.run(measure(run.folder, seconds, run.arguments.modpoll))
        show(run, found, seconds)
        return 1 if beyond(found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
