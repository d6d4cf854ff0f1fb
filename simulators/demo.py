"""Runs `make demo`: the real programs around the simulated street, the scene, the account."""

import asyncio
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from runtime.clock import SystemClock
from simulators.alarm_centre import AlarmCentre
from simulators.broker import BrokerError, Which
from simulators.delivery_text import Language
from simulators.demo_account import Source, summary
from simulators.demo_scene import Scene, SceneError
from simulators.demo_street import PLACES, build_street
from simulators.influxd import InfluxError
from simulators.server_api import ApiError
from simulators.stage import Stage, StageError, new_webhook_secret


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for; `data` keeps files there, `influx` stores readings in an influxd."""

    which: Which
    language: Language
    keep: bool
    data: Path | None
    influx: bool


async def demo(wanted: Wanted, codes: list[int]) -> None:
    """Set the stage, play the scene, tell the ledger; append 0 when all is well, 1 when not."""
    codes.append(await _demo(wanted))


async def _demo(wanted: Wanted) -> int:
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    clock = SystemClock()
    with ExitStack() as plugged:
        folder = wanted.data or Path(
            plugged.enter_context(tempfile.TemporaryDirectory(prefix="lifeline"))
        )
        secret = new_webhook_secret()
        async with AlarmCentre(secret, record=None) as centre:
            street = build_street(folder / "ports", plugged)
            stage = Stage(
                folder,
                street.gateways,
                webhook_url=centre.url,
                webhook_secret=secret,
                places=PLACES,
                which=wanted.which,
                influx=wanted.influx,
            )
            try:
                return await _on_stage(
                    Scene(stage, street, centre, clock, wanted.language, colour, clock.mono_us()),
                    keep=wanted.keep,
                )
            except (SceneError, StageError, BrokerError, InfluxError, ApiError) as error:
                print(f"{error}\n{stage.last_words()}", file=sys.stderr)  # noqa: T201 - a result
                return 1
            finally:
                await asyncio.shield(asyncio.to_thread(stage.close))


async def _on_stage(scene: Scene, *, keep: bool) -> int:
    store = "SQLite" if scene.stage.influx is None else "InfluxDB 2"
    scene.tell(Source.STAGE, "starting", broker=scene.stage.broker.kind, store=store)
    await asyncio.to_thread(scene.stage.start)
    await asyncio.to_thread(scene.stage.wait_ready)
    await scene.play()
    ledger = await asyncio.to_thread(scene.ledger)
    complaints = await asyncio.to_thread(scene.complaints)
    print(summary(scene.measured, ledger, complaints, scene.language), flush=True)  # noqa: T201 - what it is for
    if keep:
        token = scene.stage.folder / "server" / "api.token"
        scene.tell(Source.STAGE, "keeping", url=scene.stage.api.url, token=token)
        await asyncio.Event().wait()
    return 1 if complaints else 0
