"""The API as a whole: its contract in OpenAPI, and nothing from the internet."""

import re

from ingest_server.api.web import release
from tests.server_rig import ServerRig

ROUTES = {
    "/v1/alarms": {"get"},
    "/v1/alarms/{alarm_id}": {"get"},
    "/v1/alarms/{alarm_id}/acknowledge": {"post"},
    "/v1/alarms/{alarm_id}/reset": {"post"},
    "/v1/gateways": {"get"},
    "/v1/gateways/{gateway}": {"get"},
    "/v1/gateways/{gateway}/commands": {"get", "post"},
    "/v1/gateways/{gateway}/commands/{command_id}": {"get"},
    "/v1/gateways/{gateway}/devices": {"get"},
    "/v1/readings": {"get"},
    "/v1/readings/downsampled": {"get"},
    "/v1/gateways/{gateway}/config": {"delete", "get", "put"},
    "/v1/gateways/{gateway}/config/versions": {"get"},
    "/v1/gateways/{gateway}/config/versions/{version}": {"get"},
    "/v1/readings/latest": {"get"},
    "/v1/deliveries": {"get"},
    "/v1/deliveries/{delivery_id}": {"get"},
    "/v1/deliveries/{delivery_id}/replay": {"post"},
    "/v1/profiles": {"get"},
    "/v1/quarantine": {"get"},
    "/v1/quarantine/{number}": {"get"},
    "/v1/quarantine/{number}/replay": {"post"},
    "/healthz": {"get"},
    "/readyz": {"get"},
}


async def test_the_contract_names_every_route(rig: ServerRig) -> None:
    contract = await rig.get("/openapi.json")
    assert {path: set(ways) for path, ways in contract["paths"].items()} == ROUTES
    assert contract["info"]["version"] == release()


async def test_every_list_is_paged(rig: ServerRig) -> None:
    contract = await rig.get("/openapi.json")
    for path in ROUTES:
        schema = str(contract["paths"][path].get("get", {}).get("responses", {}).get("200"))
        if "Page_" in schema:
            names = {one["name"] for one in contract["paths"][path]["get"]["parameters"]}
            assert "limit" in names


async def test_no_page_of_documentation_loads_anything(rig: ServerRig) -> None:
    for path in ("/docs", "/redoc"):
        assert (await rig.client.get(path)).status_code == 404
    assert not re.search(r"cdn|jsdelivr", (await rig.client.get("/openapi.json")).text)


def test_the_release_is_known() -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+.*|unknown", release())
