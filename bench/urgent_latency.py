"""From a device's answer on the wire to the MQTT bytes of its urgent reading, through the agent.

Twenty devices on one line are a Modbus TCP server in a process of its own. The kernel says when
each answer left, and when the publish came at a relay before the broker. Now and then one of the
devices has a new value, on which a hazard rule looks: it is committed with full sync and sent at
once (not more often than the agent takes for chatter). Once each device is asked about once a
second, at its own pace; once all of them are due at the same instant each second, one after
another.

Then a bare gateway does no more than ask, sync a page and publish, on the same units and through
the same relay: the limit for a program in Python on this machine in this hour. A virtual machine
whose neighbours use its caches meanwhile makes whoever sleeps pay for it at each wake; the ratio
stays.

Besides: from the agent's start (its process being made) to the first answer, and to its first
reading on the broker's wire.
"""

import argparse
import asyncio
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from figures.bare_gateway import bare_gateway, value_of
from figures.record import bench, percentile
from figures.relay import Tally, first_packet
from figures.tcp_slaves import Change, Slaves, tcp_slaves
from figures.wire_clock import WireClock, wire_clock

from simulators.broker import Broker, free_port
from simulators.stage import DeviceSpec, GatewaySpec, NetworkSpec, Stage, new_webhook_secret
from wire.batch import decode_batch
from wire.codec import unpack
from wire.envelope import Encoding
from wire.reading import Reading
from wire.refusal import WireError

GATEWAY, PROFILE = "gw-bench", "bench_level"
DEVICES, REGISTERS = 20, 10
BARS = {"p50_ms": 1.0, "p99_ms": 2.5, "first_reading_s": 0.3}
_PUBLISH = 3
_WARM_S = 3.0
_SYNCS = 200


@dataclass(frozen=True, slots=True)
class Shape:
    """How often the first device is asked, and how much longer each next one waits."""

    name: str
    period_ms: int
    step_ms: int


SHAPES = (Shape("each_at_its_pace", 900, 10), Shape("all_at_once", 1_000, 0))


@dataclass
class Arrivals:
    """Each urgent publish with its time; what is in it is looked at when all is over."""

    clock: WireClock
    heard: list[tuple[int, bytes]] = field(default_factory=list)
    _tally: Tally = field(default_factory=Tally)
    _begun: bytearray = field(default_factory=bytearray)

    def listen(self) -> None:
        """Take what has come; a packet is here with its last byte."""
        for at_ns, data in self.clock.heard():
            self._begun += data
            while found := first_packet(self._begun):
                body, end = found
                packet = bytes(self._begun[:end])
                del self._begun[:end]
                name = self._tally.note(packet, body)
                if name == "urgent" and packet[0] >> 4 == _PUBLISH:
                    self.heard.append((at_ns, packet[body:]))

    def first(self, gateway: str) -> dict[int, int]:
        """By value, when it came first; keep-alives say it again."""
        came: dict[int, int] = {}
        for at_ns, value in self.values(gateway):
            came.setdefault(value, at_ns)
        return came

    def values(self, gateway: str) -> list[tuple[int, int]]:
        """When each value of the urgent point came."""
        found = []
        for at_ns, content in self.heard:
            payload = _payload(content)
            for encoding in (Encoding.ZLIB_DICTIONARY, Encoding.RAW):
                try:
                    batch = decode_batch(unpack(payload, encoding), gateway)
                except WireError:
                    continue
                found += [(at_ns, round(one.value)) for one in batch.readings if _is_urgent(one)]
                break
        return found

    def bare(self) -> list[tuple[int, int]]:
        """Each value that the bare gateway published, and when it came."""
        found = ((value_of(content), at_ns) for at_ns, content in self.heard)
        return [(value, at_ns) for value, at_ns in found if value is not None]


def _is_urgent(reading: Reading) -> TypeGuard[Any]:
    return reading.point == "r0" and isinstance(reading.value, float)


def _payload(content: bytes) -> bytes:
    """Of a QoS 1 publish of MQTT v5, from its topic on."""
    at = 4 + int.from_bytes(content[:2], "big")
    size = shift = 0
    while True:
        size |= (content[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not content[at - 1] & 0x80:
            return content[at + size :]


def profile() -> str:
    """Ten numbers, on the first of which a hazard rule looks."""
    points = "".join(
        f'[[points]]\nid = "r{n}"\nvalue = "number"\nunit = "m"\n'
        f'title = {{ en = "Register {n}", zh = "寄存器{n}" }}\n'
        f'register = {{ table = "holding_registers", address = {n}, type = "u16" }}\n'
        for n in range(REGISTERS)
    )
    rule = (
        '[[rules]]\nid = "high"\nkind = "limit"\npoint = "r0"\nalarm_class = "hazard"\n'
        'severity = "critical"\nlimit = 40000.0\ntitle = { en = "High", zh = "高" }\n'
        'guidance = { en = "Look at it.", zh = "查看。" }\n'
        'source = { text = "of this bench", mark = "engineering" }\n'
    )
    return (
        f'schema = 2\nid = "{PROFILE}"\nversion = 1\nkind = "water"\nmaker = "none"\n'
        'model = "bench"\ntitle = { en = "Ten levels", zh = "十个液位" }\n'
        '[evidence]\ngrade = "B"\nsource = "bench/urgent_latency.py"\n'
        f'[transport]\nkind = "modbus"\npoll_period = "1s"\ntimeout = "500ms"\n'
        'late_max = "3s"\ndefault_unit = 1\nfirst_unit = 1\nlast_unit = 247\n' + points + rule
    )


def stage(folder: Path, shape: Shape, slaves: Slaves, broker: int, relay: int) -> Stage:
    """Broker, server and one gateway with one Modbus TCP line."""
    devices = tuple(
        DeviceSpec(
            f"unit-{n + 1:02d}",
            PROFILE,
            "line-1",
            {"unit": n + 1, "poll_period": f"{shape.period_ms + n * shape.step_ms}ms"},
        )
        for n in range(DEVICES)
    )
    lines = (NetworkSpec("line-1", "modbus-tcp", slaves.port),)
    made = Stage(
        folder,
        (GatewaySpec(GATEWAY, (), devices, lines),),
        webhook_url="http://127.0.0.1:9/",
        webhook_secret=new_webhook_secret(),
        broker_port=broker,
        gateway_port=relay,
    )
    (folder / "profiles").mkdir()
    (folder / "profiles" / f"{PROFILE}.toml").write_text(profile(), encoding="utf-8")
    config = made.config_of(GATEWAY)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[gateway]\n", '[gateway]\nprofiles = "profiles"\n', 1))
    return made


async def watched(folder: Path, shape: Shape, seconds: float) -> dict[str, Any]:
    broker = free_port()
    with (
        wire_clock(broker) as clock,
        tcp_slaves(REGISTERS, Change.NOW_AND_THEN, DEVICES) as slaves,
    ):
        arrivals = Arrivals(clock)
        running = stage(folder, shape, slaves, broker, clock.port)
        try:
            await asyncio.to_thread(running.start, gateways=False)
            await asyncio.to_thread(running.wait_ready)
            began_ns = time.monotonic_ns()
            running.agents[GATEWAY].start()
            first_answer_s = await _first(slaves, began_ns)
            await asyncio.sleep(_WARM_S)
            arrivals.listen()
            first_s = _first_reading_s(arrivals, began_ns)
            began_of_stretch_ns = await listened(arrivals, seconds)
            came = arrivals.first(GATEWAY).items()
            delays = delays_ms(slaves, came, began_of_stretch_ns)
        finally:
            await asyncio.to_thread(running.close)
    syncs = syncs_ms(folder)
    return {
        "disk_sync_p50_ms": round(percentile(syncs, 0.50), 2),
        "disk_sync_p99_ms": round(percentile(syncs, 0.99), 2),
        "readings": len(delays),
        "p50_ms": round(percentile(delays, 0.50), 2),
        "p90_ms": round(percentile(delays, 0.90), 2),
        "p99_ms": round(percentile(delays, 0.99), 2),
        "first_answer_s": round(first_answer_s, 3),
        "first_reading_s": round(first_s, 3),
    }


async def listened(arrivals: Arrivals, seconds: float) -> int:
    """Hear what comes from now on; when that began (CLOCK_MONOTONIC, ns)."""
    arrivals.heard.clear()
    began_ns = time.monotonic_ns()
    await asyncio.sleep(seconds)
    arrivals.listen()
    return began_ns


def delays_ms(slaves: Slaves, came: Iterable[tuple[int, int]], began_ns: int) -> list[float]:
    """From answer to publish, of each value that came, with its time, and was sent since then."""
    sent = ((slaves.sent_ns(value), at_ns) for value, at_ns in came)
    return [(at_ns - sent_ns) / 1e6 for sent_ns, at_ns in sent if sent_ns >= began_ns]


async def bare(folder: Path, shape: Shape, seconds: float) -> dict[str, float]:
    """What the least gateway takes for the same."""
    periods = [shape.period_ms + n * shape.step_ms for n in range(DEVICES)]
    with (
        Broker(folder / "broker") as broker,
        wire_clock(broker.port) as clock,
        tcp_slaves(REGISTERS, Change.NOW_AND_THEN, DEVICES) as slaves,
        bare_gateway(folder / "bare", slaves.port, clock.port, periods),
    ):
        arrivals = Arrivals(clock)
        await asyncio.sleep(_WARM_S)
        arrivals.listen()
        began_ns = await listened(arrivals, seconds)
        delays = delays_ms(slaves, arrivals.bare(), began_ns)
    return {
        "p50_ms": round(percentile(delays, 0.50), 2),
        "p99_ms": round(percentile(delays, 0.99), 2),
    }


def syncs_ms(folder: Path) -> list[float]:
    """What this disk takes for a page and its sync: no urgent reading leaves sooner."""
    found = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(_SYNCS):
            began_ns = time.monotonic_ns()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            found.append((time.monotonic_ns() - began_ns) / 1e6)
    return found


async def _first(slaves: Slaves, began_ns: int) -> float:
    while not slaves.requests:  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.002)
    return (time.monotonic_ns() - began_ns) / 1e9


def _first_reading_s(arrivals: Arrivals, began_ns: int) -> float:
    return (min(at_ns for at_ns, _ in arrivals.values(GATEWAY)) - began_ns) / 1e9


async def compared(folder: Path, shape: Shape, seconds: float) -> dict[str, Any]:
    found = await watched(folder / shape.name, shape, seconds)
    (folder / f"bare_{shape.name}").mkdir()
    limit = await bare(folder / f"bare_{shape.name}", shape, seconds)
    over = {name: round(found[name] / limit[name], 2) for name in limit}
    return {**found, "bare": limit, "over_bare": over}


async def measure(folder: Path, seconds: float) -> dict[str, dict[str, Any]]:
    return {
        shape.name: {
            **await compared(folder, shape, seconds),
            "load_average": round(os.getloadavg()[0], 1),
        }
        for shape in SHAPES
    }


def beyond(found: dict[str, dict[str, Any]]) -> list[str]:
    over = [
        (shape, name) for shape, one in found.items() for name in BARS if one[name] > BARS[name]
    ]
    return [f"{name} of {shape}" for shape, name in over]


def lines_of(found: dict[str, dict[str, Any]]) -> Sequence[str]:
    return [
        f"{name}: answer to MQTT bytes {one['p50_ms']} ms (p99 {one['p99_ms']} ms) of"
        f" {one['readings']} urgent readings; after the start the first answer came in"
        f" {one['first_answer_s']} s, its reading in {one['first_reading_s']} s; a sync of this"
        f" disk alone {one['disk_sync_p50_ms']} ms (p99 {one['disk_sync_p99_ms']} ms);"
        f" a bare gateway takes {one['bare']['p50_ms']} ms (p99 {one['bare']['p99_ms']} ms): we"
        f" {one['over_bare']['p50_ms']} times that (p99 {one['over_bare']['p99_ms']})"
        for name, one in found.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90.0, help="of each (%(default)s)")
    with bench("urgent_latency", parser) as run:
        found = asyncio.run(measure(run.folder, run.arguments.seconds))
        over = beyond(found)
        lines = [*lines_of(found), f"beyond its bar: {', '.join(over) or 'nothing'}"]
        run.report(lines, {"bars": BARS, "beyond": over, "figures": found})
        return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
