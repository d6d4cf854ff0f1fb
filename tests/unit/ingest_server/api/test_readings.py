"""Readings over HTTP: the newest of each series, stretches, and never fresh when it is not."""

from ingest_server.store.point import Point
from tests.server_rig import ServerRig


async def test_latest_by_series(rig: ServerRig) -> None:
    await rig.feed("urgent_good", "bulk_good")
    page = await rig.get("/v1/readings/latest")
    names = [(one["device"], one["point"]) for one in page["items"]]
    assert names == sorted(names)
    smoke = next(one for one in page["items"] if one["point"] == "smoke")
    assert (smoke["value"], smoke["quality"], smoke["stale"]) == (True, "good/ok", False)
    assert smoke["time"] == "2026-09-21T14:13:20.123456Z"
    assert smoke["age_seconds"] == 0.876544


async def test_latest_is_narrowed_and_paged(rig: ServerRig) -> None:
    await rig.feed("urgent_good", "bulk_good")
    every = (await rig.get("/v1/readings/latest"))["items"]
    found, after = [], ""
    while True:
        page = await rig.get(f"/v1/readings/latest?limit=5&after={after}")
        found += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    assert found == every
    smoke = (await rig.get("/v1/readings/latest?gateway=gw-001&device=smoke-01"))["items"]
    assert {one["device"] for one in smoke} == {"smoke-01"}
    assert (await rig.get("/v1/readings/latest?gateway=gw-999"))["items"] == []


async def test_it_is_stale_once_its_gateway_is_silent(rig: ServerRig) -> None:
    await rig.feed("urgent_good")
    rig.clock.advance(31_000_000)
    (smoke,) = (await rig.get("/v1/readings/latest"))["items"]
    assert smoke["stale"]


async def test_a_stretch_of_one_series(rig: ServerRig) -> None:
    await rig.feed("urgent_good", "urgent_bad")
    series = "gateway=gw-001&device=smoke-01&point=smoke"
    page = await rig.get(f"/v1/readings?{series}")
    assert page["next"] is None
    times = [one["time"] for one in page["items"]]
    assert times == sorted(times)
    assert "2026-09-21T14:13:20.123456Z" in times
    later = await rig.get(f"/v1/readings?{series}&start=2026-09-21T22:13:20.123457%2B08:00")
    assert "2026-09-21T14:13:20.123456Z" not in [one["time"] for one in later["items"]]
    earlier = await rig.get(f"/v1/readings?{series}&end=2026-09-21T14:13:20.123456Z")
    assert all(one["time"] < "2026-09-21T14:13:20.123456Z" for one in earlier["items"])


async def test_a_stretch_by_pages(rig: ServerRig) -> None:
    await rig.feed("bulk_time_limits", "bulk_good", "bulk_text", "urgent_good")
    latest = (await rig.get("/v1/readings/latest"))["items"][0]
    series = "&".join(f"{name}={latest[name]}" for name in ("gateway", "device", "point"))
    every = (await rig.get(f"/v1/readings?{series}"))["items"]
    found: list[object] = []
    start: str | None = "2020-01-01T00:00:00Z"
    while start is not None:
        page = await rig.get(f"/v1/readings?{series}&limit=1&start={start}")
        found += page["items"]
        start = page["next"]
    assert found == every


async def test_a_chart_of_one_series_by_pages(rig: ServerRig) -> None:
    points = [
        Point("gw-001", "gas", "lel", at_us, float(n), "/", "good/ok", "synchronised")
        for n, at_us in enumerate(range(0, 10_000_000, 500_000))
    ]
    await rig.files.store.write(points, 1)
    series = "gateway=gw-001&device=gas&point=lel&width_seconds=4"
    every = (await rig.get(f"/v1/readings/downsampled?{series}"))["items"]
    assert every[0] == {
        "start": "1970-01-01T00:00:00.000000Z",
        "min": 0.0,
        "max": 7.0,
        "mean": 3.5,
        "count": 8,
    }
    assert [one["count"] for one in every] == [8, 8, 4]
    found: list[object] = []
    start: str | None = "1970-01-01T00:00:00Z"
    while start is not None:
        page = await rig.get(f"/v1/readings/downsampled?{series}&limit=1&start={start}")
        found += page["items"]
        start = page["next"]
    assert found == every


async def test_a_bucket_has_a_width(rig: ServerRig) -> None:
    series = "gateway=a&device=b&point=c"
    for width in ("", "&width_seconds=0", "&width_seconds=1e9"):
        refused = await rig.get(f"/v1/readings/downsampled?{series}{width}", 422)
        assert "width_seconds" in refused["detail"]


async def test_a_time_without_a_zone_is_refused(rig: ServerRig) -> None:
    series = "gateway=a&device=b&point=c"
    refused = await rig.get(f"/v1/readings?{series}&start=2026-09-21T14:13:20", 422)
    assert "start" in refused["detail"]
