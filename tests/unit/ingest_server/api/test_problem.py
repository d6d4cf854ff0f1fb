"""Every error is problem JSON (RFC 9457) with a named reason."""

import httpx
import pytest

from ingest_server.api.problem import MEDIA_TYPE
from tests.server_rig import ServerRig


async def problem(answer: httpx.Response, status: int, reason: str) -> str:
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    body = answer.json()
    assert body.keys() == {"type", "title", "status", "detail", "reason"}
    assert (body["type"], body["status"], body["reason"]) == ("about:blank", status, reason)
    return str(body["detail"])


async def test_no_such_path_and_no_such_method(rig: ServerRig) -> None:
    await problem(await rig.client.get("/v1/nothing"), 404, "not_found")
    answer = await rig.client.delete("/v1/alarms")
    await problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'"x"', b"\xff", b"NaN"])
async def test_a_body_that_is_none(rig: ServerRig, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = await rig.client.post("/v1/alarms/x/reset", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    await problem(answer, answer.status_code, answer.json()["reason"])


async def test_a_body_that_is_too_large(rig: ServerRig) -> None:
    body = b'{"actor": "' + b"x" * 200_000 + b'"}'
    headers = {"content-type": "application/json"}
    answer = await rig.client.post("/v1/alarms/x/reset", content=body, headers=headers)
    await problem(answer, 413, "too_large")


async def test_what_is_invalid_is_named_without_a_lecture(rig: ServerRig) -> None:
    detail = await problem(await rig.client.get("/v1/alarms?limit=x"), 422, "invalid")
    assert detail.startswith("limit: ")


async def test_a_database_that_fails_is_no_secret_and_no_crash(rig: ServerRig) -> None:
    await rig.files.book.transact(lambda book: book.execute("DROP TABLE operation"))
    await rig.feed("birth", "urgent_good")
    alarm = (await rig.get("/v1/alarms"))["items"][0]["alarm_id"]
    answer = await rig.client.get(f"/v1/alarms/{alarm}")
    assert "operation" in await problem(answer, 503, "database")


async def test_a_defect_of_ours_tells_nothing(rig: ServerRig) -> None:
    await rig.feed("birth", "urgent_good")
    await rig.files.book.transact(lambda book: book.execute("UPDATE alarm SET snapshot = x'ff'"))
    answer = await rig.client.get("/v1/alarms")
    assert "log" in await problem(answer, 500, "internal")
