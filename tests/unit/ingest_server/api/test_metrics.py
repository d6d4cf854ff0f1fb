"""The figures of a server that took, refused, alarmed and owes a delivery."""

from dataclasses import replace

import httpx
import pytest
from msgspec import structs

from ingest_server.api.web import build
from ingest_server.health import Vitals
from runtime.exposition import MEDIA_TYPE
from tests.golden_message import golden
from tests.server_rig import TOKEN, ServerRig


async def figures(rig: ServerRig) -> dict[str, float]:
    answer = await rig.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPE
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


async def test_an_empty_server_has_figures_too(rig: ServerRig) -> None:
    found = await figures(rig)
    assert found['lifeline_readings{lane="urgent",place="stored"}'] == 0
    assert found['lifeline_entries_waiting{cursor="store"}'] == 0
    assert found['lifeline_gateways{state="silent"}'] == 0
    assert found["process_resident_memory_bytes"] > 1_000_000


async def test_what_was_taken_refused_and_is_owed(rig: ServerRig) -> None:
    good = golden("urgent_good")
    await rig.feed("birth", "urgent_good", structs.replace(good, payload=b"\xff"))
    rig.clock.advance(40_000_000)
    found = await figures(rig)
    ledger = {
        place: found[f'lifeline_readings{{lane="urgent",place="{place}"}}']
        for place in ("stored", "rejected", "thinned", "dropped", "lost_after_receipt", "buffered")
    }
    assert ledger["stored"] == 1
    assert found['lifeline_readings{lane="urgent",place="taken"}'] == sum(ledger.values())
    assert found['lifeline_quarantine_messages{reason="not_json"}'] == 1
    assert found['lifeline_alarms{class="hazard",state="active_unacknowledged"}'] == 1
    assert found['lifeline_deliveries_outstanding{receiver="centre"}'] >= 1
    assert found['lifeline_delivery_oldest_seconds{receiver="centre"}'] == 40
    assert found['lifeline_gateways{state="silent"}'] == 1
    assert found['lifeline_entries_waiting{cursor="alarm.urgent"}'] == 0


async def test_what_only_the_stages_know(rig: ServerRig) -> None:
    vitals = Vitals({"urgent": True, "rest": False}, 4, 20_000, {0.5: 4_000, 0.99: 9_000})
    office = replace(rig.office, vitals=lambda: vitals)
    transport = httpx.ASGITransport(build(office, TOKEN))
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://s", headers=headers) as one:
        text = (await one.get("/metrics")).text
    assert 'lifeline_commit_seconds{quantile="0.99"} 0.009\n' in text
    assert "lifeline_commit_seconds_sum 0.02\nlifeline_commit_seconds_count 4\n" in text
    assert 'lifeline_mqtt_connected{session="rest"} 0\n' in text


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8470"}, 200),
        ("::1", {"host": "[::1]:8470"}, 200),
        ("127.0.0.1", {"host": "localhost:8470"}, 200),
        ("10.0.0.9", {"host": "127.0.0.1:8470"}, 401),
        ("127.0.0.1", {"host": "city.example:443"}, 401),
        ("127.0.0.1", {"host": "localhost:8470", "x-forwarded-for": "10.0.0.9"}, 401),
        ("127.0.0.1", {"host": "localhost:8470", "origin": "https://evil.example"}, 401),
    ],
)
async def test_without_the_token_only_for_this_machine_itself(
    rig: ServerRig, client: str, headers: dict[str, str], status: int
) -> None:
    transport = httpx.ASGITransport(build(rig.office, TOKEN), client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as one:
        assert (await one.get("/metrics", headers=headers)).status_code == status
        assert (await one.get("/v1/alarms", headers=headers)).status_code == 401
