"""Pages as SQLite wrote them, read without SQLite: every row, any type, any length."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.buffer.proof import Field
from edge_agent.buffer.table_page import free_pages, read_page

PAGE = 512

VALUES = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.none(), st.binary(max_size=2_000), st.text(max_size=300)
)


def made(path: Path, rows: list[tuple[Field, Field]]) -> list[bytes]:
    path.unlink(missing_ok=True)
    disk = sqlite3.connect(path, isolation_level=None)
    disk.execute(f"PRAGMA page_size = {PAGE}")
    disk.execute("CREATE TABLE t (a, b)")
    disk.executemany("INSERT INTO t VALUES (?, ?)", rows)
    disk.close()
    data = path.read_bytes()
    return [data[at : at + PAGE] for at in range(0, len(data), PAGE)]


def read_all(pages: list[bytes]) -> list[tuple[Field, ...]]:
    def fetch(number: int) -> bytes | None:
        return pages[number - 1] if 0 < number <= len(pages) else None

    found = {}
    for number, page in enumerate(pages, start=1):
        read = read_page(page, number, fetch)
        found.update({row: fields for row, fields in read.rows if len(fields) == 2})
    return [found[row] for row in sorted(found)]


@given(st.lists(st.tuples(VALUES, VALUES), max_size=12))
def test_every_row_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Field, Field]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "pages.db"
    assert read_all(made(path, rows)) == rows


@given(st.binary(min_size=PAGE, max_size=PAGE), st.integers(1, 3))
def test_no_bytes_do_any_harm(page: bytes, number: int) -> None:
    read_page(b"\x0d" + page[1:], number, lambda _: page)
    free_pages(number, 5, lambda _: page)


def test_a_broken_cell_hides_none_of_the_others(tmp_path: Path) -> None:
    pages = made(tmp_path / "a.db", [(n, "x" * 20) for n in range(5)])
    leaf = bytearray(pages[1])
    at = int.from_bytes(leaf[10:12], "big")  # the second cell
    leaf[at : at + 3] = b"\xff\xff\xff"
    read = read_page(bytes(leaf), 2, lambda _: None)
    assert not read.is_clean
    assert [fields[0] for _, fields in read.rows] == [0, 2, 3, 4]


def test_free_pages_are_followed_and_a_circle_is_left() -> None:
    trunk = (2).to_bytes(4, "big") + (2).to_bytes(4, "big") + bytes([0, 0, 0, 7, 0, 0, 0, 9])
    assert free_pages(2, 3, lambda _: trunk.ljust(PAGE, b"\0")) == {2, 7, 9}
    assert free_pages(0, 3, lambda _: None) == set()
