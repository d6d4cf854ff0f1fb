"""Figures are right by the format, named for ever, and as many as the configuration names."""

from msgspec.structs import replace

from edge_agent.figures import figures
from edge_agent.health import DeviceHealth, DeviceState, LineHealth
from edge_agent.link_count import LinkCount
from edge_agent.own_health import LocalActionHealth, SalvageHealth
from runtime.exposition import render
from tests.prometheus_text import Family, read
from tests.unit.edge_agent.test_gateway_readings import HEALTH
from wire.quality import GOOD

LINK = LinkCount(polls=50, good=48, time_outs=2, reply_p50_us=20_000, reply_p99_us=45_000)
DEVICES = tuple(
    DeviceHealth(
        f"smoke-{number:02}", "shed", DeviceState.ANSWERING, 10_000_000, 0, "", GOOD, "period", 0,
        is_test=False, link=LINK,
    )
    for number in range(50)
)  # fmt: skip
FULL = replace(
    HEALTH,
    lines=(LineHealth("shed", is_open=True, opened=2, busy=0.25, discarded_bytes=7),),
    devices=DEVICES,
    local_actions=(LocalActionHealth("siren", "siren-01", "sound", "acted", "holds"),),
    salvage=(SalvageHealth("buffer.db.broken-1", "bringing", 0.25, 70),),
)


def said(health: object = FULL) -> dict[str, Family]:
    return read(render(figures(health)))  # type: ignore[arg-type]  # of the test's own making


def value(name: str, **labels: str) -> float:
    return said()[f"lifeline_edge_{name}"].samples[tuple(labels.items())]


def test_every_family_is_explained_and_has_our_name() -> None:
    families = said()
    assert all(name.startswith("lifeline_edge_") for name in families)
    assert all(one.text for one in families.values())
    assert said(HEALTH).keys() == families.keys()  # also of an agent that has nothing to watch


def test_what_a_gateway_says() -> None:
    assert value("uptime_seconds") == 60
    assert value("clock_state", state="synchronised") == 1
    assert value("clock_state", state="unset") == 0
    assert value("clock_offset_seconds") == 0.0015
    assert value("line_open", line="shed") == 1
    assert value("line_busy_ratio", line="shed") == 0.25
    assert value("device_up", device="smoke-07", line="shed") == 1
    assert value("device_heard_seconds", device="smoke-07", line="shed") == 50
    assert value("link_polls_total", device="smoke-07", line="shed") == 50
    assert value("link_faults_total", device="smoke-07", line="shed", fault="time_outs") == 2
    assert value("link_reply_seconds", device="smoke-07", line="shed", quantile="0.99") == 0.045
    assert value("readings_taken_total", lane="bulk") == 9
    assert value("readings_gone_total", lane="bulk", fate="stored") == 9
    assert value("buffer_bytes", lane="bulk") == 300
    assert value("uplink_connected") == 1
    assert value("salvage_ratio", file="buffer.db.broken-1", part="bringing") == 0.25
    assert value("disk_free_bytes") == 9e9
    assert value("local_action_on", action="siren") == 1


def test_the_number_of_samples_is_bounded_by_what_is_configured() -> None:
    assert sum(len(one.samples) for one in said().values()) < 60 + 20 * len(DEVICES)
