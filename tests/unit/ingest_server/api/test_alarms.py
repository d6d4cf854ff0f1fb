"""Alarms over HTTP: listed, looked up, acknowledged, reset, each refusal by name."""

from runtime.mqtt import Message
from tests.server_rig import T0, ServerRig
from wire.batch import Batch, encode_batch
from wire.reading import Reading
from wire.topic import Up, up

WHO = {"actor": "Li Wei", "comment": "seen"}


async def smoke(rig: ServerRig) -> str:
    """The id of a smoke alarm that was just raised."""
    await rig.feed("birth", "urgent_good")
    page = await rig.get("/v1/alarms?class=hazard")
    return str(page["items"][0]["alarm_id"])


async def test_no_alarms(rig: ServerRig) -> None:
    assert await rig.get("/v1/alarms") == {"items": [], "next": None}


async def test_an_alarm_says_all_that_the_webhook_says(rig: ServerRig) -> None:
    await smoke(rig)
    (alarm,) = (await rig.get("/v1/alarms?class=hazard"))["items"]
    assert (alarm["gateway"], alarm["device"], alarm["rule"], alarm["severity"]) == (
        "gw-001",
        "smoke-01",
        "smoke",
        "critical",
    )
    assert alarm["class"] == "hazard"
    assert alarm["state"]["active"]
    assert alarm["since"] == "2026-09-21T14:13:20.123456Z"
    assert alarm["links"]["alarm"].endswith(alarm["alarm_id"])


async def test_filters_narrow_and_pages_follow(rig: ServerRig) -> None:
    await smoke(rig)
    every = (await rig.get("/v1/alarms"))["items"]
    assert len(every) >= 2
    assert (await rig.get("/v1/alarms?gateway=gw-999"))["items"] == []
    assert (await rig.get("/v1/alarms?severity=notice"))["items"] == []
    found, after = [], ""
    while True:
        page = await rig.get(f"/v1/alarms?limit=1{after}")
        found += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == every


async def test_its_file_has_revisions_episodes_operations_and_deliveries(rig: ServerRig) -> None:
    alarm = await smoke(rig)
    await rig.post(f"/v1/alarms/{alarm}/acknowledge", WHO)
    file = await rig.get(f"/v1/alarms/{alarm}")
    assert [one["revision"] for one in file["revisions"]] == [1, 2]
    assert file["alarm"] == file["revisions"][-1]
    assert file["episodes"][0]["start"] == "2026-09-21T14:13:20.123456Z"
    (operation,) = file["operations"]
    assert (operation["actor"], operation["outcome"]) == ("Li Wei", "done")
    assert [(one["revision"], one["state"]) for one in file["deliveries"]] == [
        (2, "behind"),
        (1, "waiting"),
    ]


async def test_acknowledge_once(rig: ServerRig) -> None:
    alarm = await smoke(rig)
    after = await rig.post(f"/v1/alarms/{alarm}/acknowledge", WHO)
    assert after["state"]["acknowledged"]
    assert (after["revision"], after["actor"], after["comment"]) == (2, "Li Wei", "seen")
    refused = await rig.post(f"/v1/alarms/{alarm}/acknowledge", WHO, 409)
    assert refused["reason"] == "already_acknowledged"


async def test_reset_is_refused_by_name_while_the_condition_holds(rig: ServerRig) -> None:
    alarm = await smoke(rig)
    refused = await rig.post(f"/v1/alarms/{alarm}/reset", WHO, 409)
    assert (refused["status"], refused["reason"]) == (409, "still_active")
    file = await rig.get(f"/v1/alarms/{alarm}")
    assert [(one["action"], one["outcome"]) for one in file["operations"]] == [
        ("reset", "still_active")
    ]


async def test_reset_once_the_condition_is_over_and_acknowledged(rig: ServerRig) -> None:
    alarm = await smoke(rig)
    over = Reading("smoke-01", "smoke", T0 - 500_000, value=False)
    topic = up("gw-001", Up.URGENT)
    await rig.feed(Message(topic=topic, payload=encode_batch(Batch("gw-001", (over,)))))
    refused = await rig.post(f"/v1/alarms/{alarm}/reset", WHO, 409)
    assert refused["reason"] == "not_acknowledged"
    await rig.post(f"/v1/alarms/{alarm}/acknowledge", WHO)
    after = await rig.post(f"/v1/alarms/{alarm}/reset", WHO)
    assert (after["state"]["closed"], after["change"]) == (True, "reset")
    assert (await rig.get("/v1/alarms?class=hazard"))["items"] == []
    assert (await rig.get("/v1/alarms?class=hazard&state=all"))["items"] == [after]
    assert (await rig.post(f"/v1/alarms/{alarm}/reset", WHO, 409))["reason"] == "closed"


async def test_no_such_alarm(rig: ServerRig) -> None:
    assert (await rig.get("/v1/alarms/none", 404))["reason"] == "not_found"
    assert (await rig.post("/v1/alarms/none/reset", WHO, 404))["reason"] == "not_found"


async def test_who_asks_must_be_said(rig: ServerRig) -> None:
    alarm = await smoke(rig)
    bodies: list[object] = [{}, {"actor": ""}, {"actor": "x", "colour": "red"}, [], "x"]
    for body in (*bodies, {"actor": "x" * 101}):
        refused = await rig.post(f"/v1/alarms/{alarm}/acknowledge", body, 422)
        assert refused["reason"] == "invalid"


async def test_a_word_that_is_none_is_refused(rig: ServerRig) -> None:
    for query in ("state=shut", "class=fire", "severity=worst", "limit=0", "limit=501", "after=x"):
        refused = await rig.get(f"/v1/alarms?{query}", 422)
        assert query.split("=")[0] in refused["detail"]
