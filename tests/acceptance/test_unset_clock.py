"""A gateway whose clock is unset, then set: alarms page at once, and all times are corrected."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from edge_agent.app import App
from edge_agent.config.load import load_config
from runtime.clock import SystemClock
from simulators.broker import free_port
from simulators.relay import Relay
from tests.acceptance.town import GATEWAY, Town, town


class UnsetClock(SystemClock):
    """A machine without a battery: it says 1970, and nobody vouches for it until `set` is."""

    is_set = False

    def utc_us(self) -> int:
        return super().utc_us() if self.is_set else self.mono_us()

    def is_trusted(self) -> bool:
        return self.is_set


@pytest.mark.slow
async def test_an_alarm_pages_at_once_and_its_time_is_corrected_when_the_clock_is_set(
    tmp_path: Path,
) -> None:
    clock = UnsetClock()
    began_us = SystemClock().utc_us()
    port = free_port()
    async with (
        Relay(port, back_s=2.1) as slow,  # too slow for receipts to tell the time
        town(
            tmp_path, radar=True, gateways=False, broker_port=port, gateway_port=slow.port
        ) as here,
    ):
        loaded = load_config(here.stage.config_of(GATEWAY), {})
        assert loaded.config is not None
        app = App(loaded.config, clock)
        async with asyncio.TaskGroup() as tasks:
            agent = tasks.create_task(app.run())
            await here.all_heard()
            here.detectors[0].set_smoke(True)
            raised = await here.delivery("alarm.raised", "smoke-0", "smoke")
            assert raised.data["clock"] == "unset"
            status = await asyncio.to_thread(here.stage.status, GATEWAY)
            assert status["clock"] == "unset"
            refused = await settled(here, await ask_to_read(here))
            assert (refused["state"], refused["detail"].split(":")[0]) == ("refused", "clock_unset")

            clock.is_set = True
            corrected = await here.delivery("alarm.changed", "smoke-0", "smoke")
            assert (corrected.alarm_id, corrected.data["clock"]) == (raised.alarm_id, "anchored")
            assert corrected.data["change"] == "extended"
            here.detectors[0].set_smoke(False)
            here.detectors[0].reset()
            await here.delivery("alarm.cleared", "smoke-0", "smoke")
            assert here.radar is not None
            here.radar.set_fall(True)
            fall = await here.delivery("alarm.raised", "radar", "fall")
            assert fall.data["clock"] == "synchronised"
            await here.drained()
            agent.cancel()
        rows = stored(here.stage.folder / "server" / "store.db")
        times = [at_us for at_us, _ in rows]
        assert began_us < min(times)
        assert max(times) < SystemClock().utc_us() + 1_000_000
        assert {clock for _, clock in rows} == {"anchored", None}
        assert here.raised() == [("radar", "fall"), ("smoke-0", "smoke")]
        assert here.centre.violations == []


COMMANDS = f"/v1/gateways/{GATEWAY}/commands"


async def ask_to_read(here: Town) -> str:
    """A command with an expiry, as all are that the server gives; its id."""
    wanted = {"kind": "read", "device": "smoke-0", "actor": "desk"}
    asked = await asyncio.to_thread(here.stage.api.post, COMMANDS, wanted)
    return str(asked["id"])


async def settled(here: Town, command: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def is_settled() -> bool:
        found.update(here.stage.api.get(f"{COMMANDS}/{command}")["command"])
        return found["state"] not in ("queued", "sent")

    await here.until(is_settled, "an answer")
    return found


async def test_a_quick_link_sets_the_clock_from_receipts_and_commands_are_taken(
    tmp_path: Path,
) -> None:
    clock = UnsetClock()
    began_us = SystemClock().utc_us()
    async with town(tmp_path, gateways=False) as here:
        app = App(load_config(here.stage.config_of(GATEWAY), {}).config, clock)
        async with asyncio.TaskGroup() as tasks:
            agent = tasks.create_task(app.run())
            await here.until(
                lambda: here.stage.status(GATEWAY)["clock"] == "server", "the server's time"
            )
            here.detectors[0].set_smoke(True)
            raised = await here.delivery("alarm.raised", "smoke-0", "smoke")
            assert raised.data["clock"] in ("server", "anchored")
            done = await settled(here, await ask_to_read(here))
            assert done["state"] == "done"
            await here.drained()
            agent.cancel()
        rows = stored(here.stage.folder / "server" / "store.db")
        assert began_us - 2_000_000 < min(at_us for at_us, _ in rows)
        assert max(at_us for at_us, _ in rows) < SystemClock().utc_us() + 2_000_000
        assert {mark for _, mark in rows} <= {"server", "anchored"}


def stored(path: Path) -> list[tuple[int, str | None]]:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        return store.execute("SELECT time_us, clock FROM hot").fetchall()
