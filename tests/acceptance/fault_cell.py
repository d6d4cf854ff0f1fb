"""One cell of the matrix of faults: a victim, what is done to it, and what must hold afterwards."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Protocol

from simulators.broker import free_port
from simulators.program import Program
from simulators.server_api import ApiError
from simulators.smoke_detector import SmokeDetector
from simulators.stage import new_webhook_secret
from tests.acceptance.small_disk import SmallDisk, small_disk
from tests.acceptance.town import GATEWAY, Town, town

LINES = 4
BAUD = 57_600
KEYS = {"poll_period": "100ms", "report": "always"}


class Victim(StrEnum):
    """Who suffers."""

    AGENT = "agent"
    SERVER = "server"
    BROKER = "broker"
    INFLUXD = "influxd"
    CENTRE = "centre"


class Fault(StrEnum):
    """What is done to it."""

    KILL = "kill"
    FREEZE = "freeze"
    DISK_FULL = "disk-full"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a fault lasts, and how often it comes."""

    outage_s: float = 10.0
    rounds: int = 1


class Running(Protocol):
    """A program or a broker."""

    def start(self) -> None: ...
    def stop(self) -> Any: ...
    def kill(self) -> None: ...
    def freeze(self) -> None: ...
    def thaw(self) -> None: ...


class Centre:
    """The alarm centre as a process of its own, and the record that it leaves."""

    def __init__(self, folder: Path) -> None:
        self.secret = new_webhook_secret()
        self.port = free_port()
        self._from = 0
        self.record = folder / "record.jsonl"
        secret_file = folder / "centre.secret"
        folder.mkdir(parents=True, exist_ok=True)
        secret_file.write_text(self.secret)
        self.program = Program(
            "simulators",
            [
                "alarm-centre",
                *("--port", str(self.port)),
                *("--secret-file", str(secret_file)),
                *("--record", str(self.record)),
            ],
            folder / "centre.log",
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alarms"

    def forget(self) -> None:
        """Begin a new round: what came before is looked at no more."""
        self._from = len(self.record.read_text().splitlines())

    def alarms(self) -> list[dict[str, Any]]:
        """Verified alarm deliveries in order of arrival; a line may be torn by a kill."""
        found = []
        lines = self.record.read_text().splitlines() if self.record.exists() else []
        for line in lines[self._from :]:
            try:
                one = json.loads(line)
            except ValueError:
                continue
            if one["verdict"] == "verified" and one["type"].startswith("alarm."):
                found.append(one)
        return found

    def smoke(self) -> set[str]:
        return {
            one["body"]["data"]["device"]
            for one in self.alarms()
            if one["body"]["data"]["rule"] == "smoke" and one["type"] == "alarm.raised"
        }


async def play(folder: Path, victim: Victim, fault: Fault, seed: int, pace: Pace) -> None:
    """Load, alarms before and during the fault, then everything arrives and is counted."""
    dice = Random(f"{victim}/{fault}/{seed}")
    with ExitStack() as mounted:
        disk = None
        if fault is Fault.DISK_FULL:
            disk = mounted.enter_context(small_disk(folder / _FOLDERS[victim]))
        centre = Centre(folder / "centre")
        options: dict[str, Any] = {"influx": True} if victim is Victim.INFLUXD else {}
        centre.program.start()
        mounted.callback(centre.program.stop)
        async with town(
            folder,
            detectors=LINES,
            toggle_relay=True,
            device_keys=KEYS,
            baud=BAUD,
            receiver=(centre.url, centre.secret),
            **options,
        ) as here:
            await here.all_heard()
            running = _running(here, centre, victim)
            suffer = partial(_suffer, running, fault, disk, dice, pace.outage_s)
            for number in range(pace.rounds):
                await _round(here, centre, suffer, dice)
                _in_order(centre)
                if number + 1 < pace.rounds:
                    await _calm(here, centre)
            for line in here.lines:
                line.unplug()
            await here.drained()


_FOLDERS = {
    Victim.AGENT: GATEWAY,
    Victim.SERVER: "server",
    Victim.BROKER: "broker",
    Victim.INFLUXD: "influx",
}


async def _round(
    here: Town,
    centre: Centre,
    suffer: Callable[[], Awaitable[None]],
    dice: Random,
) -> None:
    await asyncio.sleep(1)
    _smoke(here.detectors[: LINES // 2])
    await asyncio.sleep(dice.uniform(0.1, 1.5))
    during = asyncio.get_running_loop().call_later(
        dice.uniform(0.05, 1.0),
        partial(_smoke, here.detectors[LINES // 2 :]),
    )
    await suffer()
    while not during.cancelled() and during.when() > asyncio.get_running_loop().time():
        await asyncio.sleep(0.1)
    wanted = {f"smoke-{number}" for number in range(LINES)}
    await here.until(lambda: centre.smoke() >= wanted, f"the alarms of {wanted}")


def _smoke(detectors: Sequence[SmokeDetector]) -> None:
    for detector in detectors:
        detector.set_smoke(True)


def _running(here: Town, centre: Centre, victim: Victim) -> Running:
    found: dict[Victim, Any] = {
        Victim.AGENT: here.agent,
        Victim.SERVER: here.stage.server,
        Victim.BROKER: here.stage.broker,
        Victim.INFLUXD: getattr(here.stage, "influx", None),
        Victim.CENTRE: centre.program,
    }
    running: Running = found[victim]
    return running


async def _suffer(
    victim: Running, fault: Fault, disk: SmallDisk | None, dice: Random, outage_s: float
) -> None:
    match fault:
        case Fault.KILL:
            await asyncio.to_thread(victim.kill)
            await asyncio.sleep(dice.uniform(0.1, outage_s / 5))
            await asyncio.to_thread(victim.start)
        case Fault.FREEZE:
            victim.freeze()
            await asyncio.sleep(outage_s)
            victim.thaw()
        case Fault.DISK_FULL:
            assert disk is not None
            await asyncio.to_thread(disk.fill)
            await asyncio.sleep(outage_s)
            disk.free()
        case Fault.RESTART:
            await asyncio.to_thread(victim.stop)
            await asyncio.to_thread(victim.start)


async def _calm(here: Town, centre: Centre) -> None:
    """All clear, acknowledged and reset, so that the next round raises anew."""
    for detector in here.detectors:
        detector.set_smoke(False)
        detector.reset()
    opened = {one["alarm_id"] for one in centre.alarms() if one["type"] == "alarm.raised"}
    await here.until(lambda: _closed(here, opened), "the alarms of this round closed")
    centre.forget()


def _closed(here: Town, opened: set[str]) -> bool:
    """Close what has returned; True once all are closed."""
    still_open = [
        one
        for one in here.stage.api.get("/v1/alarms?rule=smoke&limit=500")["items"]
        if one["alarm_id"] in opened
    ]
    for one in still_open:
        for action in ("acknowledge", "reset"):
            with contextlib.suppress(ApiError):
                here.stage.api.post(f"/v1/alarms/{one['alarm_id']}/{action}", {"actor": "desk"})
    return not still_open


def _in_order(centre: Centre) -> None:
    """P7, P9: one alarm for each device, its revisions in order, each under one id."""
    ids: dict[str, set[str]] = {}
    revisions: dict[str, list[int]] = {}
    seen: set[str] = set()
    for one in centre.alarms():
        data = one["body"]["data"]
        if data["rule"] == "smoke":
            ids.setdefault(data["device"], set()).add(one["alarm_id"])
        if one["webhook_id"] not in seen:
            seen.add(one["webhook_id"])
            revisions.setdefault(one["alarm_id"], []).append(one["revision"])
    assert all(len(found) == 1 for found in ids.values()), ids
    assert all(order == sorted(order) for order in revisions.values()), revisions
