"""What a webhook's body says, and what it must not."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest_server.db.snapshot import EventType, Snapshot
from ingest_server.notify.payload import alarm_body, heartbeat_body, receiver_test_body
from ingest_server.receiver import Place

PLACES = {"flat-12": Place(id="flat-12", address="12 Lane", longitude=121.47, latitude=31.23)}
Make = Callable[..., Snapshot]


def read(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    return found


@pytest.mark.parametrize("event", list(EventType))
def test_the_type_is_the_event(make_snapshot: Make, event: EventType) -> None:
    body = read(alarm_body(make_snapshot(event=event), PLACES, None))
    assert list(body) == ["type", "timestamp", "data"]
    assert body["type"] == event.value
    assert body["timestamp"] == body["data"]["learned"] == "2026-11-21T09:04:05.250000Z"


def test_the_same_revision_is_the_same_bytes(make_snapshot: Make) -> None:
    first = alarm_body(make_snapshot(), PLACES, "https://api.example/alarms")
    assert alarm_body(make_snapshot(), PLACES, "https://api.example/alarms") == first


@pytest.mark.parametrize("place", [None, "attic"])
def test_an_unknown_place_is_null(make_snapshot: Make, place: str | None) -> None:
    assert read(alarm_body(make_snapshot(place=place), PLACES, None))["data"]["place"] is None


def test_a_place_that_is_half_known_says_null_for_the_rest(make_snapshot: Make) -> None:
    place = read(alarm_body(make_snapshot(), PLACES, None))["data"]["place"]
    assert place["address"] == "12 Lane"
    assert place["component_code"] is None


def test_links_show_and_their_ids_are_quoted(make_snapshot: Make) -> None:
    snapshot = make_snapshot(alarm_id="a/b c")
    data = read(alarm_body(snapshot, PLACES, "https://api.example/alarms"))["data"]
    assert data["links"] == {"alarm": "https://api.example/alarms/a%2Fb%20c"}
    assert read(alarm_body(snapshot, PLACES, None))["data"]["links"] == {}


def test_a_body_stays_below_the_20_kb_that_the_standard_advises(make_snapshot: Make) -> None:
    assert len(alarm_body(make_snapshot(), PLACES, "https://api.example/alarms")) < 2_000


def test_heartbeat_and_test() -> None:
    beat = read(heartbeat_body("city", beat=3, started_us=0, interval_s=30.0, now_us=1))
    assert (beat["type"], beat["data"]["beat"]) == ("heartbeat", 3)
    assert read(receiver_test_body("city", 1))["type"] == "receiver.test"
