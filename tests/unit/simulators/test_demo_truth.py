"""What is wrong is named; what lags within its deadband, or is not known, is not wrong."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from runtime.clock import SystemClock
from simulators.delivery_book import Delivery, DeliveryBook
from simulators.demo_account import LedgerLine
from simulators.demo_city import DUCT, ROOM
from simulators.demo_incidents import incidents
from simulators.demo_street import COVER, PIT, RULER, SURFACE, WELL, Street, build_street
from simulators.demo_truth import lost_values, truth, unforeseen, wrong_values
from simulators.webhook_check import Verdict

NOW = SystemClock().mono_us()


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with ExitStack() as plugged:
        yield build_street(tmp_path, plugged)


def raised(device: str, rule: str) -> Delivery:
    body = msgspec.json.encode(
        {
            "type": "alarm.raised",
            "data": {"alarm_id": "a", "revision": 1, "device": device, "rule": rule},
        }
    )
    book = DeliveryBook()
    book.take({"webhook-id": "1"}, body, Verdict.VERIFIED, answer="200", utc_us=1, mono_us=1)
    return book.deliveries[0]


def test_the_truth_of_a_quiet_street_names_every_device(street: Street) -> None:
    true = truth(street, NOW)
    names = {one.name for gateway in street.gateways for one in gateway.devices}
    assert true.keys() == names
    assert true[RULER] == true[SURFACE] == {"level": 0.02}
    assert true[COVER] == {"tilt": 0.0}
    assert true[PIT] == {"cover_open": False, "float_raised": False}
    assert wrong_values(true, true) == []
    assert wrong_values({}, true) == []


@pytest.mark.parametrize(
    ("device", "value", "wrong"),
    [
        (DUCT, {"smoke": True}, True),
        (ROOM, {"fall": True}, True),
        (ROOM, {"fall": False, "presence": True}, False),
        (RULER, {"level": 0.04}, False),
        (RULER, {"level": 0.06}, True),
        (WELL, {"lel": 0.01}, False),
        (WELL, {"lel": 0.1}, True),
        (COVER, {"tilt": 0.4}, False),
        (COVER, {"tilt": 15.0}, True),
    ],
)
def test_wrong_values(
    street: Street, device: str, value: dict[str, object], *, wrong: bool
) -> None:
    found = wrong_values({device: value}, truth(street, NOW))
    assert [one.split(",")[0].split(" {")[0] for one in found] == [f"wrong value {device}"] * wrong


def test_the_truth_follows_the_devices(street: Street) -> None:
    street.cover.open(NOW)
    street.water.rise(2.4, NOW, to=0.3)
    true = truth(street, NOW + 60_000_000)
    assert true[PIT]["cover_open"]
    assert (true[COVER]["tilt"], true[RULER]["level"]) == (110.0, 0.3)


def test_what_was_lost_or_dropped_is_named() -> None:
    ledger = [
        LedgerLine("gw-1", "urgent", 9, 9, 0, 0, 0),
        LedgerLine("gw-2", "bulk", 9, 5, 0, 3, 1),
    ]
    assert lost_values(ledger) == ["gw-2 bulk: lost 1", "gw-2 bulk: dropped 3"]


def test_alarms_that_nothing_explains(street: Street) -> None:
    known = incidents(street).values()
    explained = [raised(DUCT, "smoke"), raised(COVER, "cover_tilted"), raised(WELL, "gas_low")]
    assert unforeseen(explained, known) == []
    assert unforeseen([raised(DUCT, "offline")], known) == [f"unforeseen alarm {DUCT} offline"]
