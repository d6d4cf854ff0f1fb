"""Test mode with the real programs: from afar, over a kill, ended by the clock, then real."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_remote_config import line_of, look, settled, want, watched
from tests.acceptance.town import GATEWAY, Town, town

LENGTH_S = 15


def in_test(text: str) -> str:
    head = "[devices.smoke-0]\n"
    assert head in text
    return text.replace(head, f'{head}test_mode_for = "{LENGTH_S}s"\n')


async def device(here: Town) -> dict[str, Any]:
    status = await asyncio.to_thread(here.stage.status, GATEWAY)
    (found,) = status["devices"]
    return {**found, "notices": [one["text"] for one in status["notices"]], "status": status}


@pytest.mark.slow
async def test_it_ends_by_itself_and_what_is_still_true_then_is_real(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        await here.all_heard()
        base = (await look(here))["in_force"]
        version = await want(here, in_test(watched(here)), base)
        await settled(here, version, "applied")
        await here.until(lambda: here.stage.status(GATEWAY)["devices"][0]["is_test"], "in test")
        said = await device(here)
        assert 0 < said["test_left_s"] <= LENGTH_S
        assert line_of(said["status"], "line-0")["opened"] == 1  # nothing was stopped for it

        here.detectors[0].set_smoke(True)
        test = await here.delivery("alarm.raised", "smoke-0", "smoke")
        assert test.data["test"]

        here.agent.kill()
        here.agent.start()
        await here.until(lambda: here.stage.status(GATEWAY)["devices"][0]["is_test"], "again")
        again = await device(here)
        assert again["test_left_s"] < said["test_left_s"]

        # what is still true when it ends is no test any more
        real = await here.centre.wait_for(
            lambda d: d.verified and d.type == "alarm.raised" and d.data.get("test") is False, 60
        )
        assert (real.data["device"], real.data["rule"]) == ("smoke-0", "smoke")
        assert real.alarm_id == test.alarm_id  # smoke is latched; it is announced anew
        assert (real.revision or 0) > (test.revision or 0)
        ended = await device(here)
        assert (ended["is_test"], ended["test_left_s"]) == (False, None)
        assert "test mode of smoke-0 has ended (15s): what it says counts" in ended["notices"]

        # its key still stands there; no start begins it anew
        here.agent.kill()
        here.agent.start()
        await here.until(
            lambda: here.stage.status(GATEWAY)["devices"][0]["state"] == "answering", "back"
        )
        assert not (await device(here))["is_test"]
        assert (await look(here))["desired"]["state"] == "applied"
