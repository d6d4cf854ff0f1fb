"""A real HTTP server: verifies, records, answers as told, and can be told over HTTP."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from runtime.clock import SystemClock
from simulators.alarm_centre import AlarmCentre
from simulators.delivery_book import Complaint, Delivery, Violation
from simulators.webhook_check import Verdict, secret_key, signature
from tests.patience import PATIENCE_S

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
async def centre() -> AsyncIterator[AlarmCentre]:
    async with AlarmCentre(SECRET) as running:
        yield running


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as made:
        yield made


def signed(
    message_id: str, kind: str = "alarm.raised", revision: int = 1, secret: str = SECRET
) -> tuple[bytes, dict[str, str]]:
    data = {"alarm_id": "a1", "revision": revision}
    body = json.dumps({"type": kind, "timestamp": "2026-11-21T08:00:00Z", "data": data}).encode()
    stamp = str(SystemClock().utc_us() // 1_000_000)
    return body, {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(secret_key(secret), message_id, stamp, body),
        "content-type": "application/json",
    }


async def post(
    client: httpx.AsyncClient,
    centre: AlarmCentre,
    message_id: str,
    *,
    timeout: float = PATIENCE_S,  # noqa: ASYNC109 - httpx keeps it
    **more: object,
) -> httpx.Response:
    body, headers = signed(message_id, **more)  # type: ignore[arg-type]  # its keys are this file's own
    return await client.post(centre.url, content=body, headers=headers, timeout=timeout)


async def test_verified_and_recorded(centre: AlarmCentre, client: httpx.AsyncClient) -> None:
    assert (await post(client, centre, "m1")).status_code == 200
    got = await centre.wait_for(lambda one: one.type == "alarm.raised")
    assert (got.verdict, got.alarm_id, got.revision) == (Verdict.VERIFIED, "a1", 1)
    assert centre.alarms == [got]
    assert centre.violations == []


async def test_not_verified_is_refused_and_complained_of(
    centre: AlarmCentre, client: httpx.AsyncClient
) -> None:
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    centre.answer_next("503")
    assert (await post(client, centre, "m1", secret=other)).status_code == 401
    assert centre.violations[0].complaint is Complaint.NOT_VERIFIED
    assert centre.alarms == []
    assert centre.script.left == 1


async def test_answers_as_told(centre: AlarmCentre, client: httpx.AsyncClient) -> None:
    centre.answer_next(503)
    centre.answer_next("429", retry_after_s=7)
    centre.answer_next("reset")
    centre.answer_next("timeout")
    assert (await post(client, centre, "m1")).status_code == 503
    limited = await post(client, centre, "m1")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    with pytest.raises(httpx.ReadError):
        await post(client, centre, "m1")
    with pytest.raises(httpx.ReadTimeout):
        await post(client, centre, "m1", timeout=0.3)
    assert (await post(client, centre, "m1")).status_code == 200
    assert [one.answer for one in centre.deliveries] == ["503", "429", "reset", "timeout", "200"]
    assert centre.book.duplicates == 4


async def test_standing_answer(centre: AlarmCentre, client: httpx.AsyncClient) -> None:
    centre.answer_always(503)
    assert (await post(client, centre, "h1", kind="heartbeat")).status_code == 503
    centre.answer_always(200)
    assert (await post(client, centre, "h1", kind="heartbeat")).status_code == 200


async def test_closing_does_not_wait_for_a_delivery_without_answer(
    client: httpx.AsyncClient,
) -> None:
    async with AlarmCentre(SECRET) as centre:
        centre.answer_next("timeout")
        with pytest.raises(httpx.ReadTimeout):
            await post(client, centre, "m1", timeout=0.3)


async def test_told_over_http(centre: AlarmCentre, client: httpx.AsyncClient) -> None:
    base = f"http://127.0.0.1:{centre.port}"
    told = await client.post(f"{base}/control/answer", json={"mode": "503", "count": 2})
    assert told.json() == {"script_left": 2, "standing": "200"}
    await client.post(f"{base}/control/answer", json=[{"mode": "429"}, {"mode": "reset"}])
    assert centre.script.left == 4
    told = await client.post(f"{base}/control/answer", json={"always": "500"})
    assert told.json() == {"script_left": 4, "standing": "500"}
    assert (await post(client, centre, "m1")).status_code == 503
    await client.delete(f"{base}/control/answer")
    assert (await post(client, centre, "m2", revision=2)).status_code == 200
    record = (await client.get(f"{base}/control/record")).json()
    assert [one["webhook_id"] for one in record["deliveries"]] == ["m1", "m2"]
    assert record["violations"] == []


@pytest.mark.parametrize("order", [b"{", b"7", b'{"mode":"perhaps"}', b"[1]", b'{"always":[]}'])
async def test_a_wrong_order_is_explained(
    centre: AlarmCentre, client: httpx.AsyncClient, order: bytes
) -> None:
    url = f"http://127.0.0.1:{centre.port}/control/answer"
    refused = await client.post(url, content=order)
    assert refused.status_code == 400
    assert refused.json()["error"]


async def test_written_as_json_lines(tmp_path: Path, client: httpx.AsyncClient) -> None:
    file = tmp_path / "record.jsonl"
    async with AlarmCentre(SECRET, record=file) as centre:
        await post(client, centre, "m1")
        await post(client, centre, "m2", revision=2)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["webhook_id"], line["body"]["data"]["revision"]) for line in lines] == [
        ("m1", 1),
        ("m2", 2),
    ]
    assert "signature" not in file.read_text()


async def test_callbacks_see_complaints(client: httpx.AsyncClient) -> None:
    seen: list[tuple[Delivery, list[Violation]]] = []
    async with AlarmCentre(
        SECRET, on_delivery=lambda one, wrong: seen.append((one, wrong))
    ) as centre:
        await post(client, centre, "m2", revision=2)
        await post(client, centre, "m1", revision=1)
    assert [len(wrong) for _, wrong in seen] == [0, 1]


async def test_silence_is_noticed(client: httpx.AsyncClient) -> None:
    seen: list[Violation] = []
    async with AlarmCentre(SECRET, heartbeat_limit_s=0.0, on_silence=seen.append) as centre:
        await post(client, centre, "h1", kind="heartbeat")
        centre._watch()
    assert [violation.complaint for violation in seen] == [Complaint.HEARTBEAT_LATE]


async def test_waiting_in_vain_tells_what_came(
    centre: AlarmCentre, client: httpx.AsyncClient
) -> None:
    await post(client, centre, "m1")
    with pytest.raises(TimeoutError, match=r"alarm.raised a1 r1"):
        await centre.wait_for(lambda one: one.type == "alarm.closed", 0.02)
    with pytest.raises(TimeoutError):
        await centre.wait_for(lambda one: one.is_alarm, 0.02, after=1)


async def test_a_taken_port_is_an_os_error(centre: AlarmCentre) -> None:
    with pytest.raises(OSError, match="address already in use"):
        async with AlarmCentre(SECRET, port=centre.port):
            pass


async def test_several_secrets(client: httpx.AsyncClient) -> None:
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    async with AlarmCentre([SECRET, other]) as centre:
        assert (await post(client, centre, "m1", secret=other)).status_code == 200
