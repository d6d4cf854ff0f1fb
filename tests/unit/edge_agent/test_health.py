"""What is not known of a line, a device or a lane says so, and is never taken for health."""

import msgspec
import pytest

from edge_agent.health import (
    AgentHealth,
    DeviceHealth,
    DeviceState,
    FrameRecord,
    LaneHealth,
    LineHealth,
    Notice,
    UnitHealth,
    UplinkHealth,
)

SNAPSHOTS = (
    AgentHealth,
    DeviceHealth,
    FrameRecord,
    LaneHealth,
    LineHealth,
    Notice,
    UnitHealth,
    UplinkHealth,
)


def test_a_device_is_in_one_of_four_states() -> None:
    assert set(DeviceState) == {"never_heard", "answering", "missing", "dead"}


@pytest.mark.parametrize("kind", SNAPSHOTS, ids=lambda kind: kind.__name__)
def test_a_snapshot_is_frozen_and_needs_no_dictionary(kind: type[msgspec.Struct]) -> None:
    assert kind.__struct_config__.frozen
    assert "__dict__" not in dir(kind)


def test_a_unit_that_was_not_asked_has_no_reply_times() -> None:
    unit = UnitHealth(7)
    assert (unit.reply_p50_us, unit.reply_p99_us) == (None, None)
    counts = msgspec.structs.asdict(unit)
    del counts["unit"], counts["reply_p50_us"], counts["reply_p99_us"]
    assert set(counts.values()) == {0}


def test_health_has_no_default_that_says_all_is_well() -> None:
    """Whether a port is open, a device answers and the uplink stands must always be said."""
    for kind, field in (
        (LineHealth, "is_open"),
        (DeviceHealth, "state"),
        (DeviceHealth, "is_test"),
        (UplinkHealth, "is_connected"),
        (AgentHealth, "not_taken"),
        (AgentHealth, "late"),
    ):
        (found,) = [one for one in msgspec.structs.fields(kind) if one.name == field]
        assert found.required


def test_a_lane_keeps_the_terms_of_its_ledger() -> None:
    lane = LaneHealth("bulk", 10, 4, 3, 1, {"bulk_full": 2})
    assert lane.taken == lane.stored + lane.buffered + lane.thinned + sum(lane.dropped.values())
    assert lane.oldest_us is None
