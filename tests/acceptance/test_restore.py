"""A server put back to its back-up: the loss has a name and a number, and alarms go on."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.town import GATEWAY, Town, town


def latest_taken(here: Town) -> int:
    return sum(lane["taken"] for lane in here.own_ledger().values())


def accounts(here: Town) -> list[dict[str, Any]]:
    return list(here.ledger().values())


def is_settled(here: Town) -> bool:
    """All that the gateway took is stored at the server, or lost under its name."""
    own, server = here.own_ledger(), here.ledger()
    return all(
        server[lane]["taken"]
        == own[lane]["taken"]
        == server[lane]["stored"] + server[lane]["lost_after_receipt"]
        for lane in server
    )


async def in_thread(work: Any, *given: object) -> None:
    await asyncio.to_thread(work, *given)


@pytest.mark.slow
async def test_what_a_restore_takes_back_is_counted(tmp_path: Path) -> None:
    async with town(tmp_path, device_keys={"report": "always"}) as here:
        await here.all_heard()
        server, data = here.stage.server, here.stage.folder / "server"
        await in_thread(server.stop)
        await in_thread(shutil.copytree, data, tmp_path / "backup")
        await in_thread(server.start)
        await in_thread(here.stage.wait_ready)
        before = latest_taken(here)
        await here.until(lambda: latest_taken(here) > before + 20, "more is taken")
        await here.until(
            lambda: all(one["buffered"] < 10 for one in here.own_ledger().values()), "receipts came"
        )
        await in_thread(server.stop)
        await in_thread(shutil.rmtree, data)
        await in_thread(shutil.copytree, tmp_path / "backup", data)
        await in_thread(server.start)
        await in_thread(here.stage.wait_ready)

        await here.until(lambda: is_settled(here), "every reading has its place")
        assert all(one["balanced"] for one in accounts(here))
        assert sum(one["lost_after_receipt"] for one in accounts(here)) > 0
        here.detectors[0].set_smoke(True)
        raised = await here.delivery("alarm.raised", "smoke-0", "smoke")
        assert raised.data["gateway"] == GATEWAY
        assert here.centre.violations == []
