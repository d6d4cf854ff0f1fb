"""The quarantine over HTTP: what was refused, why, by pages."""

from dataclasses import replace

from tests.golden_message import golden
from tests.server_rig import ServerRig


async def test_listed_narrowed_and_paged(rig: ServerRig) -> None:
    assert await rig.get("/v1/quarantine") == {"items": [], "next": None}
    good = golden("urgent_good")
    await rig.feed(
        replace(good, payload=b"\xff"),
        replace(good, topic="lifeline/1/up/00/gw-001/urgent"),
        replace(golden("bulk_good"), content_type="text/plain"),
    )
    every = (await rig.get("/v1/quarantine"))["items"]
    assert [one["reason"] for one in every] == ["content_type", "shard_mismatch", "not_json"]
    assert every[0]["gateway"] == "gw-001"
    assert every[0]["first"] == "2026-09-21T14:13:21.000000Z"
    assert len((await rig.get("/v1/quarantine?reason=not_json"))["items"]) == 1
    assert (await rig.get("/v1/quarantine?gateway=gw-2"))["items"] == []
    first = await rig.get("/v1/quarantine?limit=2")
    rest = await rig.get(f"/v1/quarantine?after={first['next']}")
    assert first["items"] + rest["items"] == every
