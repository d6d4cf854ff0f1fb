"""Commands over HTTP: asked, refused by name, listed by pages, each with its audit."""

import pytest

from ingest_server.db import command_book
from tests.server_rig import T0, ServerRig
from wire.command import Outcome, Result

PATH = "/v1/gateways/gw-001/commands"
RESET = {"kind": "action", "device": "smoke-01", "action": "reset", "actor": "desk"}


async def test_asked_listed_and_answered(rig: ServerRig) -> None:
    await rig.feed("birth")
    one = await rig.post(PATH, {**RESET, "comment": "all clear", "expires_in": 30}, 202)
    assert (one["state"], one["actor"], one["sendings"]) == ("queued", "desk", 0)
    assert (one["asked"], one["expires"]) == (
        "2026-09-21T14:13:21.000000Z",
        "2026-09-21T14:13:51.000000Z",
    )
    result = Result(one["id"], Outcome.DONE, T0 + 1_000_000, "1 of 1 writes echoed")
    await rig.files.book.transact(
        lambda book: command_book.record_answer(book, "gw-001", result, T0 + 2_000_000)
    )
    file = await rig.get(f"{PATH}/{one['id']}")
    assert (file["command"]["state"], file["command"]["detail"]) == ("done", result.detail)
    assert file["command"]["done"] == "2026-09-21T14:13:22.000000Z"
    assert [(line["event"], line["who"]) for line in file["events"]] == [
        ("asked", "desk"),
        ("done", "gw-001"),
    ]


async def test_pages_and_filters(rig: ServerRig) -> None:
    await rig.feed("birth")
    for number in range(3):
        await rig.post(PATH, {**RESET, "id": f"c-{number}"}, 202)
    await rig.post(PATH, {"kind": "diagnostics", "actor": "desk", "id": "c-3"}, 202)
    first = await rig.get(f"{PATH}?limit=3")
    assert [one["id"] for one in first["items"]] == ["c-3", "c-2", "c-1"]
    rest = await rig.get(f"{PATH}?limit=3&after={first['next']}")
    assert ([one["id"] for one in rest["items"]], rest["next"]) == (["c-0"], None)
    assert len((await rig.get(f"{PATH}?device=smoke-01"))["items"]) == 3
    assert (await rig.get(f"{PATH}?state=done"))["items"] == []


async def test_the_same_id_is_the_same_command(rig: ServerRig) -> None:
    await rig.feed("birth")
    first = await rig.post(PATH, {**RESET, "id": "mine"}, 202)
    assert await rig.post(PATH, {**RESET, "id": "mine"}, 202) == first
    other = await rig.post(PATH, {"kind": "diagnostics", "actor": "desk", "id": "mine"}, 409)
    assert other["reason"] == "id_taken"


@pytest.mark.parametrize(
    ("path", "change", "status", "reason"),
    [
        ("/v1/gateways/gw-9/commands", {}, 404, "not_found"),
        (PATH, {"device": "smoke-9"}, 404, "not_found"),
        (PATH, {"device": None}, 409, "device_missing"),
        (PATH, {"action": "self_destruct"}, 409, "action_not_allowed"),
        (PATH, {"kind": "read"}, 409, "action_out_of_place"),
        (PATH, {"kind": "format"}, 422, "invalid"),
        (PATH, {"actor": ""}, 422, "invalid"),
        (PATH, {"expires_in": 86_400}, 422, "invalid"),
        (PATH, {"more": 1}, 422, "invalid"),
    ],
)
async def test_refused_by_name(
    rig: ServerRig, path: str, change: dict[str, object], status: int, reason: str
) -> None:
    await rig.feed("birth")
    problem = await rig.post(path, {**RESET, **change}, status)
    assert problem["reason"] == reason
    if reason == "action_not_allowed":
        assert problem["detail"] == "the profile of smoke-01 allows: reset, relay_test"


async def test_one_of_another_gateway_is_not_shown(rig: ServerRig) -> None:
    await rig.feed("birth")
    await rig.post(PATH, {**RESET, "id": "mine"}, 202)
    assert (await rig.get("/v1/gateways/gw-2/commands/mine", 404))["reason"] == "not_found"


async def test_what_a_gateway_did_by_itself_is_listed_with_who_and_why(rig: ServerRig) -> None:
    await rig.feed("birth")
    said = "sound at siren-01, asked by local action siren (smoke-01/smoke): 1 of 1 writes echoed"
    result = Result("local-siren-9f2c1e-3-do-1", Outcome.DONE, T0, said)
    await rig.files.book.transact(
        lambda book: command_book.record_answer(book, "gw-001", result, T0 + 2_000_000)
    )
    (one,) = (await rig.get(PATH))["items"]
    assert (one["id"], one["origin"], one["state"]) == (result.answers, "local_action", "done")
    assert (one["device"], one["action"], one["detail"]) == (
        "siren-01", "sound", "1 of 1 writes echoed",
    )  # fmt: skip
    assert one["actor"] == "local action siren (smoke-01/smoke)"
    file = await rig.get(f"{PATH}/{result.answers}")
    assert [line["event"] for line in file["events"]] == ["asked", "done"]
