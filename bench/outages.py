"""Outages of the uplink with real programs: is anything lost, how often was each batch sent.

Fifty devices on eleven lines, every sample told, the real agent, Mosquitto and server; between
agent and broker a relay that looks at the keys. Five cells: the broker is killed; the link is
silent and then reset; the link is away and the agent is killed meanwhile; the broker is down when
the agent starts; the broker is frozen, where it counts how soon the agent notices. Afterwards the
devices are unplugged, and nothing may be missing: all that was taken is stored, by both ledgers.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from figures.publish_keys import key_of
from figures.quarter import gateway, plugged_in
from figures.record import Bench, bench
from figures.relay import Relay

from runtime.clock import SystemClock
from simulators.broker import free_port
from simulators.stage import Stage, StageError, new_webhook_secret

GATEWAY = "gw-bench"
LANES = ("urgent", "bulk")
NOTICED_BAR_S = 15.0
_SETTLED_S, _STEP_S, _DRAINED_S = 10.0, 0.25, 180.0
_DEAD_PORT_URL = "http://127.0.0.1:9/"


@dataclass(slots=True)
class Bed:
    """`sent`: how often each key went up; `noticed_s`: how soon, when the broker froze."""

    stage: Stage
    relay: Relay
    away_s: float
    sent: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    noticed_s: float | None = None

    def hear(self, name: str, packet: bytes, body: int) -> None:
        key = key_of(packet, body) if name in LANES else None
        if key is not None:
            self.sent[name, key.epoch, key.seq] += 1


async def broker_killed(bed: Bed) -> None:
    bed.stage.broker.kill()
    await asyncio.sleep(bed.away_s)
    await asyncio.to_thread(bed.stage.broker.start)


async def silent_then_reset(bed: Bed) -> None:
    bed.relay.fall_silent()
    await asyncio.sleep(bed.away_s)
    bed.relay.reset()
    bed.relay.speak_again()


async def agent_killed_meanwhile(bed: Bed) -> None:
    bed.relay.go_away()
    await asyncio.sleep(bed.away_s / 2)
    bed.stage.agents[GATEWAY].kill()
    bed.stage.agents[GATEWAY].start()
    await asyncio.sleep(bed.away_s / 2)
    bed.relay.come_back()


async def broker_down_at_start(bed: Bed) -> None:
    agent = bed.stage.agents[GATEWAY]
    await asyncio.to_thread(agent.stop)
    bed.stage.broker.kill()
    agent.start()
    await asyncio.sleep(bed.away_s)
    await asyncio.to_thread(bed.stage.broker.start)


async def broker_frozen(bed: Bed) -> None:
    clock = SystemClock()
    bed.stage.broker.freeze()
    began_us = clock.mono_us()
    while bed.noticed_s is None and clock.mono_us() - began_us < bed.away_s * 1e6:
        status = await asyncio.to_thread(bed.stage.status, GATEWAY)
        if not status["uplink"]["is_connected"]:
            bed.noticed_s = round((clock.mono_us() - began_us) / 1e6, 1)
        await asyncio.sleep(_STEP_S)
    bed.stage.broker.thaw()


CELLS: dict[str, Callable[[Bed], Awaitable[None]]] = {
    "broker_killed": broker_killed,
    "link_silent_then_reset": silent_then_reset,
    "agent_killed_in_the_outage": agent_killed_meanwhile,
    "broker_down_at_start": broker_down_at_start,
    "broker_frozen": broker_frozen,
}


async def played(folder: Path, away_s: float, cell: Callable[[Bed], Awaitable[None]]) -> Any:
    broker, ports = free_port(), folder / "ports"
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(Relay(broker))
        devices = stack.enter_context(ExitStack())
        devices.enter_context(plugged_in(ports))
        stage = Stage(
            folder,
            (gateway(GATEWAY, ports, "always"),),
            webhook_url=_DEAD_PORT_URL,
            webhook_secret=new_webhook_secret(),
            broker_port=broker,
            gateway_port=relay.port,
        )
        bed = Bed(stage, relay, away_s)
        relay.listener = bed.hear
        try:
            await asyncio.to_thread(stage.start)
            await asyncio.to_thread(stage.wait_ready)
            await asyncio.sleep(_SETTLED_S)
            await cell(bed)
            await asyncio.sleep(_SETTLED_S)
            await asyncio.to_thread(devices.close)
            return await account(bed)
        finally:
            await asyncio.to_thread(stage.close)


async def account(bed: Bed) -> dict[str, Any]:
    """Once nothing is on its way any more, or the patience is at an end: then what is missing."""
    clock, taken, lost = SystemClock(), 0, -1
    until_us = clock.mono_us() + round(_DRAINED_S * 1e6)
    while clock.mono_us() < until_us and lost:
        await asyncio.sleep(_STEP_S)
        taken, lost = await asyncio.to_thread(missing, bed.stage)
    times = Counter(bed.sent.values())
    return {
        "taken": taken,
        "lost": lost,
        "batches": len(bed.sent),
        "sent_on_average": round(sum(bed.sent.values()) / max(len(bed.sent), 1), 3),
        "sent_most": max(times, default=0),
        "sent_times": {str(n): count for n, count in sorted(times.items())},
        "noticed_s": bed.noticed_s,
    }


def missing(stage: Stage) -> tuple[int, int]:
    """Readings taken, and how many of them are not stored, or counted in any other way."""
    try:
        own = {one["lane"]: one for one in stage.status(GATEWAY)["lanes"]}
    except StageError:
        return 0, -1
    server = stage.api.get(f"/v1/gateways/{GATEWAY}")["lanes"]
    taken = sum(own[lane]["taken"] for lane in LANES)
    stored = sum(server[lane]["ledger"]["stored"] for lane in LANES)
    return taken, abs(taken - stored)


def report(run: Bench, found: dict[str, dict[str, Any]], away_s: float) -> bool:
    kept = {f"{name}: 0 lost": one["lost"] == 0 for name, one in found.items()}
    for name, one in found.items():
        if name == "broker_frozen":
            noticed = one["noticed_s"]
            kept[f"{name}: noticed within {NOTICED_BAR_S:g} s"] = (
                noticed is not None and noticed <= NOTICED_BAR_S
            )
    lines = [
        (
            f"{name}, {away_s:g} s: {one['lost']} of {one['taken']} readings lost; each batch sent"
            f" {one['sent_on_average']} times, {one['sent_most']} at most"
            + (f"; noticed after {one['noticed_s']} s" if one["noticed_s"] else "")
        )
        for name, one in found.items()
    ]
    lines += [f"{'kept' if is_kept else 'BROKEN'}: {what}" for what, is_kept in kept.items()]
    run.report(lines, {"away_s": away_s, "figures": found, "kept": kept})
    return all(kept.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each (%(default)s)")
    parser.add_argument("--cell", choices=CELLS, action="append", help="only these; all by default")
    with bench("outages", parser) as run:
        away_s, wanted = run.arguments.seconds, run.arguments.cell or list(CELLS)
        found = {
            name: asyncio.run(played(run.folder / name, away_s, CELLS[name])) for name in wanted
        }
        is_kept = report(run, found, away_s)
    raise SystemExit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
