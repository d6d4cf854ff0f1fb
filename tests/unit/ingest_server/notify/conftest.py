"""What the tests of notify share: one alarm, one receiver, and a clock that is set by hand."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.db.snapshot import Change, EventType, Snapshot
from ingest_server.receiver import Receiver
from tests.standing_clock import StandingClock

SMOKE = Snapshot(
    alarm_id="al-1",
    revision=1,
    event=EventType.RAISED,
    change=Change.ACTIVATED,
    alarm_class=AlarmClass.HAZARD,
    severity=Severity.CRITICAL,
    life_safety=True,
    gateway="gw-001",
    device="smoke-01",
    rule="smoke",
    title={"en": "Smoke", "zh": "烟雾报警"},
    guidance={"en": "Call the resident.", "zh": "联系住户。"},
    active=True,
    acknowledged=False,
    latched=True,
    shelved=False,
    suppressed=False,
    out_of_service=False,
    closed=False,
    test=False,
    late=False,
    since=1_795_251_845_000_006,
    until=None,
    learned=1_795_251_845_250_000,
    age_us=249_994,
    clock="synchronised",
    profile="calectro_ug3",
    place="flat-12",
    point="smoke",
    value=True,
    limit=True,
    quality="good",
)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def make_snapshot() -> Callable[..., Snapshot]:
    def make(**changes: Any) -> Snapshot:
        return msgspec.structs.replace(SMOKE, **changes)

    return make


@pytest.fixture
def make_receiver() -> Callable[..., Receiver]:
    def make(**changes: Any) -> Receiver:
        words = {"id": "city", "url": "http://127.0.0.1:9/", "secrets": (bytes(range(32)),)}
        return Receiver(**{**words, "allow_private": True, **changes})

    return make
