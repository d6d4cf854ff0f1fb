"""Instants become ages, and the document travels as JSON."""

import msgspec
from msgspec.structs import replace

from edge_agent.health import (
    AgentHealth,
    ConfigHealth,
    DeviceHealth,
    DeviceState,
    LaneHealth,
    LineHealth,
    UnitHealth,
    UplinkHealth,
)
from edge_agent.health_document import AgentDocument, document
from edge_agent.own_health import SalvageHealth
from wire.quality import Reason, bad

NOW_US = 100_000_000
UNIT = UnitHealth(1, requests=9, replies=7, time_outs=2, reply_p50_us=31_250, resting_until_us=1)
DEVICE = DeviceHealth(
    "smoke-01", "shed", DeviceState.MISSING, NOW_US - 300_000, 1, "time_out",
    bad(Reason.COMM_FAILURE), "resting", NOW_US + 1_500_000, is_test=True,
)  # fmt: skip
HEALTH = AgentHealth(
    gateway="gw-001",
    version="1",
    boot="boot-1",
    epoch="a" * 16,
    clock="unset",
    now_us=NOW_US,
    started_us=NOW_US - 3_700_000,
    config=ConfigHealth("0" * 16, 3, 4, "diverged", ("bad",)),
    lines=(LineHealth("shed", is_open=True, busy=0.123456, units=(UNIT,)),),
    devices=(DEVICE,),
    lanes=(
        LaneHealth("urgent", 9, 5, 3, 1, {}, 2, 300, NOW_US - 90_000_000, 2),
        LaneHealth("bulk", 9, 5, 3, 1, {"bulk_full": 1}),
    ),
    is_in_memory=False,
    not_taken=0,
    refusal="",
    uplink=UplinkHealth("mqtt:8883", is_connected=False, connection=7, receipt_us=None),
    late=("buffer",),
    notices=(),
)


def test_instants_become_ages() -> None:
    said = document(HEALTH)
    assert said.uptime_s == 3.7
    assert said.devices[0].last_reply_age_s == 0.3
    assert said.devices[0].next_s == 1.5
    assert said.lanes[0].oldest_age_s == 90.0
    assert said.lanes[1].oldest_age_s is None
    assert said.uplink.last_receipt_age_s is None


def test_what_is_left_of_a_test_is_never_less_than_nothing() -> None:
    def left_s(ends_us: int | None) -> float | None:
        device = replace(DEVICE, test_ends_us=ends_us)
        return document(replace(HEALTH, devices=(device,))).devices[0].test_left_s

    assert (left_s(None), left_s(NOW_US + 90_000_000), left_s(NOW_US - 1)) == (None, 90.0, 0.0)


def test_only_faults_that_happened_are_listed() -> None:
    (unit,) = document(HEALTH).lines[0].units
    assert unit.faults == {"time_outs": 2}
    assert (unit.reply_p50_ms, unit.reply_p99_ms, unit.rests_s) == (31.25, None, 0.0)


def test_a_ledger_balances_or_not() -> None:
    assert [lane.balances for lane in document(HEALTH).lanes] == [True, False]


def test_it_travels_as_json() -> None:
    said = document(HEALTH)
    assert said.devices[0].quality == "bad/comm_failure"
    assert msgspec.json.decode(msgspec.json.encode(said), type=AgentDocument) == said


def test_how_far_a_salvage_is_comes_with_three_digits() -> None:
    coming = SalvageHealth("buffer.db.broken-1", "searching", 1 / 3)
    said = msgspec.json.decode(msgspec.json.encode(document(replace(HEALTH, salvage=(coming,)))))
    assert said["salvage"] == [
        {
            "file": "buffer.db.broken-1",
            "part": "searching",
            "share": 0.333,
            "readings": 0,
            "problem": "",
        }
    ]
