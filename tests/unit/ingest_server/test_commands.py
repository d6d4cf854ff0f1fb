"""What the sub-commands print, for people in two languages and as JSON."""

import json
from pathlib import Path

from ingest_server import commands
from ingest_server.config import Config, load
from simulators.alarm_centre import AlarmCentre
from simulators.influxd import Influxd
from simulators.stage import new_webhook_secret
from tests.server_toml import GOOD, written


def config(folder: Path, text: str = GOOD) -> Config:
    return load(written(folder, text))


def test_the_summary(tmp_path: Path) -> None:
    text = commands.summary(config(tmp_path), 2, "en", as_json=False)
    assert "1 receivers, 1 places, 2 profiles" in text
    assert "127.0.0.1:1883, shards 64" in text
    assert "无误" in commands.summary(config(tmp_path), 2, "zh", as_json=False)
    assert json.loads(commands.summary(config(tmp_path), 2, "en", as_json=True))["shards"] == 64


INFLUX = """
[store]
kind = "influxdb"
url = "{url}"
org = "lifeline"
bucket = "readings"
token_file = "{token}"
"""


async def test_influxdb_is_asked_whether_it_would_take_readings(
    tmp_path: Path, influxd: Influxd
) -> None:
    text = INFLUX.format(url=influxd.url, token=influxd.token_file)
    well = config(tmp_path, text)
    assert await commands.try_store(well) == ""
    said = commands.summary(well, 2, "en", as_json=False, store_trouble="")
    assert f"InfluxDB at {influxd.url} takes and gives readings" in said
    trouble = await commands.try_store(config(tmp_path, text.replace('"readings"', '"none"')))
    assert "check org and bucket" in trouble
    assert trouble in commands.summary(well, 2, "zh", as_json=False, store_trouble=trouble)
    as_json = commands.summary(well, 2, "en", as_json=True, store_trouble=trouble)
    assert json.loads(as_json)["store_trouble"] == trouble


async def test_a_file_is_not_asked(tmp_path: Path) -> None:
    assert await commands.try_store(config(tmp_path)) == ""


def test_nobody_to_tell_is_said(tmp_path: Path) -> None:
    nobody = config(tmp_path, "")
    assert "nobody would be told" in commands.summary(nobody, 2, "en", as_json=False)
    assert "nobody would be told" in commands.receivers(nobody, "en", as_json=False)
    assert commands.receivers(nobody, "en", as_json=True) == "[]"


def test_receivers_without_what_may_be_a_token(tmp_path: Path) -> None:
    text = commands.receivers(config(tmp_path), "en", as_json=False)
    assert text == "centre  https://centre.example  critical flat-12 hazard  30 s"
    assert "hook" not in commands.receivers(config(tmp_path), "en", as_json=True)


async def test_a_test_shows_what_the_receiver_answered(tmp_path: Path) -> None:
    secret = new_webhook_secret()
    async with AlarmCentre(secret) as centre:
        file = written(tmp_path, GOOD.replace("https://centre.example/hook", centre.url))
        file.write_text(file.read_text().replace("heartbeat", "allow_private = true\nheartbeat", 1))
        (tmp_path / "webhook.secret").write_text(secret)
        asked = load(file)
        text, arrived = await commands.test_receiver(asked, "centre", as_json=False)
        assert (text.split()[:3], arrived) == (["centre:", "delivered", "200"], True)
        assert centre.deliveries[0].type == "receiver.test"
        (tmp_path / "webhook.secret").write_text(new_webhook_secret())
        text, arrived = await commands.test_receiver(load(file), "centre", as_json=True)
        assert (json.loads(text)["status"], arrived) == (401, False)
    assert not (tmp_path / "data").exists()
