"""Gateways over HTTP: presence by arrival, a ledger that balances, devices by pages."""

from msgspec.structs import replace

from tests.golden_message import golden
from tests.server_rig import ServerRig


async def test_none_yet(rig: ServerRig) -> None:
    assert await rig.get("/v1/gateways") == {"items": [], "next": None}
    assert (await rig.get("/v1/gateways/gw-001", 404))["reason"] == "not_found"


async def test_a_gateway_with_its_lanes(rig: ServerRig) -> None:
    await rig.feed("birth", "status_online", "urgent_good", "bulk_good")
    (gateway,) = (await rig.get("/v1/gateways"))["items"]
    assert (gateway["gateway"], gateway["presence"], gateway["silent"]) == (
        "gw-001",
        "online",
        False,
    )
    assert gateway["lanes"]["urgent"]["ledger"]["stored"] == 1
    assert gateway["lanes"]["bulk"]["ledger"]["stored"] == 12
    for lane in gateway["lanes"].values():
        assert lane["ledger"]["balanced"]
        assert lane["last_arrival"] == "2026-09-21T14:13:21.000000Z"


async def test_silence_is_judged_by_arrivals(rig: ServerRig) -> None:
    await rig.feed("birth", "status_online", "urgent_good")
    rig.clock.advance(31_000_000)
    (gateway,) = (await rig.get("/v1/gateways"))["items"]
    assert (gateway["presence"], gateway["silent"]) == ("online", True)
    assert gateway["lanes"]["urgent"]["lag_seconds"] > 31


async def test_its_file_has_epochs_devices_and_what_is_held(rig: ServerRig) -> None:
    await rig.feed("birth", "urgent_good", "bulk_good")
    file = await rig.get("/v1/gateways/gw-001")
    epochs = {one["epoch"]: one for one in file["lanes"]["urgent"]["epochs"]}
    assert epochs["9f3c01d2a4b5e677"]["had"] == [[7, 7]]
    assert all(one["ledger"]["balanced"] for one in epochs.values())
    devices = {one["device"]: one["rules"] for one in file["devices"]["items"]}
    assert devices["smoke-01"] == "pending", "the golden birth states a made-up hash"
    assert file["lines"]
    assert file["software"] == "edge-agent"
    assert isinstance(file["held"], dict)
    assert isinstance(file["not_evaluated"], dict)


async def test_one_that_no_birth_has_named_is_found_by_its_lanes(rig: ServerRig) -> None:
    await rig.feed("bulk_good")
    file = await rig.get("/v1/gateways/gw-001")
    assert (file["born"], file["silent"]) == (None, True)
    assert file["lanes"]["bulk"]["ledger"]["stored"] == 12
    assert sum(file["held"].values()) == 12


async def test_a_stranger_has_no_epochs(rig: ServerRig) -> None:
    await rig.feed("stranger")
    gateway = golden("stranger").topic.split("/")[4]
    lanes = (await rig.get(f"/v1/gateways/{gateway}"))["lanes"].values()
    assert sum(lane["foreign_readings"] for lane in lanes) > 0
    assert all(lane["epochs"] == [] for lane in lanes)


async def test_devices_by_pages(rig: ServerRig) -> None:
    await rig.feed("birth")
    every = (await rig.get("/v1/gateways/gw-001/devices"))["items"]
    first = await rig.get("/v1/gateways/gw-001/devices?limit=1")
    assert first["items"] == every[:1]
    rest = await rig.get(f"/v1/gateways/gw-001/devices?after={first['next']}")
    assert first["items"] + rest["items"] == every


async def test_gateways_by_pages(rig: ServerRig) -> None:
    await rig.feed("urgent_good")
    await rig.files.book.transact(
        lambda book: book.executemany(
            "INSERT INTO gateway (gateway) VALUES (?)", [(f"gw-10{n}",) for n in range(4)]
        )
    )
    first = await rig.get("/v1/gateways?limit=3")
    assert [one["gateway"] for one in first["items"]] == ["gw-001", "gw-100", "gw-101"]
    rest = await rig.get(f"/v1/gateways?after={first['next']}")
    assert [one["gateway"] for one in rest["items"]] == ["gw-102", "gw-103"]
    assert rest["next"] is None


async def test_what_was_refused_stands_in_the_ledger(rig: ServerRig) -> None:
    await rig.feed(replace(golden("urgent_good"), payload=b"{"))
    ledger = (await rig.get("/v1/gateways/gw-001"))["lanes"]["urgent"]["ledger"]
    assert (ledger["rejected"], ledger["stored"], ledger["balanced"]) == (1, 0, True)
