"""Golden webhook bodies: what receivers read today they can read for ever.

Each file holds a `snapshot` (or the words of a heartbeat) and the `body` made of it. A key may be
added to a body in a later release; none may go, be renamed, or change its meaning.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ingest_server.db.snapshot import Snapshot
from ingest_server.notify.payload import alarm_body, heartbeat_body, receiver_test_body
from ingest_server.receiver import Place

FOLDER = Path(__file__).parent / "webhook"
ALARMS = sorted(FOLDER.glob("alarm_*.json"))
URL = "https://lifeline.example/api/alarms"
PLACES = {
    "flat-12": Place(
        id="flat-12",
        division="310104007",
        grid="31010400712",
        component_code="310104010500001",
        address="天钥桥路 12 弄 3 号 502 室",
        longitude=121.437,
        latitude=31.191,
    )
}


def golden(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", ALARMS, ids=lambda path: path.stem)
def test_an_alarm_is_told_in_these_words(path: Path) -> None:
    told = golden(path)
    snapshot = msgspec.convert(told["snapshot"], Snapshot)
    body = alarm_body(snapshot, PLACES, URL)
    assert json.loads(body) == told["body"]
    assert list(json.loads(body)["data"]) == list(told["body"]["data"])


def test_all_four_types_have_a_golden_body() -> None:
    types = {golden(path)["body"]["type"] for path in ALARMS}
    assert types == {"alarm.raised", "alarm.changed", "alarm.cleared", "alarm.closed"}


def test_a_heartbeat_is_told_in_these_words() -> None:
    told = golden(FOLDER / "heartbeat.json")
    assert json.loads(heartbeat_body(**told["words"])) == told["body"]


def test_a_test_is_told_in_these_words() -> None:
    told = golden(FOLDER / "receiver_test.json")
    assert json.loads(receiver_test_body(**told["words"])) == told["body"]
