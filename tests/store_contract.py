"""What every store of readings must do: a class of tests that a store inherits with its fixture."""

from dataclasses import replace

from ingest_server.store.point import Point
from ingest_server.store.port import Series, Store, Stretch

T0 = 1_795_251_846_000_000
SECOND = 1_000_000
SMOKE = Series("gw-001", "smoke-01", "smoke")
EVER = Stretch(0, 2 * T0)


def point(at_us: int = T0, value: float | bool | str | None = 1.5, **other: str | None) -> Point:
    kept = Point("gw-001", "smoke-01", "smoke", at_us, value, "m", "good/ok", "synchronised")
    return replace(kept, **other)  # type: ignore[arg-type]  # names and texts only


class StoreContract:
    """Give a fixture `store` with an empty store."""

    async def test_a_new_store_is_empty(self, store: Store) -> None:
        assert await store.cursor() == 0
        assert await store.latest() == []
        assert await store.range(SMOKE, EVER) == []

    async def test_every_kind_of_value_comes_back_as_it_went(self, store: Store) -> None:
        values = (1.5, 3.0, -0.0, True, False, "", "门开", "1", None)
        points = [point(T0 + n, value) for n, value in enumerate(values)]
        await store.write(points, 1)
        found = await store.range(SMOKE, EVER)
        assert found == points
        assert [type(one.value) for one in found] == [type(value) for value in values]

    async def test_unit_quality_and_clock_belong_to_the_point(self, store: Store) -> None:
        points = [
            point(T0),
            point(T0 + 1, 2.5, unit="V", quality="uncertain/stale/low", clock="unset"),
            point(T0 + 2, None, unit=None, quality="test/bad/comm_failure", clock="foreign"),
        ]
        await store.write(points, 1)
        assert await store.range(SMOKE, EVER) == points

    async def test_points_and_cursor_are_one(self, store: Store) -> None:
        await store.write([point()], 7)
        assert await store.cursor() == 7
        await store.write([], 9)
        assert await store.cursor() == 9

    async def test_writing_again_changes_nothing(self, store: Store) -> None:
        await store.write([point(value=1.0)], 7)
        await store.write([point(value=2.0)], 7)
        await store.write([point(value=3.0)], 6)
        assert await store.range(SMOKE, EVER) == [point(value=1.0)]
        assert await store.cursor() == 7

    async def test_the_last_of_one_time_stays(self, store: Store) -> None:
        await store.write([point(value=1.0), point(value=2.0)], 1)
        await store.write([point(value=3.0)], 2)
        assert await store.range(SMOKE, EVER) == [point(value=3.0)]
        assert await store.latest() == [point(value=3.0)]

    async def test_a_range_is_sorted_cut_and_limited(self, store: Store) -> None:
        times = [T0 + 3 * SECOND, T0, T0 + 2 * SECOND, T0 + SECOND]
        await store.write([point(at_us) for at_us in times], 1)
        asked = Stretch(T0 + SECOND, T0 + 3 * SECOND)
        found = [one.time_us for one in await store.range(SMOKE, asked)]
        assert found == [T0 + SECOND, T0 + 2 * SECOND]
        assert [one.time_us for one in await store.range(SMOKE, EVER, 1)] == [T0]

    async def test_a_range_is_of_one_series(self, store: Store) -> None:
        others = [point(gateway="gw-002"), point(device="smoke-02"), point(point="relay")]
        await store.write([point(), *others], 1)
        assert await store.range(SMOKE, EVER) == [point()]

    async def test_late_and_early_portions_are_found(self, store: Store) -> None:
        """Portions of many hours, written out of order, two thousand points each."""
        hours = (5, 1, 9, 3)
        for cursor, hour in enumerate(hours, 1):
            begin = T0 + hour * 3_600 * SECOND
            await store.write([point(begin + n, float(hour)) for n in range(2_000)], cursor)
        begin = T0 + 3 * 3_600 * SECOND
        found = await store.range(SMOKE, Stretch(begin, begin + 3_600 * SECOND), 10_000)
        assert [one.value for one in found] == [3.0] * 2_000
        assert len(await store.range(SMOKE, EVER, 10_000)) == 8_000

    async def test_latest_is_the_newest_in_source_time(self, store: Store) -> None:
        await store.write([point(T0 + SECOND, 2.0)], 1)
        await store.write([point(T0, 1.0)], 2)
        assert await store.latest() == [point(T0 + SECOND, 2.0)]

    async def test_latest_is_narrowed_and_paged(self, store: Store) -> None:
        points = [
            point(gateway=gateway, device=device, point=name)
            for gateway in ("gw-001", "gw-002")
            for device in ("a", "b")
            for name in ("p", "q")
        ]
        await store.write(list(reversed(points)), 1)
        assert await store.latest() == points
        assert await store.latest(gateway="gw-002") == points[4:]
        assert await store.latest(gateway="gw-001", device="b") == points[2:4]
        assert await store.latest(limit=3) == points[:3]
        assert await store.latest(after=Series("gw-001", "b", "p"), limit=2) == points[3:5]

    async def test_what_is_old_goes_slice_by_slice(self, store: Store) -> None:
        day = 86_400 * SECOND
        await store.write([point(T0 - 2 * day + n) for n in range(1_500)], 1)
        await store.write([point(T0 + n) for n in range(1_500)], 2)
        gone = 0
        while dropped := await store.forget(T0 - day):
            gone += dropped
        assert gone == 1_500
        assert [one.time_us for one in await store.range(SMOKE, EVER, 1)] == [T0]

    async def test_the_last_word_of_a_series_is_never_forgotten(self, store: Store) -> None:
        await store.write([point()], 1)
        while await store.forget(T0 + 1):
            pass
        assert await store.range(SMOKE, EVER) == []
        assert await store.latest() == [point()]
