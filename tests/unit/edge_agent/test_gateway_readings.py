"""What a gateway tells of itself: in primary units, when it changes, and only what is known."""

from msgspec.structs import replace

from edge_agent.gateway_readings import UNITS, GatewayBook, buffer_fill
from edge_agent.health import (
    AgentHealth,
    ConfigHealth,
    DeviceHealth,
    DeviceState,
    LaneHealth,
    UplinkHealth,
    WearHealth,
)
from edge_agent.own_health import MachineHealth
from wire.quality import GOOD
from wire.quantity import PRIMARY_UNITS
from wire.reading import POINT

MINUTE = 60_000_000
HEALTH = AgentHealth(
    gateway="gw-001",
    version="1",
    boot="boot-1",
    epoch="a" * 16,
    clock="synchronised",
    now_us=MINUTE,
    started_us=0,
    config=ConfigHealth("0" * 16),
    lines=(),
    devices=(),
    lanes=(LaneHealth("bulk", 9, 9, 0, 0, {}, size=300), LaneHealth("urgent", 9, 9, 0, 0, {})),
    is_in_memory=False,
    not_taken=0,
    refusal="",
    uplink=UplinkHealth("mqtt:8883", is_connected=True, connection=7, receipt_us=1),
    late=(),
    notices=(),
    machine=MachineHealth(30_000_000, 9_000_000_000, 48.2),
    wear=WearHealth({"urgent": 2_000_000, "bulk": 3_000_000}),
    clock_offset_us=1_500,
    buffer_size=1_000,
)


def test_points_keep_to_the_wire() -> None:
    assert all(POINT.fullmatch(point) for point in UNITS)
    assert set(UNITS.values()) <= PRIMARY_UNITS


def test_all_is_told_once_and_then_what_changed() -> None:
    book = GatewayBook()
    assert {one.point: one.value for one in book.samples(HEALTH)} == {
        "cpu_temperature": 48.2,
        "disk_free": 9e9,
        "memory": 3e7,
        "disk_written": 5e6,
        "clock_offset": 0.002,
        "buffer_fill": 0.3,
    }
    warmer = replace(HEALTH.machine, temperature=61.0, memory=30_100_000)
    (only,) = book.samples(replace(HEALTH, now_us=2 * MINUTE, machine=warmer))
    assert (only.point, only.value, only.mono_us) == ("cpu_temperature", 61.0, 2 * MINUTE)


def test_devices_in_test_are_counted_once_there_was_one() -> None:
    book = GatewayBook()
    tested = DeviceHealth(
        "smoke-01", "shed", DeviceState.ANSWERING, 0, 0, "", GOOD, "period", 0, is_test=True
    )
    health = [
        HEALTH, replace(HEALTH, devices=(tested,)), replace(HEALTH, devices=(tested,)), HEALTH,
    ]  # fmt: skip
    told = [[one.value for one in book.samples(at) if one.point == "in_test"] for at in health]
    assert told == [[], [1.0], [], [0.0]]


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(
        HEALTH, machine=MachineHealth(), wear=WearHealth(), clock_offset_us=None, buffer_size=0
    )
    assert GatewayBook().samples(bare) == []
    assert buffer_fill(bare) is None
