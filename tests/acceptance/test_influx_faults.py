"""InfluxDB killed, frozen, away, confused under load: alarms in time, nothing lost or doubled."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from runtime.clock import SystemClock
from simulators.influxd import BUCKET, Influxd
from tests.acceptance.town import GATEWAY, Town, town

LINES = 4
BAUD = 57_600
KEYS = {"poll_period": "100ms", "report": "always"}


@asynccontextmanager
async def loaded(folder: Path) -> AsyncIterator[Town]:
    """Some 80 readings a second, stored in InfluxDB."""
    async with town(
        folder, detectors=LINES, toggle_relay=True, device_keys=KEYS, baud=BAUD, influx=True
    ) as here:
        await here.all_heard()
        yield here


def influx(here: Town) -> Influxd:
    assert here.stage.influx is not None
    return here.stage.influx


async def smoke_is_told(here: Town, numbers: range) -> None:
    """While InfluxDB stays as it is: an alarm that waited for it would never come."""
    for number in numbers:
        here.detectors[number].set_smoke(True)
    for number in numbers:
        await here.delivery("alarm.raised", f"smoke-{number}", "smoke")


async def at_rest(here: Town) -> None:
    """The lines fall silent, and every reading taken is in InfluxDB, once."""
    for line in here.lines:
        line.unplug()
    await here.drained()
    assert here.stage.api.is_ready()
    assert here.centre.violations == []
    assert (await asyncio.to_thread(here.stage.api.get, "/v1/quarantine"))["items"] == []


@pytest.mark.slow
async def test_alarms_do_not_wait_for_influxdb(tmp_path: Path) -> None:
    """Killed, then away, then back: readiness names it, and what was taken meanwhile is stored."""
    moments = random.Random("influxd killed")
    async with loaded(tmp_path) as here:
        await asyncio.sleep(moments.uniform(0.5, 2.0))
        await asyncio.to_thread(influx(here).kill)
        await smoke_is_told(here, range(2))
        await here.until(lambda: not here.stage.api.is_ready(), "not ready")
        newest = await asyncio.to_thread(here.stage.api.get, "/v1/readings/latest?limit=1")
        assert newest["items"], "the newest values are told while InfluxDB is away"
        await asyncio.to_thread(influx(here).start)
        await here.until(here.stage.api.is_ready, "ready again")
        for _ in range(2):
            await asyncio.sleep(moments.uniform(0.2, 1.0))
            await asyncio.to_thread(influx(here).kill)
            await asyncio.to_thread(influx(here).start)
        await smoke_is_told(here, range(2, LINES))
        await at_rest(here)


@pytest.mark.slow
async def test_alarms_do_not_wait_for_a_frozen_influxdb(tmp_path: Path) -> None:
    """It holds its connections and says nothing for longer than a request may take."""
    async with loaded(tmp_path) as here:
        influx(here).freeze()
        await smoke_is_told(here, range(2))
        await here.until(lambda: not here.stage.api.is_ready(), "not ready")
        influx(here).thaw()
        await here.until(here.stage.api.is_ready, "ready again")
        await smoke_is_told(here, range(2, LINES))
        await at_rest(here)


@pytest.mark.slow
async def test_the_server_is_killed_between_influxdb_and_its_cursor(tmp_path: Path) -> None:
    """Wherever it was: the same lines again are the same points."""
    moments = random.Random("server killed over influxdb")
    async with loaded(tmp_path) as here:
        for _ in range(4):
            await asyncio.sleep(moments.uniform(0.3, 1.2))
            here.stage.server.kill()
            here.stage.server.start()
            await asyncio.to_thread(here.stage.wait_ready)
        await at_rest(here)


@pytest.mark.slow
async def test_a_point_that_conflicts_stands_alone(tmp_path: Path) -> None:
    """A stranger gave `state` another type: such readings are kept aside by name, no other is."""
    async with town(tmp_path, radar=True, influx=True, gateways=False) as here:
        stranger = 'reading,device=x,gateway=x,point=x state="high"'
        day_us = 86_400_000_000
        for at_us in range(-day_us, 2 * day_us, day_us):
            line = f"{stranger} {SystemClock().utc_us() + at_us}"
            await asyncio.to_thread(influx(here).write_to, BUCKET, line)
        await asyncio.to_thread(here.agent.start)
        await here.all_heard()
        await smoke_is_told(here, range(1))
        await here.until(lambda: _refused(here), "a reading of the wrong type is in the quarantine")
        assert {one["gateway"] for one in _refused(here)} == {GATEWAY}
        assert here.stage.api.is_ready()
        notices = here.stage.api.get("/readyz")["notices"]
        assert any("store_type_conflict" in one for one in notices), notices
        await here.until(lambda: influx(here).count() > 0, "all other readings are stored")


def _refused(here: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = here.stage.api.get("/v1/quarantine?reason=store_type_conflict")[
        "items"
    ]
    return found
