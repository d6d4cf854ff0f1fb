"""A thousand gateways at the real broker and server: what all three carry, and what it costs each.

`simulators fleet` with one connection for each gateway, passwords, wills and the shipped access
list. First a load with an outage of half of them and a storm of all; then how many gateways that
only have their heartbeat one process can play.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from figures.process import Spent, spent
from figures.record import Bench, bench

from simulators.broker import Which
from simulators.stage import GatewaySpec, Stage, new_webhook_secret

PREFIX = "fleet"
_NOBODY = "http://127.0.0.1:9/"
_SHOWN = ("lifeline_readings", "lifeline_stage_lag_seconds", "lifeline_entries_waiting")


@dataclass(frozen=True, slots=True)
class Town:
    """Broker and server, and the file of the gateways' passwords."""

    stage: Stage
    passwords: Path

    def play(self, gateways: int, *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the fleet reports, and what broker and server spent meanwhile."""
        before = self._spent()
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "simulators", "fleet", "--json", "--prefix", PREFIX),
                *("--broker", f"127.0.0.1:{self.stage.broker.port}"),
                *("--gateways", str(gateways), "--connections", str(gateways)),
                *("--password-file", str(self.passwords), *words),
            ],
            stdout=subprocess.PIPE,
            check=False,
        )
        after = self._spent()
        found: dict[str, Any] = json.loads(ended.stdout)
        wall_s = found["seconds"] + (found["drain_s"] or 0.0)
        return found, {
            name: {
                "cpu_of_a_core": round((after[name].cpu_s - before[name].cpu_s) / wall_s, 3),
                "resident_mb": round(after[name].resident / 1e6),
            }
            for name in before
        }

    def _spent(self) -> dict[str, Spent]:
        programs = {"broker": self.stage.broker.pid, "server": self.stage.server.pid}
        return {name: spent(pid or 0) for name, pid in programs.items()}

    def metrics(self) -> dict[str, float]:
        """Ledger, backlog and lag of the stages, as the server tells them."""
        token = (self.stage.folder / "server" / "api.token").read_text().strip()
        request = Request(f"{self.stage.api.url}/metrics")  # noqa: S310 - http on loopback
        request.add_header("Authorization", f"Bearer {token}")
        with urlopen(request) as answer:  # noqa: S310 - the same
            lines = answer.read().decode().splitlines()
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in lines)
            if name.startswith(_SHOWN)
        }


@contextmanager
def town(folder: Path, gateways: int) -> Iterator[Town]:
    """Broker and server run until the block ends."""
    names = [f"{PREFIX}-{number:04d}" for number in range(1, gateways + 1)]
    stage = Stage(
        folder,
        tuple(GatewaySpec(name, (), ()) for name in names),
        webhook_url=_NOBODY,
        webhook_secret=new_webhook_secret(),
        which=Which.MOSQUITTO,
    )
    try:
        stage.start(gateways=False)
        stage.wait_ready()
        yield Town(stage, stage.passwords(folder / "passwords", names))
    finally:
        stage.close()


def load(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """The load with its troubles; the server's ledger has to be the fleet's."""
    with town(folder, given.gateways) as here:
        found, cost = here.play(
            given.gateways,
            *("--devices", str(given.devices), "--rate", str(given.rate)),
            *("--alarm-every", "2s", "--duplicates", "0.01", "--duration", "60s"),
            *("--outage", "at=15s,for=20s,share=0.5", "--storm", "at=45s,jitter=5s"),
            *("--drain-timeout", "180s"),
        )
        metrics = here.metrics()
    stored = sum(
        metrics[f'lifeline_readings{{lane="{lane}",place="stored"}}'] for lane in ("urgent", "bulk")
    )
    agrees = stored == found["readings"]["taken"]
    return {"fleet": found, "cost": cost, "metrics": metrics, "ledger_agrees": agrees}


def carry(folder: Path, gateways: int) -> dict[str, Any]:
    """Birth, status and heartbeats of so many gateways, nothing else."""
    with town(folder, gateways) as here:
        found, cost = here.play(gateways, "--devices", "2", "--rate", "0", "--duration", "30s")
    return {"fleet": found, "cost": cost}


def lines_of(found: dict[str, Any], carried: dict[str, Any]) -> list[str]:
    return [_what_came(found), _how_soon(found["fleet"]), *_troubles(found["fleet"]),
            _what_it_cost(found), _carried(carried["fleet"])]  # fmt: skip


def _what_came(found: dict[str, Any]) -> str:
    fleet = found["fleet"]
    return (
        f"{fleet['gateways']} gateways, {fleet['devices']} devices: {fleet['readings_per_s']}"
        f" readings/s, {fleet['messages']['published']} batches; lost {fleet['readings']['lost']},"
        f" the server's ledger agrees: {found['ledger_agrees']}"
    )


def _how_soon(fleet: dict[str, Any]) -> str:
    words = [
        f"{lane} p50 {took['p50_ms']} ms, p99 {took['p99_ms']} ms"
        for lane, took in (("urgent", fleet["urgent_took"]), ("bulk", fleet["bulk_took"]))
    ]
    return f"to receipt, outage and storm included: {'; '.join(words)}"


def _troubles(fleet: dict[str, Any]) -> Iterator[str]:
    for one in fleet["incidents"]:
        yield (
            f"{one['kind']} of {one['connections']} connections for {one['for_s']} s: all back"
            f" after {one['back_s']} s, all through after {one['drain_s']} s"
        )


def _what_it_cost(found: dict[str, Any]) -> str:
    shares = {name: one["cpu_of_a_core"] for name, one in found["cost"].items()}
    shares["fleet"] = found["fleet"]["generator"]["cpu_of_a_core"]
    lags = {
        name.partition('"')[2].rstrip('"}'): round(value, 1)
        for name, value in found["metrics"].items()
        if name.startswith("lifeline_stage_lag_seconds")
    }
    return f"of a core: {shares}; at the end the stages are behind by (s): {lags}"


def _carried(fleet: dict[str, Any]) -> str:
    one = fleet["generator"]
    return (
        f"{fleet['introduced']} gateways on {fleet['connections']} connections with heartbeats"
        f" alone: {one['cpu_of_a_core']} of a core, {one['resident_mb']} MB"
    )


def report(run: Bench, found: dict[str, Any], carried: dict[str, Any]) -> bool:
    """Print and write; whether nothing was lost."""
    run.report(lines_of(found, carried), {"load": found, "carried": carried})
    wholes = (found["ledger_agrees"], found["fleet"]["whole"], carried["fleet"]["whole"])
    return all(wholes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gateways", type=int, default=1_000, help="(%(default)s)")
    parser.add_argument("--devices", type=int, default=10, help="of each (%(default)s)")
    parser.add_argument("--rate", type=float, default=0.1, help="readings/s each (%(default)s)")
    parser.add_argument(
        "--carry", type=int, default=5_000, help="gateways with heartbeats alone (%(default)s)"
    )
    with bench("fleet_load", parser) as run:
        found = load(run.folder / "load", run.arguments)
        carried = carry(run.folder / "carry", run.arguments.carry)
        return 0 if report(run, found, carried) else 1


if __name__ == "__main__":
    raise SystemExit(main())
