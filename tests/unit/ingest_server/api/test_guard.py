"""No path below /v1 opens without the token, and every answer keeps to itself."""

import httpx
import pytest

from ingest_server.api.guard import OPEN, Guard
from tests.server_rig import TOKEN, ServerRig

PATHS = [
    "/v1/alarms",
    "/v1/gateways",
    "/v1/nothing",
    "/docs",
    "/page",
    "/V1/alarms",
    "http://server//healthz",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "given", [None, "", "Bearer", f"Basic {TOKEN}", "Bearer wrong", f"Bearer {TOKEN}x", TOKEN]
)
async def test_without_the_token_nothing_is_told(
    rig: ServerRig, path: str, given: str | None
) -> None:
    headers = {} if given is None else {"authorization": given}
    del rig.client.headers["authorization"]
    answer = await rig.client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] == "token_missing_or_wrong"


async def test_the_scheme_is_written_as_one_likes(rig: ServerRig) -> None:
    for given in (f"bearer {TOKEN}", f"BEARER  {TOKEN} "):
        answer = await rig.client.get("/v1/alarms", headers={"authorization": given})
        assert answer.status_code == 200


async def test_only_health_and_the_contract_are_open(rig: ServerRig) -> None:
    del rig.client.headers["authorization"]
    for path in OPEN:
        assert (await rig.client.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/v1/alarms", "/v1/nothing", "/v1/alarms?limit=0"])
async def test_every_answer_has_the_headers(rig: ServerRig, path: str) -> None:
    for client_headers in ({}, {"authorization": "Bearer wrong"}):
        headers = (await rig.client.get(path, headers=client_headers)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]


async def test_without_a_token_no_body_is_read() -> None:
    async def never(*_: object) -> None:
        raise AssertionError("the application was asked")

    transport = httpx.ASGITransport(Guard(never, TOKEN))
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
        answer = await client.post("/v1/alarms/x/reset", content=b"x" * 100)
    assert answer.status_code == 401
