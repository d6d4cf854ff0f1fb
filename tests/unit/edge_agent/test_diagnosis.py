"""A diagnosis is whole when it fits, and else leaves out what is well."""

import msgspec
import pytest
from msgspec.structs import replace

from edge_agent.diagnosis import Diagnosis, diagnosis
from edge_agent.health import (
    AgentHealth,
    ConfigHealth,
    DeviceHealth,
    DeviceState,
    LineHealth,
    UplinkHealth,
)

HEALTH = AgentHealth(
    gateway="gw-001",
    version="1",
    boot="b",
    epoch="e",
    clock="unset",
    now_us=2_000_000,
    started_us=0,
    config=ConfigHealth("h"),
    lines=(LineHealth("shed", is_open=True),),
    devices=(),
    lanes=(),
    is_in_memory=False,
    not_taken=0,
    refusal="",
    uplink=UplinkHealth("broker", is_connected=True, connection=1, receipt_us=None),
    late=(),
    notices=(),
)


def device(name: str, state: DeviceState) -> DeviceHealth:
    return DeviceHealth(
        device=name,
        line="shed",
        state=state,
        last_reply_us=None,
        misses=0,
        last_fault="",
        quality=None,
        waits="period",
        next_us=0,
        is_test=False,
    )


FULL = replace(
    HEALTH,
    devices=(
        *(device(f"smoke-{n}", DeviceState.ANSWERING) for n in range(20)),
        device("smoke-bad", DeviceState.DEAD),
    ),
)


def read(health: AgentHealth, most: int) -> Diagnosis:
    text = diagnosis(health, most, "c-1")
    assert len(text) <= most
    return msgspec.json.decode(text, type=Diagnosis)


def test_what_fits_is_whole() -> None:
    said = read(FULL, 32_768)
    assert (said.command, said.left_out, len(said.health.devices)) == ("c-1", (), 21)


@pytest.mark.parametrize(("most", "devices"), [(2_000, ["smoke-bad"]), (750, [])])
def test_what_is_well_is_left_out_first(most: int, devices: list[str]) -> None:
    said = read(FULL, most)
    assert [one.device for one in said.health.devices] == devices
    assert said.left_out
