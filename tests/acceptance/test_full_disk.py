"""P10: an agent whose disk is full alarms, says so, and goes on by itself once there is room."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from edge_agent.buffer.reserve import RESERVE_BYTES
from tests.acceptance.small_disk import small_disk
from tests.acceptance.town import GATEWAY, Town, town

KEYS = {"poll_period": "100ms", "report": "always"}


def told(here: Town) -> dict[str, Any]:
    """What the agent says of itself."""
    return here.stage.status(GATEWAY)


def taken(here: Town) -> int:
    return sum(int(lane["taken"]) for lane in here.own_ledger().values())


async def takes_more(here: Town) -> None:
    before = await asyncio.to_thread(taken, here)
    await here.until(lambda: taken(here) > before + 20, "readings taken again")


@pytest.mark.slow
async def test_a_disk_that_fills_up_under_a_running_agent(tmp_path: Path) -> None:
    """The reserve carries alarms for as long as receipts come; nothing is lost, nobody restarts."""
    with small_disk(tmp_path / GATEWAY) as disk:
        async with town(tmp_path, detectors=2, toggle_relay=True, device_keys=KEYS) as here:
            await here.all_heard()
            pid = here.agent.pid
            await asyncio.to_thread(disk.fill)
            here.detectors[0].set_smoke(True)
            await here.delivery("alarm.raised", "smoke-0", "smoke")
            await takes_more(here)
            assert (await asyncio.to_thread(told, here))["refusal"] == ""
            disk.free()
            here.detectors[1].set_smoke(True)
            await here.delivery("alarm.raised", "smoke-1", "smoke")
            assert here.agent.is_running
            assert here.agent.pid == pid
            for line in here.lines:
                line.unplug()
            await here.drained()


@pytest.mark.slow
async def test_a_disk_that_has_not_even_room_for_the_reserve(tmp_path: Path) -> None:
    """It says so before and while; what was heard meanwhile is taken once there is room."""
    with small_disk(tmp_path / GATEWAY) as disk:
        await asyncio.to_thread(disk.fill, RESERVE_BYTES)
        async with town(tmp_path, toggle_relay=True, device_keys=KEYS) as here:
            await here.all_heard()
            assert any("make room" in notice["text"] for notice in told(here)["notices"])
            pid = here.agent.pid
            await asyncio.to_thread(disk.fill)
            await here.until(lambda: told(here)["refusal"], "the agent names the full disk")
            here.detectors[0].set_smoke(True)
            disk.free()
            await here.delivery("alarm.raised", "smoke-0", "smoke")
            await here.until(lambda: not told(here)["refusal"], "the refusal is over")
            await takes_more(here)
            said = await asyncio.to_thread(told, here)
            assert (said["not_taken"], said["is_in_memory"], here.agent.pid) == (0, False, pid)


@pytest.mark.slow
async def test_a_disk_that_is_full_before_the_start(tmp_path: Path) -> None:
    """It alarms out of memory, says so; its next start is on the disk, with what was in memory."""
    with small_disk(tmp_path / GATEWAY) as disk:
        await asyncio.to_thread(disk.fill)
        async with town(tmp_path, toggle_relay=True, device_keys=KEYS) as here:
            await here.all_heard()
            assert told(here)["is_in_memory"]
            assert any("readings are in memory" in one["text"] for one in told(here)["notices"])
            here.detectors[0].set_smoke(True)
            await here.delivery("alarm.raised", "smoke-0", "smoke")
            disk.free()
            in_memory = await asyncio.to_thread(taken, here)
            await asyncio.to_thread(here.agent.stop)
            await asyncio.to_thread(here.agent.start)
            await here.until(lambda: not told(here)["is_in_memory"], "the disk is used again")
            await here.until(
                lambda: any("was in memory" in one["text"] for one in told(here)["notices"]),
                "what was in memory is on the disk",
            )
            await takes_more(here)
            for line in here.lines:
                line.unplug()
            await here.drained()
            assert await asyncio.to_thread(taken, here) > in_memory
