"""A full RTU line against what its wire allows, with dead devices, and a second line beside it.

Each of two lines: 9600 8N1, 16 units of 10 registers, 5 ms turnaround, slaves that do not answer a
request that comes before 3.5 characters of silence. The devices are in a process of their own and
keep the account of time; the real agent polls them as fast as it can, with broker and server.
"""

import argparse
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from figures.process import queued_s, spent
from figures.record import Bench, bench, percentile
from figures.wire_bed import REGISTERS, TURNAROUND_US, UNITS, Heard, WireBed, wire_bed

from edge_agent.bus.framing import RtuFraming
from edge_agent.bus.outcome import Errand
from edge_agent.bus.serial_port import PortSettings, open_serial
from edge_agent.bus.talk import Talk
from edge_agent.bus.wake import Wake
from edge_agent.bus.wire_time import SerialFormat
from edge_agent.exchange import Read, Table
from runtime.clock import SystemClock
from simulators.stage import DeviceSpec, GatewaySpec, LineSpec, Stage, new_webhook_secret

SHAPE = SerialFormat()
REQUEST, REPLY = 8, 5 + 2 * REGISTERS
ASK_US = SHAPE.duration_us(REQUEST + REPLY) + SHAPE.gap_us + TURNAROUND_US
"""From the first bit of a request to the last of its reply."""
TURN_US = ASK_US + SHAPE.gap_us
SWEEP_US = UNITS * TURN_US
DEAD = (5, 11)
GATEWAY, PROFILE = "gw-bench", "bench_counter"
KNOWN_DEAD_S = 15
"""Three misses, each with its time-out of 0.5 s and the rest of 3.3 s after it."""
PROBES_S = 16.7
"""From one probe of the dead to the next: a stretch is a number of these, or it counts one more
or one less than it should."""
BARS = {
    "sweep_over_limit": 1.02,
    "other_line_over_limit": 1.02,
    "dead_over_their_share": 1.035,
    "other_line_dead_over_none": 1.05,
    "gap_violations": 0,
    "bad_frames": 0,
    "overlaps": 0,
}
"""What the figures must not be above."""
_START_S = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process took of the cores, and how long it was ready and did not get one."""

    cpu_s: float
    queued_s: float

    def __sub__(self, before: Self) -> "Taken":
        return Taken(self.cpu_s - before.cpu_s, self.queued_s - before.queued_s)


@dataclass(frozen=True, slots=True)
class Swept:
    """What was heard in the stretches: before, while the dead are found out, and after."""

    floor: Heard
    floor_reply_us: float
    none_dead: list[Heard]
    finding: list[Heard]
    dead: list[Heard]
    wall_s: float
    agent: Taken
    devices: Taken
    reply_us: float


def profile() -> str:
    """The profile of a device of ten registers that the rest of the catalogue does not know."""
    points = "".join(
        f'[[points]]\nid = "r{n}"\nvalue = "number"\nunit = "count"\n'
        f'title = {{ en = "Register {n}", zh = "寄存器{n}" }}\n'
        f'register = {{ table = "holding_registers", address = {n}, type = "u16" }}\n'
        for n in range(REGISTERS)
    )
    return (
        f'schema = 2\nid = "{PROFILE}"\nversion = 1\nkind = "water"\nmaker = "none"\n'
        'model = "bench"\ntitle = { en = "Ten counters", zh = "十个计数器" }\n'
        '[evidence]\ngrade = "B"\nsource = "bench/rtu_sweep.py"\n'
        '[transport]\nkind = "modbus"\npoll_period = "100ms"\ntimeout = "500ms"\n'
        'late_max = "3s"\ndefault_unit = 1\nfirst_unit = 1\nlast_unit = 247\n'
        'serial = { baud = 9600, parity = "N", stop_bits = 1 }\n' + points
    )


def floor(bed: WireBed, port: Path, seconds: float) -> tuple[Heard, float]:
    """The agent's own exchanges without its event loop: what devices and machine allow.

    With it the median time of a reply in µs.
    """
    clock, framing = SystemClock(), RtuFraming()
    opened = open_serial(PortSettings(str(port), SHAPE))
    try:
        talk = Talk(opened, SHAPE, clock, Wake(), refuse_early=True)
        replies: list[float] = []
        reads = [Read(n + 1, Table.HOLDING_REGISTERS, 0, REGISTERS) for n in range(UNITS)]
        end_us = clock.mono_us() + round(seconds * 1e6)
        while clock.mono_us() < end_us:
            for read in reads:
                outcome = talk.exchange(Errand(read, framing.encode(read), 500_000))
                replies.append(outcome.ended_us - (outcome.sent_us or 0))
    finally:
        opened.close()
    return bed.take()[0], percentile(replies, 0.5)


def stage(folder: Path, ports: tuple[Path, ...]) -> Stage:
    """Broker, server and one gateway on both lines, every sample of which is reported."""
    lines = tuple(LineSpec(f"line-{n}", "modbus-rtu", port) for n, port in enumerate(ports))
    devices = tuple(
        DeviceSpec(
            f"unit-{line.name}-{n + 1:02d}", PROFILE, line.name, {"unit": n + 1, "report": "always"}
        )
        for line in lines
        for n in range(UNITS)
    )
    made = Stage(
        folder,
        (GatewaySpec(GATEWAY, lines, devices),),
        webhook_url="http://127.0.0.1:9/",
        webhook_secret=new_webhook_secret(),
    )
    profiles = folder / "profiles"
    profiles.mkdir(parents=True)
    (profiles / f"{PROFILE}.toml").write_text(profile(), encoding="utf-8")
    config = made.config_of(GATEWAY)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[gateway]\n", '[gateway]\nprofiles = "profiles"\n', 1))
    return made


def measure(folder: Path, seconds: float) -> Swept:
    ports = (folder / "ttyA", folder / "ttyB")
    with wire_bed(ports) as bed:
        alone, alone_us = floor(bed, ports[0], seconds)
        with stage(folder, ports) as running:
            running.wait_ready()
            time.sleep(_START_S)
            bed.take()
            pid = running.agents[GATEWAY].pid or 0
            before, at_us = (_taken_by(pid), _taken_by(bed.pid)), SystemClock().mono_us()
            none_dead = _after(bed, seconds)
            wall_s = (SystemClock().mono_us() - at_us) / 1e6
            after = (_taken_by(pid), _taken_by(bed.pid))
            units = [unit for line in running.status(GATEWAY)["lines"] for unit in line["units"]]
            bed.silence(0, DEAD)
            finding = _after(bed, KNOWN_DEAD_S)
            dead = _after(bed, PROBES_S * max(round(4 * seconds / PROBES_S), 1))
    return Swept(
        floor=alone,
        floor_reply_us=alone_us,
        none_dead=none_dead,
        finding=finding,
        dead=dead,
        wall_s=wall_s,
        agent=after[0] - before[0],
        devices=after[1] - before[1],
        reply_us=1_000 * sum(unit["reply_p50_ms"] for unit in units) / len(units),
    )


def _taken_by(pid: int) -> Taken:
    return Taken(spent(pid).cpu_s, queued_s(pid))


def _after(bed: WireBed, seconds: float) -> list[Heard]:
    time.sleep(seconds)
    return bed.take()


def sweep_us(heard: Heard, without: tuple[int, ...] = ()) -> float:
    """The mean time from one question to a unit to its next, over all units that live."""
    periods = [
        one for unit, all_of in heard.periods_us.items() if unit not in without for one in all_of
    ]
    return sum(periods) / len(periods)


def ranked_us(heard: Heard, share: float) -> float:
    return percentile([one for all_of in heard.periods_us.values() for one in all_of], share)


def figures_of(found: Swept) -> dict[str, Any]:
    first, second = found.none_dead
    swept, other = sweep_us(first), sweep_us(second)
    dead, alone = sweep_us(found.dead[0], DEAD), sweep_us(found.floor)
    turns = sum(len(at) for heard in found.none_dead for at in heard.asked_us.values())
    stretches = (found.floor, *found.none_dead, *found.finding, *found.dead)
    return {
        "wire_limit_ms": round(SWEEP_US / 1_000, 1),
        "sweep_ms": round(swept / 1_000, 1),
        "sweep_p50_ms": round(ranked_us(first, 0.50) / 1_000, 1),
        "sweep_p99_ms": round(ranked_us(first, 0.99) / 1_000, 1),
        "sweep_over_limit": round(swept / SWEEP_US, 4),
        "other_line_over_limit": round(other / SWEEP_US, 4),
        "without_loop_over_limit": round(alone / SWEEP_US, 4),
        "dead_of_16": len(DEAD),
        "dead_live_sweep_ms": round(dead / 1_000, 1),
        "dead_over_none_dead": round(dead / swept, 4),
        "dead_over_their_share": round(dead / swept * UNITS / (UNITS - len(DEAD)), 4),
        "dead_over_limit_of_living": round(dead / ((UNITS - len(DEAD)) * TURN_US), 4),
        "finding_over_none_dead": round(sweep_us(found.finding[0], DEAD) / swept, 4),
        "other_line_dead_over_none": round(sweep_us(found.dead[1]) / other, 4),
        "other_line_finding_over_none": round(sweep_us(found.finding[1]) / other, 4),
        "gap_violations": sum(one.gap_violations for one in stretches),
        "bad_frames": sum(one.bad_frames for one in stretches),
        "overlaps": sum(one.overlaps for one in stretches),
        "reply_late_us": round(found.reply_us - ASK_US),
        "between_late_us": round((swept + other) / 2 / UNITS - found.reply_us - SHAPE.gap_us),
        "without_loop_reply_late_us": round(found.floor_reply_us - ASK_US),
        "without_loop_between_late_us": round(alone / UNITS - found.floor_reply_us - SHAPE.gap_us),
        "queued_us_per_turn": round(1e6 * (found.agent.queued_s + found.devices.queued_s) / turns),
        "agent_cpu_of_a_core": round(found.agent.cpu_s / found.wall_s, 3),
        "devices_cpu_of_a_core": round(found.devices.cpu_s / found.wall_s, 3),
        "load_average": round(os.getloadavg()[0], 1),
    }


def limit(found: dict[str, Any]) -> str:
    return (
        f"the wire; above it stand, each turn, {found['reply_late_us']} us until a reply is heard"
        f" (wake-ups of the devices' thread and of ours; {found['without_loop_reply_late_us']}"
        f" without event loop) and {found['between_late_us']} us beyond the silence before the"
        f" next request (our thread and the event loop; {found['without_loop_between_late_us']}"
        f" without it); of both, {found['queued_us_per_turn']} us are waits for a core that"
        " others had"
    )


def report(run: Bench, found: dict[str, Any]) -> None:
    one = found
    sweep = (
        f"sweep of {UNITS} units: {one['sweep_ms']} ms (p99 {one['sweep_p99_ms']} ms),"
        f" {one['sweep_over_limit']} times the wire's {one['wire_limit_ms']} ms;"
        f" the other line {one['other_line_over_limit']};"
        f" our thread without event loop {one['without_loop_over_limit']}"
    )
    dead = (
        f"{one['dead_of_16']} of {UNITS} dead: the living every {one['dead_live_sweep_ms']} ms,"
        f" {one['dead_over_their_share']} times their share with none dead,"
        f" {one['dead_over_limit_of_living']} times the wire's limit for the living;"
        f" while they are found out {one['finding_over_none_dead']} of none dead"
    )
    other = (
        f"the other line meanwhile: {one['other_line_dead_over_none']} of none dead,"
        f" {one['other_line_finding_over_none']} while they are found out"
    )
    order = (
        f"silence cut short {one['gap_violations']} times,"
        f" frames spoilt {one['bad_frames']}, overlapping {one['overlaps']}"
    )
    cost = (
        f"agent {one['agent_cpu_of_a_core']:.0%} of a core,"
        f" devices {one['devices_cpu_of_a_core']:.0%}; load of the machine {one['load_average']}"
    )
    bars = f"beyond its bar: {', '.join(one['beyond']) or 'nothing'}"
    said = [sweep, dead, other, order, cost, bars, f"limit: {one['limit']}"]
    run.report(said, {"figures": found})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="with none dead; with two 4 as many"
    )
    with bench("rtu_sweep", parser) as run:
        found = figures_of(measure(run.folder, run.arguments.seconds))
        found["limit"] = limit(found)
        beyond = [name for name, bar in BARS.items() if found[name] > bar]
        found |= {"bars": BARS, "beyond": beyond}
        report(run, found)
        return 1 if beyond else 0


if __name__ == "__main__":
    raise SystemExit(main())
