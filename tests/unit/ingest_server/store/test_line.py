"""Points as lines of the line protocol: types, words of the quality, escapes, size of requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_server.store.line import BYTES, LINES, bodies, line, point
from ingest_server.store.point import Point

T0 = 1_795_251_846_000_000


def made(value: float | bool | str | None = 1.5, **other: str | None) -> Point:
    kept = {"unit": "m", "quality": "good/ok", "clock": "synchronised", **other}
    return Point("gw-001", "gas-01", "lel", T0, value, **kept)  # type: ignore[arg-type]  # its keys are this file's own


@pytest.mark.parametrize(
    ("given_point", "fields"),
    [
        (made(), 'number=1.5,quality="good/ok unit=m"'),
        (made(3), 'number=3.0,quality="good/ok unit=m"'),
        (made(1e22, unit=None), 'number=1e+22,quality="good/ok"'),
        (made(True, unit=None), 'state=t,quality="good/ok state"'),
        (made(False, unit=None), 'state=f,quality="good/ok state"'),
        (made('a"b\\c\nd', unit=None), 'text="a\\"b\\\\\\\\c\\\\nd",quality="good/ok text"'),
        (made(None, unit=None, quality="bad/stale"), 'quality="bad/stale none"'),
        (made(clock="unset"), 'number=1.5,quality="good/ok unit=m clock=unset"'),
    ],
)
def test_each_kind_has_a_field_of_its_own(given_point: Point, fields: str) -> None:
    assert line(given_point) == f"reading,device=gas-01,gateway=gw-001,point=lel {fields} {T0}"


def test_a_name_can_not_end_its_tag() -> None:
    strange = Point("a b", "c,d=e", "f\ng", T0, 1.0, None, "good/ok", "synchronised")
    assert line(strange).startswith(r"reading,device=c\,d\=e,gateway=a\ b,point=f\ng number=1.0")
    assert "\n" not in line(strange)


@given(st.text())
def test_a_text_comes_back_from_what_was_written(text: str) -> None:
    written = line(made(text, unit=None))
    assert "\n" not in written
    quoted = written.partition('text="')[2].rpartition('",quality=')[0]
    stored = quoted.replace('\\"', '"').replace("\\\\", "\\")  # as InfluxDB reads it
    if '\\"' not in quoted.replace("\\\\", ""):
        back = point(("g", "d", "p"), T0, {"text": stored, "quality": "good/ok text"})
        assert back is not None
        assert back.value == text


def test_what_others_wrote_is_no_point() -> None:
    name = ("g", "d", "p")
    assert point(name, T0, {"number": "1"}) is None
    assert point(name, T0, {"quality": "good/ok text", "number": "1"}) is None
    assert point(name, T0, {"quality": "bad/stale none", "number": "1"}) is not None


def test_requests_are_bounded_by_lines_and_bytes() -> None:
    assert bodies([]) == []
    assert [len(one) for one in bodies(["x"] * (2 * LINES + 1))] == [LINES, LINES, 1]
    long = "y" * (BYTES // 3)
    assert [len(one) for one in bodies([long] * 5)] == [2, 2, 1]
    assert [len(one) for one in bodies(["x", "z" * 2 * BYTES, "x"])] == [1, 1, 1]
