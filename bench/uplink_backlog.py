"""A backlog on its way up over a real Mosquitto, and what is urgent meanwhile.

Two backlogs: one of many readings, for how fast it leaves; one of a million rows, for how long what
is urgent takes. The gateway's uplink runs in a process of its own (real buffer on disk, real
session); the server is one that only gives receipts, so that it is not what binds. Urgent readings
are taken at random moments and carry the moment: what counts is from `take` to the arrival there.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures.receipt_giver import Arrivals, ReceiptGiver, reached, served
from figures.record import Bench, bench, percentile
from figures.uplink_bed import URGENT_POINT, Account, Orders, Told, fill, uplink

from runtime.clock import SystemClock
from simulators.broker import Broker
from simulators.stage import GatewaySpec, Stage, new_webhook_secret

READINGS = 100
DRAIN_BAR, URGENT_DRAIN_MS, URGENT_ROWS_MS = 50_000, 1_000.0, 50.0
_EVERY_S, _LOOK_S = 0.05, 0.25
_GATEWAY = "gw-bench"
_DEAD_PORT_URL = "http://127.0.0.1:9/"
_PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Run:
    """What arrived, and what the gateway says of itself."""

    arrivals: Arrivals
    told: Told

    @property
    def per_second(self) -> float:
        seen = self.arrivals
        return seen.readings * 1e6 / max(seen.last_us - seen.first_us, 1)

    def urgent_ms(self, share: float) -> float:
        seen = self.arrivals
        late = [late for at, late in seen.late_us[URGENT_POINT] if seen.first_us < at]
        return percentile(late, share) / 1_000


async def watched(path: Path, port: int, is_done: Callable[[Arrivals], bool]) -> Run:
    giver = ReceiptGiver(frozenset({URGENT_POINT}))
    async with served(port, giver):
        with uplink(Orders(path, Account(_GATEWAY, port), urgent_every_s=_EVERY_S)) as told:
            await reached(lambda: is_done(giver.arrivals), _PATIENCE_S)
    return Run(giver.arrivals, told)


async def drained(path: Path, port: int, batches: int) -> Run:
    """Until all of the backlog is here."""
    wanted = batches * READINGS
    return await watched(path, port, lambda seen: seen.readings >= wanted)


async def beside_rows(path: Path, port: int, urgent: int) -> Run:
    """So many urgent readings while a row after the other leaves."""

    def is_done(seen: Arrivals) -> bool:
        return len(seen.late_us[URGENT_POINT]) >= urgent

    return await watched(path, port, is_done)


def into_a_real_server(folder: Path, batches: int) -> float:
    """Readings a second until the real server has stored so many batches, decoded and all."""
    path, wanted = folder / "gateway" / "buffer.db", batches * READINGS
    fill(path, batches, READINGS, gateway=_GATEWAY)
    stage = Stage(
        folder / "stage",
        (GatewaySpec(_GATEWAY, (), ()),),
        webhook_url=_DEAD_PORT_URL,
        webhook_secret=new_webhook_secret(),
    )
    password = stage.folder / f"{_GATEWAY}.password"

    def stored() -> int:
        gateways = stage.api.get("/v1/gateways")["items"]
        if not gateways:
            return 0
        lanes = stage.api.get(f"/v1/gateways/{_GATEWAY}")["lanes"]
        return int(lanes["bulk"]["ledger"]["stored"])

    clock = SystemClock()
    try:
        stage.start(gateways=False)
        stage.wait_ready()
        account = Account(_GATEWAY, stage.broker.port, password.read_text().strip())
        with uplink(Orders(path, account)):
            while not stored():
                time.sleep(_LOOK_S)
            began_us, before = clock.mono_us(), stored()
            while (now := stored()) < wanted and clock.mono_us() - began_us < _PATIENCE_S * 1e6:
                time.sleep(_LOOK_S)
            return (now - before) * 1e6 / (clock.mono_us() - began_us)
    finally:
        stage.close()


def measure(folder: Path, batches: int, rows: int, urgent: int) -> tuple[Run, Run]:
    many, long = folder / "many" / "buffer.db", folder / "long" / "buffer.db"
    fill(many, batches, READINGS)
    with Broker(folder / "broker") as broker:
        first = asyncio.run(drained(many, broker.port, batches))
    fill(long, rows, 1)
    with Broker(folder / "broker-2") as broker:
        began_us = SystemClock().mono_us()
        second = asyncio.run(beside_rows(long, broker.port, urgent))
        if second.arrivals.batches >= rows:
            took_s = (SystemClock().mono_us() - began_us) / 1e6
            raise SystemExit(
                f"{rows} rows were gone after {took_s:.0f} s: too few to measure beside"
            )
    return first, second


def figures_of(first: Run, second: Run, rows: int) -> dict[str, Any]:
    return {
        "drain_readings_per_s": round(first.per_second),
        "drain_batches": first.arrivals.batches,
        "drain_gateway_cpu_us_per_batch": round(first.told.cpu_s * 1e6 / first.arrivals.batches),
        "drain_gateway_of_a_core": round(first.told.cpu_s / first.told.wall_s, 2),
        "urgent_during_drain_ms": {
            name: round(first.urgent_ms(share), 1) for name, share in (("p50", 0.5), ("p99", 0.99))
        },
        "rows": rows,
        "rows_sent_per_s": round(
            second.arrivals.batches
            * 1e6
            / max(second.arrivals.last_us - second.arrivals.first_us, 1)
        ),
        "urgent_beside_rows": len(second.arrivals.late_us[URGENT_POINT]),
        "urgent_beside_rows_ms": {
            name: round(second.urgent_ms(share), 1) for name, share in (("p50", 0.5), ("p99", 0.99))
        },
    }


def report(run: Bench, figures: dict[str, Any]) -> bool:
    drain, beside = figures["urgent_during_drain_ms"], figures["urgent_beside_rows_ms"]
    kept = {
        f"drain >= {DRAIN_BAR} readings/s": figures["drain_readings_per_s"] >= DRAIN_BAR,
        f"urgent p99 during drain <= {URGENT_DRAIN_MS:.0f} ms": drain["p99"] <= URGENT_DRAIN_MS,
        f"urgent p99 beside {figures['rows']} rows <= {URGENT_ROWS_MS:.0f} ms (the poll period"
        " comes on top)": beside["p99"] <= URGENT_ROWS_MS,
    }
    lines = [
        (
            f"drain: {figures['drain_readings_per_s']} readings/s in batches of {READINGS};"
            f" {figures['drain_gateway_cpu_us_per_batch']} us of the gateway's processor a batch"
            f" ({figures['drain_gateway_of_a_core']:.0%} of a core)"
        ),
        f"urgent meanwhile, taken -> server: p50 {drain['p50']} ms, p99 {drain['p99']} ms",
        (
            f"urgent beside {figures['rows']} rows: p50 {beside['p50']} ms, p99 {beside['p99']} ms"
            f" of {figures['urgent_beside_rows']}, while {figures['rows_sent_per_s']} rows/s left"
        ),
        f"into the real server, decoded and stored: {figures['real_server_per_s']} readings/s",
        *(f"{'kept' if is_kept else 'BROKEN'}: {what}" for what, is_kept in kept.items()),
    ]
    run.report(lines, {"figures": figures, "kept": kept})
    return all(kept.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=20_000, help="of 100 readings (%(default)s)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of one reading (%(default)s)")
    parser.add_argument("--urgent", type=int, default=400, help="beside the rows (%(default)s)")
    parser.add_argument("--server-batches", type=int, default=2_000, help="(%(default)s)")
    with bench("uplink_backlog", parser) as run:
        asked = run.arguments
        first, second = measure(run.folder, asked.batches, asked.rows, asked.urgent)
        real = into_a_real_server(run.folder / "real", asked.server_batches)
        found = {**figures_of(first, second, asked.rows), "real_server_per_s": round(real)}
        is_kept = report(run, found)
    raise SystemExit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
