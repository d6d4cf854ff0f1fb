"""Devices over HTTP on a real socket: state, orders, truth, and what is refused."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from simulators.actor import Actor, Troupe
from simulators.device_api import DeviceApi
from simulators.fault_orders import Transport
from simulators.scenario.kinds import MODBUS
from simulators.truth_book import TruthBook
from simulators.world import World
from tests.noted_port import NotedPort
from tests.patience import PATIENCE_S

NOON = 1_795_251_600_000_000


@asynccontextmanager
async def served() -> AsyncIterator[tuple[httpx.AsyncClient, TruthBook]]:
    ug3 = MODBUS["ug3"].make(1, lambda: 0, World())
    console = ug3.console(NotedPort(""), Transport.SERIAL)
    actors = {"duct": Actor("duct", "ug3", console, ug3.state, lambda: "/dev/pts/7")}
    truth = TruthBook(actors)
    troupe = Troupe(actors, lambda name, order: truth.note_order(name, order, NOON, 0))
    async with (
        DeviceApi(troupe, truth) as api,
        httpx.AsyncClient(base_url=api.url, trust_env=False, timeout=PATIENCE_S) as client,
    ):
        yield client, truth


async def test_devices_and_their_state() -> None:
    async with served() as (client, _):
        (item,) = (await client.get("/devices")).json()["items"]
        one = (await client.get("/devices/duct")).json()
    assert item["name"] == "duct"
    assert item["path"] == "/dev/pts/7"
    assert item["state"]["smoke"] is False
    assert "  smoke on|off" in one["orders"]


async def test_an_order_is_carried_out_and_written_down() -> None:
    async with served() as (client, _):
        answer = await client.post("/devices/duct/orders", json={"order": "smoke on"})
        again = await client.post("/devices/duct/orders", json={"order": "silent 3"})
        truth = (await client.get("/truth")).json()
        rest = (await client.get(f"/truth?after={truth['next']}&limit=5")).json()
    assert answer.json()["state"]["smoke"] is True
    assert again.status_code == 200
    assert [one["value"] for one in truth["items"] if one["quantity"] == "order"] == [
        "smoke on",
        "silent 3",
    ]
    assert rest == {"items": [], "next": truth["next"]}


@pytest.mark.parametrize(
    ("name", "body", "status", "told"),
    [
        ("duct", '{"order": "smok on"}', 400, "did you mean smoke?"),
        ("duct", '{"order": "smoke often"}', 400, "usage: smoke on|off"),
        ("duct", '{"order": ""}', 400, "an order is empty"),
        ("duct", '{"do": "smoke on"}', 400, 'send {"order": "…"}'),
        ("duct", "smoke on", 400, 'send {"order": "…"}'),
        ("dukt", '{"order": "smoke on"}', 404, "did you mean 'duct'?"),
        ("xyz", '{"order": "smoke on"}', 404, "there are: duct"),
    ],
)
async def test_what_is_wrong_is_told_with_what_is_right(
    name: str, body: str, status: int, told: str
) -> None:
    async with served() as (client, _):
        answer = await client.post(f"/devices/{name}/orders", content=body)
    assert answer.status_code == status
    assert told in answer.json()["error"]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=1001"])
async def test_numbers_of_a_page_are_bounded(query: str) -> None:
    async with served() as (client, _):
        answer = await client.get(f"/truth?{query}")
    assert answer.status_code == 400
    assert "is a whole number up to" in answer.json()["error"]


async def test_a_page_of_a_browser_gives_no_orders() -> None:
    async with served() as (client, _):
        answer = await client.post(
            "/devices/duct/orders",
            json={"order": "smoke on"},
            headers={"Origin": "https://example.org"},
        )
        state = (await client.get("/devices/duct")).json()["state"]
    assert answer.status_code == 403
    assert state["smoke"] is False


async def test_the_truth_can_be_followed() -> None:
    async with served() as (client, truth):
        truth.look(NOON, 0)
        found = []
        async with client.stream("GET", "/truth?follow=1") as answer:
            assert answer.headers["content-type"] == "application/x-ndjson"
            async for line in answer.aiter_lines():
                found.append(json.loads(line)["quantity"])
                if len(found) == 4:
                    truth.note_order("duct", "smoke on", NOON, 0)
                if "order" in found:
                    break
    assert found.count("order") == 1


async def test_who_follows_is_let_go_at_the_end() -> None:
    truth = TruthBook({})
    async with (
        asyncio.timeout(PATIENCE_S),
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client,
    ):
        async with DeviceApi(Troupe({}, print), truth) as api:
            stream = client.stream("GET", f"{api.url}/truth?follow=1")
            answer = await stream.__aenter__()
        with suppress(httpx.ReadError):  # it may also end in order
            await answer.aread()
        await answer.aclose()


async def test_a_taken_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="address already in use"):
            await DeviceApi(Troupe({}, print), TruthBook({}), port).__aenter__()
