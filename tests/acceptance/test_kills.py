"""SIGKILL of agent, server and broker at random moments under load: nothing taken is lost."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.acceptance.town import Town, town

LINES = 8
LOAD = 200  # readings a second, on a machine that does nothing else
BAUD = 57_600  # so that eight lines of one device carry more than 200 readings a second


def taken(town: Town) -> int:
    """Readings committed by the gateway so far."""
    return sum(int(lane["taken"]) for lane in town.own_ledger().values())


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["agent", "server", "broker"])
async def test_a_kill_under_load_loses_nothing(tmp_path: Path, victim: str) -> None:
    moments = random.Random(victim)
    keys = {"poll_period": "100ms", "report": "always"}
    async with town(
        tmp_path,
        detectors=LINES,
        toggle_relay=True,
        device_keys=keys,
        baud=BAUD,
    ) as here:
        await here.all_heard()
        before = taken(here)
        await here.until(lambda: taken(here) - before >= 2 * LOAD, "it is under load")
        for detector in here.detectors[: LINES // 2]:
            detector.set_smoke(True)
        await asyncio.sleep(moments.uniform(0.1, 2.0))
        program = {
            "agent": here.agent,
            "server": here.stage.server,
            "broker": here.stage.broker,
        }[victim]
        program.kill()
        for detector in here.detectors[LINES // 2 :]:
            detector.set_smoke(True)
        await asyncio.sleep(moments.uniform(0.1, 1.0))
        program.start()
        for number in range(LINES):
            await here.delivery("alarm.raised", f"smoke-{number}", "smoke")
        for line in here.lines:
            line.unplug()
        await here.drained()
        assert here.centre.violations == []
        smoke = [d for d in here.centre.alarms if d.data["rule"] == "smoke"]
        assert len({d.alarm_id for d in smoke}) == LINES
