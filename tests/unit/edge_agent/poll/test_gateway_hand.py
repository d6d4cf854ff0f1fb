"""The gateway's own hand gives its health, whatever it is asked."""

from edge_agent.health import AgentHealth, UplinkHealth
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
        config_hash="h",
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
