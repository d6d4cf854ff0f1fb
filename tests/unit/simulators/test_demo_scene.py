"""The scene: what it waits for, tells and complains of, against a scripted server."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runtime.clock import SystemClock
from simulators.alarm_centre import AlarmCentre
from simulators.broker import free_port
from simulators.demo_account import LedgerLine, Source
from simulators.demo_city import DUCT, GATEWAY, PLANT
from simulators.demo_scene import Scene, SceneError
from simulators.demo_street import PLACES, RULER, UNDERPASS_GATEWAY, build_street
from simulators.demo_truth import truth
from simulators.stage import Stage, new_webhook_secret
from simulators.webhook_check import Verdict
from tests.scripted_server import ScriptedServer, scripted_server

LATEST = "/v1/readings/latest?limit=500"
GATEWAYS = (GATEWAY, UNDERPASS_GATEWAY)
CLOCK = SystemClock()


@dataclass
class Theatre:
    """A scene on a stage on which nothing runs but the scripted server."""

    scene: Scene
    server: ScriptedServer

    def says(self, device: str, **values: object) -> None:
        """Let the server know these newest values too."""
        items = self.server.answers.setdefault(LATEST, (200, {"items": []}))[1]["items"]
        items += [{"device": device, "point": p, "value": v} for p, v in values.items()]

    def accounts(self, lane: str = "urgent", **changed: Any) -> None:
        """Let the server account so for one lane, and for no other."""
        ledger = {"taken": 9, "stored": 9, "buffered": 0, "dropped": {}, "lost_after_receipt": 0}
        lanes = {lane: {"ledger": ledger | changed}}
        for gateway in GATEWAYS:
            self.server.answers[f"/v1/gateways/{gateway}"] = (200, {"lanes": lanes})

    def hears(
        self,
        device: str,
        rule: str,
        kind: str = "alarm.raised",
        *,
        latched: bool = True,
        active: bool = True,
    ) -> None:
        """Let the alarm centre have this verified delivery."""
        number = len(self.scene.centre.deliveries)
        data = {
            "alarm_id": f"{device}-{rule}",
            "revision": number + 1,
            "state": {"latched": latched, "active": active},
            "device": device,
            "rule": rule,
            "title": {"en": "Smoke detected", "zh": "检测到烟雾"},
            "place": {"address": "Xinhua Street 1"},
        }
        self.scene.centre.book.take(
            {"webhook-id": f"id-{number}"},
            msgspec.json.encode({"type": kind, "data": data}),
            Verdict.VERIFIED,
            answer="200",
            utc_us=CLOCK.utc_us(),
            mono_us=CLOCK.mono_us(),
        )


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    with scripted_server() as server, ExitStack() as plugged:
        street = build_street(tmp_path / "ports", plugged)
        secret = new_webhook_secret()
        stage = Stage(
            tmp_path / "stage",
            street.gateways,
            webhook_url=f"http://127.0.0.1:{free_port()}/alarms",
            webhook_secret=secret,
            places=PLACES,
            api_port=server.port,
        )
        centre = AlarmCentre(secret)
        now = CLOCK.mono_us()
        scene = Scene(stage, street, centre, CLOCK, "en", colour=False, began_us=now)
        made = Theatre(scene, server)
        for device, values in truth(street, now).items():
            made.says(device, **values)
        made.accounts()
        yield made


def test_a_scene_that_went_well_gives_no_cause_for_complaint(theatre: Theatre) -> None:
    for incident in theatre.scene.incidents.values():
        for device, rule in sorted(incident.foreseen):
            theatre.hears(device, rule)
    assert theatre.scene.complaints() == []


def test_each_thing_that_went_wrong_is_named(theatre: Theatre) -> None:
    theatre.accounts("bulk", lost_after_receipt=3, dropped={"bulk_full": 2, "thinned": 1})
    theatre.hears(PLANT, "offline")
    theatre.says(DUCT, smoke=True)
    assert [one.partition(",")[0] for one in theatre.scene.complaints()] == [
        *(f"{gateway} bulk: {what} 3" for gateway in GATEWAYS for what in ("lost", "dropped")),
        f"unforeseen alarm {PLANT} offline",
        f"wrong value {DUCT} {{'smoke': True}}",
    ]


def test_the_truth_is_that_of_the_devices(theatre: Theatre) -> None:
    theatre.scene.street.city.plant.set_smoke(True)
    (complaint,) = theatre.scene.complaints()
    assert complaint.startswith(f"wrong value {PLANT} {{'smoke': False, 'relay': False}}")
    theatre.says(PLANT, smoke=True, relay=True)
    assert theatre.scene.complaints() == []


def test_a_value_that_is_missing_is_not_wrong(theatre: Theatre) -> None:
    theatre.says(DUCT, smoke=None)
    assert theatre.scene.complaints() == []


def test_what_the_alarm_centre_complains_of_is_passed_on(theatre: Theatre) -> None:
    theatre.scene.centre.book.take({}, b"{}", Verdict.ID_MISSING, answer="401", utc_us=1, mono_us=1)
    assert theatre.scene.complaints() == ["not verified: id_missing"]


def test_the_ledger_is_the_servers(theatre: Theatre) -> None:
    theatre.accounts("bulk", taken=12, stored=7, buffered=2, dropped={"a": 1, "b": 2})
    wanted = [LedgerLine(gateway, "bulk", 12, 7, 2, 3, 0) for gateway in GATEWAYS]
    assert theatre.scene.ledger() == wanted


async def test_an_alarm_is_timed_from_the_condition_to_the_delivery(
    theatre: Theatre, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = theatre.scene
    scene._begin("duct_smoke")
    assert scene.street.city.duct.state(0)["smoke"]
    at_us = CLOCK.mono_us()
    theatre.hears(DUCT, "smoke")
    await scene._raised(scene.incidents["duct_smoke"], at_us)
    (measured,) = scene.measured
    assert measured.what == "smoke in the air duct of a shed"
    assert 0 <= measured.milliseconds < 5_000
    told = capsys.readouterr().out.splitlines()
    assert "smoke in the air duct of a shed" in told[0]
    assert told[1].endswith("Smoke detected at Xinhua Street 1")


async def test_what_was_over_when_the_server_learned_of_it_is_not_waited_for(
    theatre: Theatre,
) -> None:
    for action in ("acknowledge", "reset"):
        theatre.server.answers[f"/v1/alarms/{DUCT}-smoke/{action}"] = (200, {})
    theatre.hears(DUCT, "smoke", active=False)
    theatre.hears(DUCT, "smoke", "alarm.closed", active=False)
    async with asyncio.timeout(10):
        await theatre.scene._clear()
    assert [asked.method for asked in theatre.server.asked].count("POST") == 2


async def test_all_is_cleared_acknowledged_and_reset(
    theatre: Theatre, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = theatre.scene
    alarms = ((DUCT, "smoke", True), (RULER, "water_notice", False))
    wanted = [f"/v1/alarms/{DUCT}-smoke/{action}" for action in ("acknowledge", "reset")]
    wanted.append(f"/v1/alarms/{RULER}-water_notice/acknowledge")
    for path in wanted:
        theatre.server.answers[path] = (200, {})
    for kind in ("alarm.raised", "alarm.cleared", "alarm.closed"):
        for device, rule, latched in alarms:
            theatre.hears(device, rule, kind, latched=latched)
    theatre.hears(RULER, "water_rising_fast", latched=False)
    scene.street.city.duct.set_smoke(True)
    scene.street.city.radar.set_fall(True)
    await scene._clear()
    assert scene.street.city.duct.state(CLOCK.mono_us())["smoke"] is False
    assert not scene.street.city.radar.state()["fall"]
    posted = [asked.path for asked in theatre.server.asked if asked.method == "POST"]
    assert posted == wanted
    said = capsys.readouterr().out
    assert "2 alarms acknowledged and reset" in said
    assert f"at {RULER} stays" in said


async def test_the_first_danger_that_is_not_told_ends_the_scene(theatre: Theatre) -> None:
    async def never(*_: object) -> None:
        raise SceneError("alarm.raised smoke-duct smoke: nothing came")

    theatre.scene._delivery = never  # type: ignore[method-assign, assignment]  # this one delivery, not its class
    with pytest.raises(SceneError, match="nothing came"):
        await theatre.scene.play()


async def test_the_scene_waits_while_the_server_is_away(theatre: Theatre) -> None:
    answer = theatre.server.answers.pop(LATEST)
    async with asyncio.TaskGroup() as group:
        waits = group.create_task(theatre.scene._all_are_heard())
        while not theatre.server.asked:
            await asyncio.sleep(0.005)
        assert not waits.done()
        theatre.server.answers[LATEST] = answer


async def test_what_never_comes_is_a_named_failure(theatre: Theatre) -> None:
    class Hasty(SystemClock):
        """Each look at it takes half a minute."""

        looks = 0

        def mono_us(self) -> int:
            self.looks += 1
            return self.looks * 30_000_000

    theatre.scene.clock = Hasty()
    with pytest.raises(SceneError, match="in vain for: snow"):
        await theatre.scene._until(lambda: False, "snow")


def test_a_line_is_told_in_the_language_chosen(
    theatre: Theatre, capsys: pytest.CaptureFixture[str]
) -> None:
    theatre.scene.language = "zh"
    theatre.scene.tell(Source.NETWORK, "cut", seconds=10)
    assert capsys.readouterr().out.split() == [
        "+0.0",
        "s",
        "网络",
        "上行中断",
        "10",
        "秒（消息代理被强制终止）",
    ]
