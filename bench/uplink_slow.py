"""A slow link that comes back while a backlog waits: when the first fresh value is at the server.

The uplink over a relay that carries 4 000 bytes a second up and keeps next to nothing inside. A
reading of bulk is taken twice a second, an urgent one every 2 s; the birth names fifty devices. The
link goes away (RST, and RST to whoever knocks) and comes back; it counts from when the gateway's
next connection stands: its back-off, up to 15 s, is no matter of the link. Fresh is what was taken
after that. Then the backlog drains for a while: fresh values must stay fresh beside it.
"""

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from figures.receipt_giver import ReceiptGiver, reached, served
from figures.record import Bench, bench, percentile
from figures.relay import Relay
from figures.uplink_bed import URGENT_POINT, Account, Orders, fill, uplink

from runtime.clock import SystemClock
from simulators.broker import Broker

PER_SECOND, FRESH_BAR_S = 4_000, 2.0
_LIVE = "live"
_CONNACK = 2
_AWAY_S, _BESIDE_S = 5.0, 20.0
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds from the connection to the arrival of the first value taken after it."""

    fresh_s: float
    urgent_s: float


async def turn(relay: Relay, giver: ReceiptGiver, connected: list[int]) -> Turn:
    """The link goes and comes back once."""
    relay.go_away()
    await asyncio.sleep(_AWAY_S)
    before = len(connected)
    relay.come_back()
    await reached(lambda: len(connected) > before, _PATIENCE_S)
    since_us = connected[-1]
    first = [await fresh(giver, point, since_us) for point in (_LIVE, URGENT_POINT)]
    return Turn(*first)


async def fresh(giver: ReceiptGiver, point: str, since_us: int) -> float:
    """Seconds until a value of the point that was taken since then is here."""
    late = giver.arrivals.late_us[point]

    def arrived() -> list[int]:
        return [at for at, took in late if at - took >= since_us]

    await reached(lambda: bool(arrived()), _PATIENCE_S)
    return (arrived()[0] - since_us) / 1e6


async def measure(folder: Path, batches: int, turns: int) -> dict[str, Any]:
    path, clock, connected = folder / "buffer.db", SystemClock(), list[int]()
    fill(path, batches, 100)
    giver = ReceiptGiver(frozenset({_LIVE, URGENT_POINT}))

    def note(_name: str, packet: bytes, _body: int) -> None:
        if packet[0] >> 4 == _CONNACK:
            connected.append(clock.mono_us())

    with Broker(folder / "broker") as broker:
        async with (
            served(broker.port, giver),
            Relay(broker.port, up_per_second=PER_SECOND) as relay,
        ):
            relay.listener = note
            account = Account("gw-bench", relay.port)
            with uplink(Orders(path, account, urgent_every_s=2.0, live_every_s=0.5)):
                await reached(lambda: bool(giver.arrivals.late_us[_LIVE]), _PATIENCE_S)
                found = [await turn(relay, giver, connected) for _ in range(turns)]
                since_us, came = clock.mono_us(), giver.arrivals.batches
                sent = relay.tally.sizes["bulk"]
                await asyncio.sleep(_BESIDE_S)
                batches_came = giver.arrivals.batches - came
                carried = (relay.tally.sizes["bulk"] - sent) / _BESIDE_S
    beside = {
        point: [late / 1e6 for at, late in giver.arrivals.late_us[point] if at > since_us]
        for point in (_LIVE, URGENT_POINT)
    }
    return {
        "up_bytes_per_s": PER_SECOND,
        "backlog_batches": batches,
        "first_fresh_s": [round(one.fresh_s, 2) for one in found],
        "first_urgent_s": [round(one.urgent_s, 2) for one in found],
        "beside_backlog_live_s": summary(beside[_LIVE]),
        "beside_backlog_urgent_s": summary(beside[URGENT_POINT]),
        "beside_backlog_batches_per_s": round(batches_came / _BESIDE_S, 1),
        "bulk_bytes_per_s": round(carried),
    }


def summary(late_s: list[float]) -> dict[str, float]:
    return {
        "p50": round(percentile(late_s, 0.5), 2),
        "max": round(max(late_s), 2),
        "count": len(late_s),
    }


def report(run: Bench, found: dict[str, Any]) -> bool:
    worst = max(found["first_fresh_s"])
    kept = {f"first fresh value within {FRESH_BAR_S:g} s": worst <= FRESH_BAR_S}
    live, urgent = found["beside_backlog_live_s"], found["beside_backlog_urgent_s"]
    lines = [
        (
            f"{PER_SECOND} bytes/s up, {found['backlog_batches']} batches wait: first fresh value"
            f" after {found['first_fresh_s']} s, urgent {found['first_urgent_s']} s"
        ),
        (
            f"beside the backlog: bulk p50 {live['p50']} s, max {live['max']} s (its group takes up"
            f" to 1 s); urgent p50 {urgent['p50']} s, max {urgent['max']} s"
        ),
        (
            f"meanwhile {found['beside_backlog_batches_per_s']} batches/s,"
            f" {found['bulk_bytes_per_s']} bytes/s of bulk with its answers"
        ),
        *(f"{'kept' if is_kept else 'BROKEN'}: {what}" for what, is_kept in kept.items()),
    ]
    run.report(lines, {"figures": found, "kept": kept})
    return all(kept.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=2_000, help="of 100 readings (%(default)s)")
    parser.add_argument(
        "--turns", type=int, default=5, help="the link goes and comes (%(default)s)"
    )
    with bench("uplink_slow", parser) as run:
        asked = run.arguments
        is_kept = report(run, asyncio.run(measure(run.folder, asked.batches, asked.turns)))
    raise SystemExit(0 if is_kept else 1)


if __name__ == "__main__":
    main()
