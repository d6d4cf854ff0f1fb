"""Configurations over HTTP: wanted with the hash that was seen, refused by name, audited."""

from typing import Any

import pytest

from ingest_server.db import desired_book
from tests.golden_message import golden
from tests.server_rig import T0, ServerRig
from wire.command import Outcome, Result
from wire.identity import decode_birth

PATH = "/v1/gateways/gw-001/config"
HASH = decode_birth(golden("birth").payload, "gw-001").config_hash
TOML = """[lines.shed]
kind = "modbus-rtu"
port = "/dev/ttyUSB0"
[devices.smoke-01]
profile = "calectro_ug3"
line = "shed"
"""


async def put(rig: ServerRig, status: int, **change: object) -> Any:
    body = {"toml": TOML, "expected": HASH, "actor": "desk", **change}
    answer = await rig.client.put(PATH, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_wanted_answered_and_listed(rig: ServerRig) -> None:
    await rig.feed("birth")
    before = await rig.get(PATH)
    assert before == {"gateway": "gw-001", "in_force": HASH, "desired": None}
    found = (await put(rig, 202, comment="poll faster"))["desired"]
    assert (found["state"], found["toml"], found["based_on"]) == ("pending", TOML, HASH)
    result = Result(f"config/{found['version']}", Outcome.REJECTED, T0, "no such port", HASH)
    await rig.files.book.transact(
        lambda book: desired_book.record_answer(book, "gw-001", result, T0 + 1_000_000)
    )
    found = (await rig.get(PATH))["desired"]
    assert (found["state"], found["detail"]) == ("rejected", "no such port")
    assert [(one["event"], one["who"]) for one in found["events"]] == [
        ("asked", "desk"),
        ("rejected", "gw-001"),
    ]
    second = (await put(rig, 202))["desired"]["version"]
    listed = await rig.get(f"{PATH}/versions?limit=1")
    assert [one["version"] for one in listed["items"]] == [second]
    rest = await rig.get(f"{PATH}/versions?after={listed['next']}")
    assert [one["version"] for one in rest["items"]] == [found["version"]]
    one = await rig.get(f"{PATH}/versions/{found['version']}")
    assert one == found
    summary = (await rig.get("/v1/gateways/gw-001"))["config"]
    assert summary == {"version": second, "state": "pending", "withdrawn": False}


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"expected": "0" * 16}, 409, "hash_mismatch"),
        ({"toml": "[lines"}, 422, "invalid_configuration"),
        ({"toml": 'gateway.id = "gw-2"\n' + TOML}, 422, "invalid_configuration"),
        ({"toml": "x" * 60_001}, 422, "invalid"),
        ({"toml": ""}, 422, "invalid"),
        ({"actor": ""}, 422, "invalid"),
        ({"password": "x"}, 422, "invalid"),
    ],
)
async def test_refused_by_name(
    rig: ServerRig, change: dict[str, object], status: int, reason: str
) -> None:
    await rig.feed("birth")
    assert (await put(rig, status, **change))["reason"] == reason
    assert (await rig.get(PATH))["desired"] is None


async def test_nobody_that_was_never_born(rig: ServerRig) -> None:
    await put(rig, 404)
    await rig.get(PATH, 404)
    await rig.get(f"{PATH}/versions/3", 404)
    assert (await rig.get(f"{PATH}/versions"))["items"] == []


async def test_not_without_the_token(rig: ServerRig) -> None:
    rig.client.headers.pop("authorization")
    await put(rig, 401)


async def test_withdrawn_and_withdrawn_again(rig: ServerRig) -> None:
    await rig.feed("birth")
    empty = await rig.client.delete(PATH, params={"actor": "desk"})
    assert (empty.status_code, empty.json()["desired"]) == (200, None)
    version = (await put(rig, 202))["desired"]["version"]
    query = {"actor": "desk", "comment": "as it was", "version": version - 1}
    other = await rig.client.delete(PATH, params=query)
    assert (other.status_code, other.json()["reason"]) == (409, "version_mismatch")
    said = [await rig.client.delete(PATH, params={**query, "version": version}) for _ in range(2)]
    assert [one.status_code for one in said] == [202, 202]
    first, again = (one.json()["desired"] for one in said)
    assert first == again
    assert (first["withdrawn"], first["state"], first["toml"]) == (True, "pending", "")
    assert [(one["event"], one["who"], one["detail"]) for one in first["events"]] == [
        ("withdraw", "desk", "as it was")
    ]
    result = Result(f"config/{first['version']}", Outcome.APPLIED, T0, "", HASH)
    await rig.files.book.transact(
        lambda book: desired_book.record_answer(book, "gw-001", result, T0 + 1_000_000)
    )
    settled = await rig.client.delete(PATH, params={"actor": "desk"})
    assert (settled.status_code, settled.json()["desired"]["state"]) == (200, "applied")
    summary = (await rig.get("/v1/gateways/gw-001"))["config"]
    assert summary == {"version": first["version"], "state": "applied", "withdrawn": True}


async def test_a_withdrawal_has_a_name_and_a_gateway(rig: ServerRig) -> None:
    assert (await rig.client.delete(PATH, params={"actor": "desk"})).status_code == 404
    await rig.feed("birth")
    assert (await rig.client.delete(PATH)).json()["reason"] == "invalid"
