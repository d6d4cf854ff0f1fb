"""The scene's command line, and what it complains of, against a scripted server and agent."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runtime.clock import SystemClock
from simulators.__main__ import main
from simulators.alarm_centre import AlarmCentre
from simulators.broker import Which, free_port
from simulators.demo import Scene, SceneError, add_demo
from simulators.demo_account import LedgerLine, Source
from simulators.demo_city import DUCT, GATEWAY, PLACES, PLANT, ROOM, build
from simulators.stage import Stage, new_webhook_secret
from simulators.webhook_check import Verdict
from tests.scripted_server import ScriptedServer, scripted_server

LATEST = "/v1/readings/latest?limit=500"
LANES = f"/v1/gateways/{GATEWAY}"
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
        self.server.answers[LANES] = (200, {"lanes": lanes})

    def hears(self, device: str, rule: str, kind: str = "alarm.raised") -> None:
        """Let the alarm centre have this verified delivery."""
        number = len(self.scene.centre.deliveries)
        data = {
            "alarm_id": f"alm-{number}",
            "revision": 1,
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
        city = build(tmp_path / "ports", plugged)
        secret = new_webhook_secret()
        stage = Stage(
            tmp_path / "stage",
            (city.gateway,),
            webhook_url=f"http://127.0.0.1:{free_port()}/alarms",
            webhook_secret=secret,
            places=PLACES,
            api_port=server.port,
        )
        centre = AlarmCentre(secret)
        now = CLOCK.mono_us()
        scene = Scene(stage, city, centre, CLOCK, "en", colour=False, began_us=now)
        made = Theatre(scene, server)
        made.says(DUCT, mounted=True, smoke=False, relay=False, service=False)
        made.says(PLANT, mounted=True, smoke=False)
        made.says(ROOM, fall=False)
        made.accounts()
        yield made


def test_a_scene_that_went_well_gives_no_cause_for_complaint(theatre: Theatre) -> None:
    for device, rule in ((DUCT, "smoke"), (PLANT, "smoke"), (ROOM, "fall")):
        theatre.hears(device, rule)
    assert theatre.scene.complaints() == []


def test_each_thing_that_went_wrong_is_named(theatre: Theatre) -> None:
    theatre.accounts("bulk", lost_after_receipt=3, dropped={"bulk_full": 2, "thinned": 1})
    theatre.hears(PLANT, "offline")
    theatre.says(DUCT, smoke=True)
    assert [one.partition(",")[0] for one in theatre.scene.complaints()] == [
        "bulk: lost 3",
        "bulk: dropped 3",
        f"unforeseen alarm {PLANT} offline",
        f"wrong value {DUCT} {{'smoke': True}}",
    ]


def test_the_truth_is_that_of_the_devices(theatre: Theatre) -> None:
    theatre.scene.city.plant.set_smoke(True)
    (complaint,) = theatre.scene.complaints()
    assert complaint.startswith(f"wrong value {PLANT} {{'smoke': False}}")
    theatre.says(PLANT, smoke=True)
    assert theatre.scene.complaints() == []


def test_a_value_that_is_missing_is_not_wrong(theatre: Theatre) -> None:
    theatre.says(DUCT, smoke=None)
    assert theatre.scene.complaints() == []


def test_what_the_alarm_centre_complains_of_is_passed_on(theatre: Theatre) -> None:
    theatre.scene.centre.book.take({}, b"{}", Verdict.ID_MISSING, answer="401", utc_us=1, mono_us=1)
    assert theatre.scene.complaints() == ["not verified: id_missing"]


def test_the_ledger_is_the_servers(theatre: Theatre) -> None:
    theatre.accounts("bulk", taken=12, stored=7, buffered=2, dropped={"a": 1, "b": 2})
    assert theatre.scene.ledger() == [LedgerLine(GATEWAY, "bulk", 12, 7, 2, 3, 0)]


async def test_an_alarm_is_timed_from_the_condition_to_the_delivery(
    theatre: Theatre, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = theatre.scene

    def smoke() -> None:
        scene.city.duct.set_smoke(True)
        theatre.hears(DUCT, "smoke")

    await scene._alarm("duct_smoke", smoke, DUCT, "smoke")
    (measured,) = scene.measured
    assert measured.what == "smoke in the cable duct"
    assert 0 <= measured.milliseconds < 5_000
    assert scene.alarm_ids == ["alm-0"]
    told = capsys.readouterr().out.splitlines()
    assert "smoke in the cable duct" in told[0]
    assert told[1].endswith("Smoke detected at Xinhua Street 1")


async def test_all_is_cleared_acknowledged_and_reset(
    theatre: Theatre, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = theatre.scene
    scene.alarm_ids += ["alm-7"]
    for action in ("acknowledge", "reset"):
        theatre.server.answers[f"/v1/alarms/alm-7/{action}"] = (200, {})
    for kind in ("alarm.cleared", "alarm.closed"):
        for device, rule in ((DUCT, "smoke"), (PLANT, "smoke"), (ROOM, "fall")):
            theatre.hears(device, rule, kind)
    scene.city.duct.set_smoke(True)
    scene.city.radar.set_fall(True)
    await scene._clear()
    assert scene.city.duct.state(CLOCK.mono_us())["smoke"] is False
    assert not scene.city.radar.state()["fall"]
    posted = [asked.path for asked in theatre.server.asked if asked.method == "POST"]
    assert posted == ["/v1/alarms/alm-7/acknowledge", "/v1/alarms/alm-7/reset"]
    assert "1 alarms acknowledged and reset" in capsys.readouterr().out


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


# The command line -----------------------------------------------------------------------------


def parsed(*arguments: str) -> Any:
    parser = argparse.ArgumentParser()
    add_demo(parser.add_subparsers())
    return parser.parse_args(["demo", *arguments])


def test_without_arguments_any_broker_plays_and_nothing_is_kept() -> None:
    given = parsed()
    assert (given.broker, given.keep, given.data) == (Which.AUTO, False, None)


def test_every_argument_is_taken() -> None:
    given = parsed("--broker", "iotcore", "--keep", "--data", "there", "--lang", "zh")
    assert (given.broker, given.keep, given.data) == (Which.IOTCORE, True, Path("there"))
    assert given.lang == "zh"


@pytest.mark.parametrize(
    ("variable", "locale", "language"),
    [("LC_ALL", "zh_CN.UTF-8", "zh"), ("LANG", "zh_CN.UTF-8", "zh"), ("LANG", "C", "en")],
)
def test_the_language_is_that_of_the_locale(
    monkeypatch: pytest.MonkeyPatch, variable: str, locale: str, language: str
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LANG", raising=False)
    monkeypatch.setenv(variable, locale)
    assert parsed().lang == language


@pytest.mark.parametrize("wrong", [["--broker", "rabbit"], ["--lang", "fr"], ["--data"], ["now"]])
def test_what_is_not_known_is_usage(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", *wrong])
    assert ended.value.code == 2


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--help"])
    assert ended.value.code == 0
    assert "simulators demo --keep" in capsys.readouterr().out


def test_without_the_broker_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("simulators.broker.SHIPPED", tmp_path / "gone")
    assert main(["demo", "--broker", "mosquitto", "--data", str(tmp_path / "data")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("simulators demo: mosquitto is not installed here: apt-get install")
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_folder_that_can_not_be_made_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--data", str(tmp_path / "file" / "data")]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("simulators demo: ")
    assert str(tmp_path / "file") in said
