"""Timetables of the alarm path: condition at the device, verified webhook at the centre."""

import asyncio
from pathlib import Path

import pytest

from tests.acceptance.town import Town, town

SECONDS = 10.0


async def act(town: Town, alarm_id: str, action: str) -> None:
    body = {"actor": "desk", "comment": "seen"}
    await asyncio.to_thread(town.stage.api.post, f"/v1/alarms/{alarm_id}/{action}", body)


async def test_smoke_and_a_fall_arrive_clear_and_are_reset(tmp_path: Path) -> None:
    async with town(tmp_path, radar=True) as here:
        await here.all_heard()
        radar = here.radar
        assert radar is not None
        here.detectors[0].set_smoke(True)
        smoke = await here.delivery("alarm.raised", "smoke-0", "smoke", SECONDS)
        radar.set_fall(True)
        fall = await here.delivery("alarm.raised", "radar", "fall", SECONDS)
        assert smoke.data["place"]["address"] == "Xinhua Street 1"
        assert fall.data["place"] is None
        assert smoke.data["life_safety"]
        assert (smoke.revision, fall.revision) == (1, 1)

        here.detectors[0].set_smoke(False)
        here.detectors[0].reset()
        radar.set_fall(False)
        for device, rule in (("smoke-0", "smoke"), ("radar", "fall")):
            cleared = await here.delivery("alarm.cleared", device, rule, SECONDS)
            assert not cleared.data["state"]["active"]
            assert cleared.data["state"]["latched"]
        for raised in (smoke, fall):
            await act(here, raised.alarm_id, "acknowledge")
            await act(here, raised.alarm_id, "reset")
        for device, rule in (("smoke-0", "smoke"), ("radar", "fall")):
            closed = await here.delivery("alarm.closed", device, rule, SECONDS)
            assert closed.data["state"]["closed"]
        assert here.centre.violations == []
        assert here.raised() == [("radar", "fall"), ("smoke-0", "smoke")]


async def test_a_fall_that_cleared_during_an_outage_still_pages(tmp_path: Path) -> None:
    async with town(tmp_path, radar=True) as here:
        await here.all_heard()
        radar = here.radar
        assert radar is not None
        here.stage.broker.kill()
        radar.set_fall(True)
        await asyncio.sleep(1)
        radar.set_fall(False)
        await asyncio.sleep(1)
        here.stage.broker.start()
        raised = await here.delivery("alarm.raised", "radar", "fall")
        assert raised.data["state"]["latched"]
        assert here.centre.violations == []


@pytest.mark.parametrize(
    "answer", ["503", pytest.param("timeout", marks=pytest.mark.slow), "reset"]
)
async def test_a_centre_that_fails_gets_every_revision_in_order(
    tmp_path: Path,
    answer: str,
) -> None:
    async with town(tmp_path) as here:
        await here.all_heard()
        here.centre.answer_next(answer, 2)
        here.detectors[0].set_smoke(True)
        raised = await here.delivery("alarm.raised", "smoke-0", "smoke")
        here.detectors[0].set_smoke(False)
        here.detectors[0].reset()
        await here.delivery("alarm.cleared", "smoke-0", "smoke")
        assert here.centre.violations == []
        assert {d.alarm_id for d in here.centre.alarms} == {raised.alarm_id}
