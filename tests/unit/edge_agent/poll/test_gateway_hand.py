"""The gateway's own hand gives its health, whatever it is asked."""

import sqlite3

from edge_agent.health import AgentHealth, ConfigHealth, UplinkHealth
from edge_agent.poll.gateway_hand import GatewayHand
from wire.command import Command, CommandKind, Outcome


async def health() -> AgentHealth:
    return AgentHealth(
        gateway="gw-001",
        version="1",
        boot="b",
        epoch="e",
        clock="unset",
        now_us=0,
        started_us=0,
        config=ConfigHealth("h"),
        lines=(),
        devices=(),
        lanes=(),
        is_in_memory=False,
        not_taken=0,
        refusal="",
        uplink=UplinkHealth("broker", is_connected=False, connection=0, receipt_us=None),
        late=(),
        notices=(),
    )


async def test_diagnostics_is_the_health_document() -> None:
    done = await GatewayHand(health).carry_out(Command("c-1", CommandKind.DIAGNOSTICS, "desk"))
    assert done.outcome is Outcome.DONE
    assert '"gateway":"gw-001"' in done.detail


async def test_a_disk_that_refuses_is_told_and_not_raised() -> None:
    async def no_disk() -> AgentHealth:
        raise sqlite3.OperationalError("disk I/O error")

    done = await GatewayHand(no_disk).carry_out(Command("c-1", CommandKind.DIAGNOSTICS, "desk"))
    assert done.outcome is Outcome.FAILED
    assert "disk I/O error" in done.detail
