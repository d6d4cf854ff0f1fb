"""The quarantine over HTTP: what was refused, why, by pages."""

from msgspec.structs import replace

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


ORDER = {"actor": "desk"}


async def test_one_whole_in_hex_and_in_words(rig: ServerRig) -> None:
    packed = golden("urgent_compressed")
    keyless = tuple(pair for pair in packed.properties if pair[0] == "encoding")
    await rig.feed(
        replace(packed, content_type="text/plain"),
        replace(packed, payload=b"\xff{", properties=keyless),
    )
    broken, whole = (await rig.get("/v1/quarantine"))["items"]
    file = await rig.get(f"/v1/quarantine/{whole['id']}")
    assert bytes.fromhex(file["payload_hex"]) == packed.payload
    assert file["text"].startswith('[{"bn":')
    assert (file["whole"], file["content_type"]) == (True, "text/plain")
    assert ["encoding", "zlib-1"] in file["properties"]
    other = await rig.get(f"/v1/quarantine/{broken['id']}")
    assert (other["text"], other["whole"]) == ("", False)
    assert (await rig.get("/v1/quarantine/99", 404))["reason"] == "not_found"


async def test_what_is_allowed_by_now_is_stored_after_all(rig: ServerRig) -> None:
    """An earlier release did not know this content type; this one does."""
    await rig.feed(replace(golden("urgent_good"), content_type="text/plain"))
    (one,) = (await rig.get("/v1/quarantine"))["items"]
    path = f"/v1/quarantine/{one['id']}/replay"
    assert (await rig.post(path, ORDER, 409))["reason"] == "still_refused"
    await rig.files.journal.transact(
        lambda journal: journal.execute("UPDATE quarantine SET content_type = NULL")
    )
    assert (await rig.post(path, ORDER))["outcome"] == "stored"
    assert (await rig.post(path, ORDER, 409))["reason"] == "already_replayed"
    (one,) = (await rig.get("/v1/quarantine"))["items"]
    assert (one["replayed"], one["tried_by"], one["outcome"]) == (True, "desk", "stored")
    await rig.feed()
    (value,) = (await rig.get("/v1/readings/latest"))["items"]
    assert value["point"] == "smoke"
    ledger = (await rig.get("/v1/gateways/gw-001"))["lanes"]["urgent"]["ledger"]
    assert (ledger["stored"], ledger["rejected"], ledger["balanced"]) == (1, 0, True)


async def test_a_replay_of_nothing(rig: ServerRig) -> None:
    assert (await rig.post("/v1/quarantine/9/replay", ORDER, 404))["reason"] == "not_found"
