"""Deliveries over HTTP: by state, receiver and alarm, by pages, each with its attempts."""

from ingest_server.db.delivery import Attempt
from ingest_server.db.outbox import record_delivered, record_failed
from tests.server_rig import T0, ServerRig


async def test_listed_narrowed_and_paged(rig: ServerRig) -> None:
    assert await rig.get("/v1/deliveries") == {"items": [], "next": None}
    await rig.feed("birth", "urgent_good")
    every = (await rig.get("/v1/deliveries"))["items"]
    assert {one["receiver"] for one in every} == {"centre"}
    alarm = every[0]["alarm_id"]
    assert (await rig.get(f"/v1/deliveries?alarm={alarm}"))["items"] == every[:1]
    assert (await rig.get("/v1/deliveries?receiver=other"))["items"] == []
    assert (await rig.get("/v1/deliveries?state=delivered"))["items"] == []
    first = await rig.get("/v1/deliveries?limit=1")
    rest = await rig.get(f"/v1/deliveries?after={first['next']}")
    assert first["items"] + rest["items"] == every


async def test_one_with_its_attempts(rig: ServerRig) -> None:
    await rig.feed("birth", "urgent_good")
    one = (await rig.get("/v1/deliveries"))["items"][0]["id"]
    failed = Attempt(at_us=T0, outcome="server_error", status=503, latency_ms=2, answer="later")
    done = Attempt(at_us=T0 + 5, outcome="delivered", status=200, latency_ms=3, answer="")
    await rig.files.book.transact(
        lambda book: record_failed(book, one, failed, now_us=T0, next_us=T0 + 9)
    )
    waiting = (await rig.get(f"/v1/deliveries/{one}"))["delivery"]
    assert (waiting["state"], waiting["next_attempt"]) == (
        "waiting",
        "2026-09-21T14:13:21.000009Z",
    )
    await rig.files.book.transact(lambda book: record_delivered(book, one, done))
    file = await rig.get(f"/v1/deliveries/{one}")
    assert (file["delivery"]["state"], file["delivery"]["next_attempt"]) == ("delivered", None)
    assert [(a["number"], a["outcome"], a["status"]) for a in file["attempts"]] == [
        (1, "server_error", 503),
        (2, "delivered", 200),
    ]


async def test_no_such_delivery(rig: ServerRig) -> None:
    assert (await rig.get("/v1/deliveries/msg_none", 404))["reason"] == "not_found"


async def test_a_settled_one_is_sent_once_more_under_its_own_id(rig: ServerRig) -> None:
    await rig.feed("birth", "urgent_good")
    one = (await rig.get("/v1/deliveries"))["items"][0]["id"]
    path, order = f"/v1/deliveries/{one}/replay", {"actor": "desk"}
    assert (await rig.post(path, order, 409))["reason"] == "not_settled"
    done = Attempt(at_us=T0 + 5, outcome="delivered", status=200, latency_ms=3, answer="")
    await rig.files.book.transact(lambda book: record_delivered(book, one, done))
    again = await rig.post(path, order)
    assert (again["id"], again["state"], again["attempts"]) == (one, "waiting", 1)
    assert (await rig.post("/v1/deliveries/none/replay", order, 404))["reason"] == "not_found"
    assert (await rig.post(path, {}, 422))["reason"] == "invalid"
