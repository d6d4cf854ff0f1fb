"""Questions in Flux that no name can break out of, and answers in CSV as points and buckets."""

from ingest_server.store.flux import (
    any_query,
    bucket_query,
    buckets,
    points,
    reading_query,
)
from ingest_server.store.point import Point
from ingest_server.store.port import Bucket, Series, Stretch

SERIES = Series("gw-001", "gas-01", "lel")
T0 = 1_795_251_846_000_000


def test_names_are_written_in_escapes() -> None:
    asked = reading_query('a"b', Series("${x}", "点", '") |> drop('), Stretch(0, 1), 5)
    assert r'from(bucket: "a\x22b")' in asked
    assert r'r.gateway == "\x24\x7bx\x7d"' in asked
    assert r'r.device == "\xe7\x82\xb9"' in asked
    assert asked.count('"') == asked.count('"') // 2 * 2
    assert "drop(" not in asked
    assert "limit(n: 5)" in asked
    assert r"\x20" in any_query("a b")


def test_times_stay_within_what_influxdb_can_count() -> None:
    asked = reading_query("b", SERIES, Stretch(-(10**18), 10**18), 5)
    assert f"time(v: -{9_223_372_036_854_775_000})" in asked
    assert f"stop: time(v: {9_223_372_036_854_775_000})" in asked


def test_one_window_for_each_figure() -> None:
    asked = bucket_query("b", SERIES, Stretch(0, 10), 60_000_000, 7)
    assert asked.count("every: 60000000us") == 4
    assert [name for name in ("min", "max", "mean", "count") if f'yield(name: "{name}")' in asked]


def test_an_answer_of_several_tables_is_one_list() -> None:
    answer = (
        ",result,table,_time,_field,_value\r\n"
        ",_result,0,2026-11-21T09:04:06Z,number,1.5\r\n"
        ",_result,0,2026-11-21T09:04:06.00001Z,number,-0\r\n"
        "\r\n"
        ",result,table,_time,_field,_value\r\n"
        ",_result,1,2026-11-21T09:04:06.00001Z,quality,good/ok\r\n"
        ",_result,1,2026-11-21T09:04:06Z,quality,good/ok unit=m\r\n"
        ',_result,2,2026-11-21T09:04:07.5Z,quality,"bad/stale none"\r\n'
    )
    found = points(SERIES, answer, 10)
    name = ("gw-001", "gas-01", "lel")
    assert found == [
        Point(*name, T0, 1.5, "m", "good/ok", "synchronised"),
        Point(*name, T0 + 10, 0.0, None, "good/ok", "synchronised"),
        Point(*name, T0 + 1_500_000, None, None, "bad/stale", "synchronised"),
    ]
    assert points(SERIES, answer, 1) == found[:1]
    assert points(SERIES, "", 10) == []


def test_the_first_window_begins_where_it_would() -> None:
    head = ",result,table,_time,_value\r\n"
    answer = "\r\n".join(
        f"{head},{name},0,2026-11-21T09:04:06.5Z,{value}\r\n"
        for name, value in (("min", "1"), ("max", "3"), ("mean", "2"), ("count", "4"))
    )
    assert buckets(answer, 1_000_000) == [Bucket(T0, 1.0, 3.0, 2.0, 4)]
