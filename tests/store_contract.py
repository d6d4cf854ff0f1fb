"""What every store of readings must do: classes of tests that a store inherits with its fixture."""

from dataclasses import replace

import pytest

from ingest_server.db.retime import Moves, Retime
from ingest_server.store.point import Point
from ingest_server.store.port import Bucket, Series, Store, Stretch

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

    async def test_the_last_of_one_time_stays_whole(self, store: Store) -> None:
        """Nothing of what stood there shines through: neither value, unit, quality nor clock."""
        told = (
            point(value=1.0),
            point(value=None, unit=None, quality="bad/comm_failure", clock="unset"),
            point(value=True, unit=None, quality="uncertain/stale/low"),
            point(value="门开", unit=None, clock="server"),
            point(value=2.0, quality="test/good/ok"),
        )
        for cursor, one in enumerate((*told, *reversed(told)), 1):
            await store.write([one], cursor)
            assert await store.range(SMOKE, EVER) == [one]
            assert await store.latest() == [one]

    async def test_any_text_comes_back(self, store: Store) -> None:
        texts = (
            '"',
            "\\",
            '\\"',
            "a\\nb",
            "a\nb",
            "a\r\nb",
            "\r",
            "\t",
            " ",
            ",=",
            "\\\\",
            "${x}",
            "\x00",
            "😀",
        )
        points = [point(T0 + n, text) for n, text in enumerate(texts)]
        await store.write(points, 1)
        assert [one.value for one in await store.range(SMOKE, EVER)] == list(texts)

    async def test_any_number_comes_back_exactly(self, store: Store) -> None:
        numbers = [0.1 + 0.2, 1e-300, 5e-324, 1.7976931348623157e308, -1e22, 123456789.123456]
        points = [point(T0 + n, number) for n, number in enumerate(numbers)]
        await store.write(points, 1)
        assert [one.value for one in await store.range(SMOKE, EVER)] == numbers

    async def test_a_name_that_nobody_has_finds_nothing(self, store: Store) -> None:
        await store.write([point()], 1)
        names = ("", '"', '" or true or "', "${bucket}", "\\", "a b", "点", "gw-001\n")
        for name in names:
            for series in (Series(name, "smoke-01", "smoke"), Series("gw-001", "smoke-01", name)):
                assert await store.range(series, EVER) == []
                assert await store.downsampled(series, EVER, SECOND) == []

    async def test_an_empty_or_endless_stretch_is_no_trouble(self, store: Store) -> None:
        await store.write([point()], 1)
        for empty in (Stretch(T0, T0), Stretch(T0 + 1, T0)):
            assert await store.range(SMOKE, empty) == []
            assert await store.downsampled(SMOKE, empty, SECOND) == []
        assert await store.range(SMOKE, Stretch(-(10**17), 10**17)) == [point()]

    async def test_buckets_hold_least_most_mean_and_count(self, store: Store) -> None:
        numbers = [(0, 1.0), (100, 4.0), (999_999, 1.0), (SECOND, -8.0), (7 * SECOND + 1, 0.5)]
        await store.write([point(T0 + at, value) for at, value in numbers], 1)
        assert await store.downsampled(SMOKE, EVER, SECOND) == [
            Bucket(T0, 1.0, 4.0, 2.0, 3),
            Bucket(T0 + SECOND, -8.0, -8.0, -8.0, 1),
            Bucket(T0 + 7 * SECOND, 0.5, 0.5, 0.5, 1),
        ]

    async def test_buckets_begin_at_multiples_whatever_the_stretch(self, store: Store) -> None:
        """What lies outside the stretch does not count, and the bucket begins where it would."""
        width = 7 * SECOND
        await store.write([point(T0 + n * SECOND, float(n)) for n in range(20)], 1)
        begin = T0 - T0 % width
        asked = Stretch(begin + width + 3 * SECOND, begin + 2 * width + 2 * SECOND)
        found = await store.downsampled(SMOKE, asked, width)
        assert [one.start_us for one in found] == [begin + width, begin + 2 * width]
        assert [one.count for one in found] == [4, 2]

    async def test_only_numbers_are_downsampled_and_each_time_once(self, store: Store) -> None:
        await store.write([point(value=9.0), point(T0 + 4, 5.0)], 1)
        others = [
            point(T0 + 1, True, unit=None),
            point(T0 + 2, "9", unit=None),
            point(T0 + 3, None, unit=None, quality="bad/stale"),
            point(T0, 1.0),
        ]
        await store.write(others, 2)
        found = await store.downsampled(SMOKE, EVER, SECOND)
        assert found == [Bucket(T0, 1.0, 5.0, 3.0, 2)]

    async def test_buckets_are_limited_to_the_oldest(self, store: Store) -> None:
        await store.write([point(T0 + n * SECOND, float(n)) for n in range(9)], 1)
        found = await store.downsampled(SMOKE, EVER, SECOND, 2)
        assert [one.mean for one in found] == [0.0, 1.0]

    async def test_nothing_is_refused_that_can_be_stored(self, store: Store) -> None:
        await store.write([point()], 1)
        assert await store.refused() == {}

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

    @pytest.mark.parametrize("delta_us", [-SECOND // 2, SECOND // 2, -3_600 * SECOND])
    @pytest.mark.parametrize("clock", [None, "anchored"])
    async def test_what_was_told_at_other_times_is_moved_once(
        self, store: Store, delta_us: int, clock: str | None
    ) -> None:
        """Points closer together than they move, around and within the span, and of others."""
        inside = [point(T0 + n * SECOND // 10, float(n), clock="unset") for n in range(100)]
        others = [
            point(T0 - 1, 7.0),
            point(T0 + 10 * SECOND + 1, 8.0),
            point(T0 + 7, 9.0, clock="foreign"),
        ]
        elsewhere = [point(T0, gateway="gw-002"), point(T0, device="smoke-02", clock="unset")]
        await store.write(inside + others + elsewhere, 1)
        said = Retime(Moves.TIMES, T0, T0 + 10 * SECOND - 1, delta_us, clock)
        for _ in range(2):
            while await store.retime("gw-001", said, 2):
                pass
            moved = [
                replace(one, time_us=one.time_us + delta_us, clock=clock or "unset")
                for one in inside
            ]
            expected = sorted([*moved, *others], key=lambda one: one.time_us)
            assert await store.range(SMOKE, EVER) == expected
            assert await store.range(Series("gw-002", "smoke-01", "smoke"), EVER) == elsewhere[:1]
            (other,) = await store.range(Series("gw-001", "smoke-02", "smoke"), EVER)
            assert other.time_us == T0 + delta_us
        assert await store.cursor() == 2
        newest = {one.device: one.time_us for one in await store.latest(gateway="gw-001")}
        assert newest == {"smoke-01": T0 + 10 * SECOND + 1, "smoke-02": T0 + delta_us}

    async def test_a_clock_that_went_on_elsewhere_moves_no_point(self, store: Store) -> None:
        await store.write([point()], 1)
        assert not await store.retime("gw-001", Retime(Moves.CLOCK, 0, 2 * T0, SECOND), 2)
        assert (await store.range(SMOKE, EVER), await store.cursor()) == ([point()], 2)

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


class ForgettingContract:
    """Of a store that drops old readings itself. Give a fixture `store` with an empty store."""

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
