"""Liveness and readiness over HTTP, without a token."""

from ingest_server.health import Health, NotReady, Reason
from tests.server_rig import ServerRig


async def test_alive_and_ready_without_a_token(rig: ServerRig) -> None:
    del rig.client.headers["authorization"]
    assert await rig.get("/healthz") == {"status": "alive"}
    assert await rig.get("/readyz") == {"status": "ready", "reasons": [], "notices": []}


async def test_not_ready_by_named_reasons(rig: ServerRig) -> None:
    rig.health.append(Health((Reason(NotReady.BROKER_AWAY, "no broker"),), ("a notice",)))
    said = await rig.get("/readyz", 503)
    assert said == {
        "status": "not_ready",
        "reasons": [{"reason": "broker_away", "detail": "no broker"}],
        "notices": ["a notice"],
    }
    assert await rig.get("/healthz") == {"status": "alive"}
