"""The uplink away for ten seconds: nothing taken is lost, urgent overtakes, absence is true."""

import asyncio
from pathlib import Path

import pytest

from simulators.broker import free_port
from simulators.relay import Relay
from tests.acceptance.town import town

AWAY_S = 10.0
KEYS = {"poll_period": "200ms", "report": "always"}


@pytest.mark.slow
async def test_the_broker_is_away(tmp_path: Path) -> None:
    async with town(tmp_path, detectors=2, toggle_relay=True, device_keys=KEYS) as here:
        await here.all_heard()
        here.stage.broker.kill()
        await asyncio.sleep(AWAY_S / 2)
        here.detectors[0].set_smoke(True)
        await asyncio.sleep(AWAY_S / 2)
        here.stage.broker.start()
        await here.delivery("alarm.raised", "smoke-0", "smoke")
        for line in here.lines:
            line.unplug()
        await here.drained()
        # 30 s of patience: ten seconds are no silence, and the broker's absence is nobody's smoke.
        assert here.raised() == [("smoke-0", "smoke")]


@pytest.mark.slow
async def test_the_link_is_silent_and_then_reset(tmp_path: Path) -> None:
    port = free_port()
    async with (
        Relay(port) as link,
        town(
            tmp_path,
            detectors=2,
            toggle_relay=True,
            device_keys=KEYS,
            gateway_silent="12s",
            broker_port=port,
            gateway_port=link.port,
        ) as here,
    ):
        await here.all_heard()
        link.fall_silent()
        await asyncio.sleep(2)
        here.detectors[0].set_smoke(True)
        silent = await here.delivery("alarm.raised", None, "gateway_silent")
        assert silent.data["gateway"] == "gw-001"
        link.reset()
        link.speak_again()
        await here.delivery("alarm.raised", "smoke-0", "smoke")
        await here.delivery("alarm.cleared", None, "gateway_silent")
        for line in here.lines:
            line.unplug()
        await here.drained()
        assert here.raised() == [("None", "gateway_silent"), ("smoke-0", "smoke")]
