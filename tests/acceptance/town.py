"""The acceptance tests' town: lines, devices, alarm centre and the real programs around them."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge_agent.app import SPARE
from edge_agent.buffer.spare import spare_of
from runtime.clock import SystemClock
from simulators import influxd
from simulators.alarm_centre import AlarmCentre
from simulators.care_radar import CareRadar
from simulators.delivery_book import Delivery
from simulators.influxd import InfluxError
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.server_api import ApiError
from simulators.smoke_detector import SmokeDetector
from simulators.stage import (
    DeviceSpec,
    GatewaySpec,
    Key,
    LineSpec,
    PlaceSpec,
    Stage,
    StageError,
    new_webhook_secret,
)
from tests.patience import PATIENCE_S

GATEWAY = "gw-001"


@dataclass
class Town:
    """One gateway with `detectors` on lines of their own and perhaps a radar."""

    stage: Stage
    centre: AlarmCentre
    detectors: list[SmokeDetector]
    lines: list[SerialLine]
    radar: CareRadar | None

    @property
    def agent(self) -> Any:
        return self.stage.agents[GATEWAY]

    def ledger(self) -> dict[str, dict[str, Any]]:
        """The server's account of each lane."""
        lanes = self.stage.api.get(f"/v1/gateways/{GATEWAY}")["lanes"]
        return {lane: lanes[lane]["ledger"] for lane in ("urgent", "bulk")}

    def own_ledger(self) -> dict[str, dict[str, Any]]:
        """The gateway's account of each lane."""
        return {lane["lane"]: lane for lane in self.stage.status(GATEWAY)["lanes"]}

    async def until(
        self,
        condition: Callable[[], Any],
        what: str,
        seconds: float = PATIENCE_S,
    ) -> None:
        """Poll a condition that may ask the server or a gateway."""
        clock = SystemClock()
        deadline_us = clock.mono_us() + round(seconds * 1e6)
        while not await asyncio.to_thread(_holds, condition):
            if clock.mono_us() > deadline_us:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.stage.last_words()}")
            await asyncio.sleep(0.1)

    async def all_heard(self) -> None:
        wanted = {f"smoke-{n}" for n in range(len(self.detectors))}
        wanted |= {"radar"} if self.radar else set()
        await self.until(lambda: self.latest().keys() >= wanted, f"readings of {wanted}")

    def latest(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for one in self.stage.api.get("/v1/readings/latest?limit=500")["items"]:
            if one["value"] is not None:
                found.setdefault(one["device"], {})[one["point"]] = one["value"]
        return found

    async def delivery(
        self,
        kind: str,
        device: str | None,
        rule: str,
        seconds: float = PATIENCE_S,
    ) -> Delivery:
        return await self.centre.wait_for(
            lambda d: (
                d.verified
                and d.type == kind
                and d.data.get("device") == device
                and d.data.get("rule") == rule
            ),
            seconds,
        )

    def raised(self) -> list[tuple[str | None, str]]:
        """(device, rule) of every alarm that was raised, each once."""
        return sorted(
            {
                d.alarm_id: (str(d.data.get("device")), str(d.data.get("rule")))
                for d in self.centre.alarms
            }.values()
        )

    async def drained(self) -> None:
        """P1 at rest: all that the gateway took is stored once, and both ledgers say so."""
        await self.until(self._is_drained, "everything taken is stored, and nothing is on its way")
        for lane, account in self.ledger().items():
            assert account["lost_after_receipt"] == 0, lane
            assert account["rejected"] == 0, lane
            assert account["dropped"] == {}, lane
            assert account["balanced"], lane
        rows, distinct = self.rows_stored()
        assert rows == distinct

    def _is_drained(self) -> bool:
        """One look at both ledgers and the store; a reading taken meanwhile makes it look again."""
        server, gateway = self.ledger(), self.own_ledger()
        return self.rows_stored()[0] == sum(one["stored"] for one in server.values()) and all(
            server[lane]["taken"]
            == server[lane]["stored"]
            == gateway[lane]["taken"]
            == gateway[lane]["stored"]
            for lane in ("urgent", "bulk")
        )

    def rows_stored(self) -> tuple[int, int]:
        """Rows of the store, and how many of them differ in series or time (InfluxDB: all)."""
        if self.stage.influx is not None:
            count = self.stage.influx.count()
            return count, count
        path = self.stage.folder / "server" / "store.db"
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
            (rows,) = store.execute("SELECT count(*) FROM hot").fetchone()
            distinct = store.execute(
                "SELECT count(*) FROM (SELECT DISTINCT series, time_us FROM hot)"
            )
            return int(rows), int(distinct.fetchone()[0])


def _need_influxd() -> None:
    try:
        influxd.find()
    except InfluxError as error:
        pytest.skip(str(error))


def _holds(condition: Callable[[], Any]) -> bool:
    try:
        return bool(condition())
    except (ApiError, InfluxError, StageError, KeyError):
        return False


@asynccontextmanager
async def town(
    folder: Path,
    *,
    detectors: int = 1,
    units: int = 1,
    radar: bool = False,
    toggle_relay: bool = False,
    record_reads: bool = False,
    device_keys: Mapping[str, Key] | None = None,
    gateway_silent: str = "30s",
    broker_port: int | None = None,
    gateway_port: int | None = None,
    baud: int = 9600,
    gateways: bool = True,
    receiver: tuple[str, str] | None = None,
    **stage_options: Any,
) -> AsyncIterator[Town]:
    """Plug everything in and run the programs until the block ends.

    `detectors` lines with `units` smoke detectors each: smoke-0, smoke-1, … line by line.
    `receiver`: URL and secret of an alarm centre elsewhere instead of `Town.centre`.
    """
    if stage_options.get("influx"):
        _need_influxd()
    with ExitStack() as plugged:
        _forget_memory(folder)
        plugged.callback(_forget_memory, folder)
        made = [
            SmokeDetector(
                n % units + 1, toggle_relay_each_read=toggle_relay, record_reads=record_reads
            )
            for n in range(detectors * units)
        ]
        care = CareRadar() if radar else None
        ports = folder / "ports"
        ports.mkdir()
        lines = [
            plugged.enter_context(
                SerialLine(made[n * units : (n + 1) * units], baud=baud, link=ports / f"line-{n}")
            )
            for n in range(detectors)
        ]
        if care is not None:
            plugged.enter_context(SerialStream(care, link=ports / "radar"))
        secret = new_webhook_secret()
        async with AlarmCentre(secret) as centre:
            stage = Stage(
                folder,
                (_gateway(ports, (detectors, units), radar, baud, device_keys or {}),),
                webhook_url=receiver[0] if receiver else centre.url,
                webhook_secret=receiver[1] if receiver else secret,
                places=(PlaceSpec("shed", {"address": "Xinhua Street 1"}),),
                gateway_silent=gateway_silent,
                broker_port=broker_port,
                gateway_port=gateway_port,
                **stage_options,
            )
            try:
                await asyncio.to_thread(stage.start, gateways=gateways)
                await asyncio.to_thread(stage.wait_ready)
                yield Town(stage, centre, made, lines, care)
            finally:
                await asyncio.to_thread(stage.close)


def _forget_memory(folder: Path) -> None:
    """Remove where the agent keeps rows while its disk fails: it is in no test's own folder."""
    spare = spare_of(SPARE, GATEWAY, folder / GATEWAY / "buffer.db")
    shutil.rmtree(spare.parent, ignore_errors=True)


def _gateway(
    ports: Path,
    size: tuple[int, int],
    radar: bool,
    baud: int,
    device_keys: Mapping[str, Key],
) -> GatewaySpec:
    detectors, units = size
    lines = [
        LineSpec(f"line-{n}", "modbus-rtu", ports / f"line-{n}", {"baud": baud, "settle": "100ms"})
        for n in range(detectors)
    ]
    devices = [
        DeviceSpec(
            f"smoke-{n}",
            "calectro_ug3",
            f"line-{n // units}",
            {"place": "shed", "unit": n % units + 1, **device_keys},
        )
        for n in range(detectors * units)
    ]
    if radar:
        lines.append(LineSpec("room", "uart", ports / "radar"))
        devices.append(DeviceSpec("radar", "micradar_r60afd1", "room"))
    return GatewaySpec(GATEWAY, tuple(lines), tuple(devices))
