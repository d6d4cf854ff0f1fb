"""The scene of `make demo`: smoke, a fall, a late reply, the uplink cut, and all cleared again."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.clock import Clock, SystemClock
from runtime.service import run_until_signal
from simulators.alarm_centre import AlarmCentre
from simulators.broker import BrokerError, Which, find
from simulators.delivery_book import Delivery
from simulators.delivery_text import Language, language_of
from simulators.demo_account import LedgerLine, Measured, Source, line, summary
from simulators.demo_city import DUCT, GATEWAY, PLACES, PLANT, ROOM, City, build
from simulators.demo_words import TEXTS
from simulators.fault import late
from simulators.server_api import ApiError
from simulators.stage import Stage, StageError, new_webhook_secret

_CUT_S = 10.0
_LATE_S = 1.2
_PATIENCE_S = 60.0
_SECOND_US = 1_000_000
_USAGE, _INTERRUPTED = 2, 130


class SceneError(Exception):
    """Something that the scene waits for did not come."""


@dataclass
class Scene:
    """Plays the scene on a stage that is up, and tells it line by line."""

    stage: Stage
    city: City
    centre: AlarmCentre
    clock: Clock
    language: Language
    colour: bool
    began_us: int
    measured: list[Measured] = field(default_factory=list)
    alarm_ids: list[str] = field(default_factory=list)

    def tell(self, source: Source, key: str, **words: object) -> None:
        seconds = (self.clock.mono_us() - self.began_us) / _SECOND_US
        text = TEXTS[self.language][key].format(**words)
        print(line(seconds, source, text, self.language, colour=self.colour), flush=True)  # noqa: T201 - the account is the result

    async def play(self) -> None:
        await self._all_are_heard()
        await self._alarm("duct_smoke", lambda: self.city.duct.set_smoke(True), DUCT, "smoke")
        await self._alarm("fall", lambda: self.city.radar.set_fall(True), ROOM, "fall")
        await self._late_reply()
        await self._cut()
        await self._clear()
        await self._drained()

    async def _all_are_heard(self) -> None:
        self.tell(Source.STAGE, "waiting")
        await self._until(lambda: self._latest().keys() >= {DUCT, PLANT, ROOM}, "devices")
        self.tell(Source.STAGE, "watching", url=self.stage.api.url)

    async def _alarm(self, key: str, happen: Callable[[], object], device: str, rule: str) -> None:
        at_us = self.clock.mono_us()
        happen()
        self.tell(Source.DEVICE, key)
        await self._raised(key, device, rule, at_us)

    async def _raised(self, key: str, device: str, rule: str, at_us: int) -> None:
        delivery = await self._delivery("alarm.raised", device, rule)
        milliseconds = (delivery.received_mono_us - at_us) // 1_000
        self.measured.append(Measured(TEXTS[self.language][key], milliseconds, self._remark(key)))
        self.alarm_ids.append(delivery.alarm_id)
        place = (delivery.data.get("place") or {}).get("address", "?")
        title = delivery.data["title"][self.language]
        self.tell(Source.CENTRE, "raised", title=title, place=place, ms=milliseconds)

    def _remark(self, key: str) -> str:
        return TEXTS[self.language]["remark_cut"] if key == "plant_smoke" else ""

    async def _late_reply(self) -> None:
        self.city.plant.faults.add(late(_LATE_S, 1))
        self.tell(Source.DEVICE, "late", seconds=_LATE_S)
        stale = self._stale()
        await self._until(lambda: self._stale() > stale, "late reply")
        self.tell(Source.NETWORK, "late_seen")

    def _stale(self) -> int:
        """Late replies that the gateway recognised, by its own account."""
        return sum(
            sum(unit["faults"].values())
            for one in self.stage.status(GATEWAY).get("lines", ())
            for unit in one.get("units", ())
        )

    async def _cut(self) -> None:
        await asyncio.to_thread(self.stage.broker.kill)
        self.tell(Source.NETWORK, "cut", seconds=round(_CUT_S))
        await asyncio.sleep(2)
        at_us = self.clock.mono_us()
        self.city.plant.set_smoke(True)
        self.tell(Source.DEVICE, "plant_smoke")
        await asyncio.sleep(_CUT_S - 2)
        await asyncio.to_thread(self.stage.broker.start)
        self.tell(Source.NETWORK, "back")
        await self._raised("plant_smoke", PLANT, "smoke", at_us)

    async def _clear(self) -> None:
        for detector in (self.city.duct, self.city.plant):
            detector.set_smoke(False)
            detector.reset()
        self.city.radar.set_fall(False)
        self.tell(Source.DEVICE, "all_clear")
        for device, rule in ((DUCT, "smoke"), (PLANT, "smoke"), (ROOM, "fall")):
            await self._delivery("alarm.cleared", device, rule)
        self.tell(Source.CENTRE, "all_cleared")
        for alarm_id in self.alarm_ids:
            for action in ("acknowledge", "reset"):
                body = {"actor": "王芳 (desk 2)", "comment": "checked on site"}
                path = f"/v1/alarms/{alarm_id}/{action}"
                await asyncio.to_thread(self.stage.api.post, path, body)
        self.tell(Source.DESK, "acknowledged", count=len(self.alarm_ids))
        for device, rule in ((DUCT, "smoke"), (PLANT, "smoke"), (ROOM, "fall")):
            await self._delivery("alarm.closed", device, rule)
        self.tell(Source.CENTRE, "all_closed")

    async def _drained(self) -> None:
        """The gateway goes on reading; wait for a moment when nothing is on its way."""
        await self._until(lambda: not self._wrong_values(), "the last values")
        await self._until(
            lambda: all(one.taken == one.stored for one in self.ledger()), "empty buffer"
        )

    async def _delivery(self, kind: str, device: str, rule: str) -> Delivery:
        try:
            return await self.centre.wait_for(
                lambda d: (
                    d.verified
                    and d.type == kind
                    and d.data.get("device") == device
                    and d.data.get("rule") == rule
                ),
                _PATIENCE_S,
            )
        except TimeoutError as error:
            raise SceneError(f"{kind} {device} {rule}: {error}") from error

    async def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline_us = self.clock.mono_us() + round(_PATIENCE_S * _SECOND_US)
        while not await asyncio.to_thread(self._holds, condition):
            if self.clock.mono_us() > deadline_us:
                raise SceneError(f"waited {_PATIENCE_S:.0f} s in vain for: {what}")
            await asyncio.sleep(0.1)

    @staticmethod
    def _holds(condition: Callable[[], bool]) -> bool:
        try:
            return condition()
        except (ApiError, StageError):
            return False

    def _latest(self) -> dict[str, dict[str, Any]]:
        """Latest good readings by device and point."""
        found: dict[str, dict[str, Any]] = {}
        for one in self.stage.api.get("/v1/readings/latest?limit=500")["items"]:
            if one["value"] is not None:
                found.setdefault(one["device"], {})[one["point"]] = one["value"]
        return found

    def ledger(self) -> list[LedgerLine]:
        gateway = self.stage.api.get(f"/v1/gateways/{GATEWAY}")
        lanes = gateway["lanes"].items()
        return [_ledger_line(GATEWAY, name, lane["ledger"]) for name, lane in lanes]

    def complaints(self) -> list[str]:
        """All that is not as it should be at the end."""
        found = [violation.text for violation in self.centre.violations]
        found += [f"{one.lane}: lost {one.lost}" for one in self.ledger() if one.lost]
        found += [f"{one.lane}: dropped {one.dropped}" for one in self.ledger() if one.dropped]
        alarms = {(d.data.get("device"), d.data.get("rule")) for d in self.centre.alarms}
        foreseen = {(DUCT, "smoke"), (PLANT, "smoke"), (ROOM, "fall")}
        found += [f"unforeseen alarm {device} {rule}" for device, rule in alarms - foreseen]
        return found + self._wrong_values()

    def _wrong_values(self) -> list[str]:
        """Newest values of the detectors that differ from what they are in truth."""
        latest = self._latest()
        found = []
        for name, detector in ((DUCT, self.city.duct), (PLANT, self.city.plant)):
            truth = detector.state(self.clock.mono_us())
            wrong = {p: v for p, v in latest.get(name, {}).items() if truth.get(p, v) != v}
            found += [f"wrong value {name} {wrong}, in truth {truth}"] if wrong else []
        return found


def _ledger_line(gateway: str, name: str, lane: dict[str, Any]) -> LedgerLine:
    return LedgerLine(
        gateway=gateway,
        lane=name,
        taken=lane["taken"],
        stored=lane["stored"],
        buffered=lane["buffered"],
        dropped=sum(lane["dropped"].values()),
        lost=lane["lost_after_receipt"],
    )


async def demo(which: Which, language: Language, *, keep: bool, data: Path | None) -> int:
    """Set the stage, play the scene, tell the ledger; 0 when all is well, 1 when not."""
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    clock = SystemClock()
    with ExitStack() as plugged:
        folder = data or Path(plugged.enter_context(tempfile.TemporaryDirectory(prefix="lifeline")))
        secret = new_webhook_secret()
        async with AlarmCentre(secret, record=None) as centre:
            city = build(folder / "ports", plugged)
            stage = Stage(
                folder,
                (city.gateway,),
                webhook_url=centre.url,
                webhook_secret=secret,
                places=PLACES,
                which=which,
            )
            try:
                return await _on_stage(
                    Scene(stage, city, centre, clock, language, colour, clock.mono_us()),
                    keep=keep,
                )
            except (SceneError, StageError, BrokerError, ApiError) as error:
                print(f"{error}\n{stage.last_words()}", file=sys.stderr)  # noqa: T201 - a result
                return 1
            finally:
                await asyncio.shield(asyncio.to_thread(stage.close))


async def _on_stage(scene: Scene, *, keep: bool) -> int:
    scene.tell(Source.STAGE, "starting", broker=scene.stage.broker.kind)
    await asyncio.to_thread(scene.stage.start)
    await asyncio.to_thread(scene.stage.wait_ready)
    await scene.play()
    ledger = await asyncio.to_thread(scene.ledger)
    complaints = await asyncio.to_thread(scene.complaints)
    print(summary(scene.measured, ledger, complaints, scene.language), flush=True)  # noqa: T201
    if keep:
        token = scene.stage.folder / "server" / "api.token"
        scene.tell(Source.STAGE, "keeping", url=scene.stage.api.url, token=token)
        await asyncio.Event().wait()
    return 1 if complaints else 0


def add_demo(commands: Any) -> None:
    """Add `simulators demo` to the sub-commands."""
    made: argparse.ArgumentParser = commands.add_parser(
        "demo",
        help="play the scene: smoke, a fall, a late reply, the uplink cut, all cleared",
        description="Runs broker, server, gateway and devices on this machine, plays a scene of"
        " about a minute and tells what arrived, how soon, and what was lost.",
        epilog="example:\n  simulators demo --broker iotcore --lang zh\n  simulators demo --keep",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--broker", choices=tuple(Which), type=Which, default=Which.AUTO)
    made.add_argument("--keep", action="store_true", help="stay up after the scene, until Ctrl-C")
    made.add_argument(
        "--data", type=Path, help="keep files and logs here, not in a temporary place"
    )
    default = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    made.add_argument("--lang", choices=("en", "zh"), default=default, help="(%(default)s)")
    made.set_defaults(run=_run_demo)


def _run_demo(arguments: argparse.Namespace) -> int:
    """2 when it can not begin, 130 when it was interrupted; what was started is stopped first."""
    try:
        find(arguments.broker)
        if arguments.data is not None:
            arguments.data.mkdir(parents=True, exist_ok=True)
    except (BrokerError, OSError) as error:
        print(f"simulators demo: {error}", file=sys.stderr)  # noqa: T201 - a result
        return _USAGE
    codes: list[int] = []

    async def play() -> None:
        codes.append(
            await demo(arguments.broker, arguments.lang, keep=arguments.keep, data=arguments.data)
        )

    stopped_by = asyncio.run(run_until_signal(play()))
    return _INTERRUPTED if stopped_by is not None else codes[0]
