"""The scene of `make demo`: five dangers, a late reply, the uplink cut, and all cleared again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from runtime.clock import Clock
from simulators.alarm_centre import AlarmCentre
from simulators.delivery_book import Delivery
from simulators.delivery_text import Language
from simulators.demo_account import LedgerLine, Measured, Source, line
from simulators.demo_city import GATEWAY
from simulators.demo_incidents import Incident, incidents
from simulators.demo_street import Street
from simulators.demo_truth import lost_values, truth, unforeseen, wrong_values
from simulators.demo_words import TEXTS
from simulators.fault import late
from simulators.server_api import ApiError
from simulators.stage import Stage, StageError

_CUT_S = 10.0
_LATE_S = 1.2
_PATIENCE_S = 100.0  # water has to stay away for a minute before its alarm clears
_APART_S, _LOOK_S = 3.0, 0.01
_AT_ONCE = ("duct_smoke", "fall", "leak", "theft")
_SECOND_US = 1_000_000


class SceneError(Exception):
    """Something that the scene waits for did not come."""


@dataclass
class Scene:
    """Plays the scene on a stage that is up, and tells it line by line."""

    stage: Stage
    street: Street
    centre: AlarmCentre
    clock: Clock
    language: Language
    colour: bool
    began_us: int
    measured: list[Measured] = field(default_factory=list)

    @cached_property
    def incidents(self) -> dict[str, Incident]:
        return incidents(self.street)

    def tell(self, source: Source, key: str, **words: object) -> None:
        seconds = (self.clock.mono_us() - self.began_us) / _SECOND_US
        text = TEXTS[self.language][key].format(**words)
        print(line(seconds, source, text, self.language, colour=self.colour), flush=True)  # noqa: T201 - the account is the result

    async def play(self) -> None:
        await self._all_are_heard()
        try:
            await self._dangers()
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None  # one that did not come is enough to know
        await self._late_reply()
        await self._cut()
        await self._clear()
        await self._drained()

    async def _dangers(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._flood())
            for key in _AT_ONCE:
                await asyncio.sleep(_APART_S)
                group.create_task(self._danger(key))

    async def _flood(self) -> None:
        """Pump as soon as it is known: the water's alarm clears a minute after the water."""
        await self._danger("flood")
        self.incidents["flood"].end(self.clock.mono_us())
        self.tell(Source.DEVICE, "flood_over")

    async def _all_are_heard(self) -> None:
        self.tell(Source.STAGE, "waiting")
        wanted = truth(self.street, self.clock.mono_us()).keys()
        await self._until(lambda: self._latest().keys() >= wanted, "devices")
        self.tell(Source.STAGE, "watching", url=self.stage.api.url)

    async def _danger(self, key: str) -> None:
        """Let it come, note when the device is in it, and wait for the alarm."""
        self._begin(key)
        incident = self.incidents[key]
        await self._until(lambda: incident.is_so(self.clock.mono_us()), key, look_s=_LOOK_S)
        await self._raised(incident, self.clock.mono_us())

    def _begin(self, key: str) -> None:
        self.incidents[key].begin(self.clock.mono_us())
        self.tell(Source.DEVICE, key)

    async def _raised(self, incident: Incident, at_us: int) -> None:
        delivery = await self._delivery("alarm.raised", *incident.alarm)
        milliseconds = (delivery.received_mono_us - at_us) // 1_000
        what = TEXTS[self.language][incident.key]
        self.measured.append(Measured(what, milliseconds, self._remark(incident.key)))
        place = (delivery.data.get("place") or {}).get("address", "?")
        title = delivery.data["title"][self.language]
        self.tell(Source.CENTRE, "raised", title=title, place=place, ms=milliseconds)

    def _remark(self, key: str) -> str:
        return TEXTS[self.language]["remark_cut"] if key == "plant_smoke" else ""

    async def _late_reply(self) -> None:
        self.street.city.plant.faults.add(late(_LATE_S, 1))
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
        self._begin("plant_smoke")
        await asyncio.sleep(_CUT_S - 2)
        await asyncio.to_thread(self.stage.broker.start)
        self.tell(Source.NETWORK, "back")
        await self._raised(self.incidents["plant_smoke"], at_us)

    async def _clear(self) -> None:
        for key in self.incidents.keys() - {"flood"}:
            self.incidents[key].end(self.clock.mono_us())
        self.tell(Source.DEVICE, "all_clear")
        self.tell(Source.STAGE, "water")
        await self._until(lambda: not self._waits("alarm.cleared"), "all cleared")
        over = [one for one in self._raised_once() if _told(one) not in self._outlasting]
        self.tell(Source.CENTRE, "all_cleared", count=len(over))
        for one in over:
            latched = one.data["state"]["latched"]
            for action in ("acknowledge", "reset") if latched else ("acknowledge",):
                body = {"actor": "王芳 (desk 2)", "comment": "checked on site"}
                path = f"/v1/alarms/{one.alarm_id}/{action}"
                await asyncio.to_thread(self.stage.api.post, path, body)
        self.tell(Source.DESK, "acknowledged", count=len(over))
        await self._until(lambda: not self._waits("alarm.closed"), "all closed")
        self.tell(Source.CENTRE, "all_closed", count=len(over))
        for one in self._raised_once():
            if _told(one) in self._outlasting:
                title, device = one.data["title"][self.language], one.data["device"]
                self.tell(Source.STAGE, "stays", title=title, device=device)

    @property
    def _outlasting(self) -> set[tuple[str, str]]:
        return {told for one in self.incidents.values() for told in one.outlasts}

    def _raised_once(self) -> list[Delivery]:
        """The first delivery of each alarm that the centre has had."""
        found: dict[str, Delivery] = {}
        for one in self._had("alarm.raised"):
            found.setdefault(one.alarm_id, one)
        return list(found.values())

    def _waits(self, kind: str) -> set[str]:
        """The alarms of which such an event is still to come; those that outlast the scene not."""
        raised = {d.alarm_id for d in self._raised_once() if _told(d) not in self._outlasting}
        if kind == "alarm.cleared":  # a latched one may have been over when it was learned of
            raised &= {d.alarm_id for d in self._raised_once() if d.data["state"]["active"]}
        return raised - {d.alarm_id for d in self._had(kind)}

    def _had(self, kind: str) -> list[Delivery]:
        return [d for d in self.centre.alarms if d.verified and d.type == kind]

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

    async def _until(
        self, condition: Callable[[], bool], what: str, *, look_s: float = 0.1
    ) -> None:
        deadline_us = self.clock.mono_us() + round(_PATIENCE_S * _SECOND_US)
        while not await asyncio.to_thread(self._holds, condition):
            if self.clock.mono_us() > deadline_us:
                raise SceneError(f"waited {_PATIENCE_S:.0f} s in vain for: {what}")
            await asyncio.sleep(look_s)

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
        found = []
        for gateway in self.street.gateways:
            lanes = self.stage.api.get(f"/v1/gateways/{gateway.name}")["lanes"]
            found += [
                _ledger_line(gateway.name, lane, told["ledger"]) for lane, told in lanes.items()
            ]
        return found

    def complaints(self) -> list[str]:
        """All that is not as it should be at the end."""
        found = [violation.text for violation in self.centre.violations]
        found += lost_values(self.ledger())
        found += unforeseen(self.centre.alarms, self.incidents.values())
        return found + self._wrong_values()

    def _wrong_values(self) -> list[str]:
        return wrong_values(self._latest(), truth(self.street, self.clock.mono_us()))


def _told(delivery: Delivery) -> tuple[str, str]:
    return str(delivery.data.get("device")), str(delivery.data.get("rule"))


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
