"""Everything that proves itself is found: on any page, in the log, with the header gone."""

from pathlib import Path

import pytest

from edge_agent.buffer.found import Found
from edge_agent.buffer.log_frames import NO_LOG
from edge_agent.buffer.salvage import Search, found_behind, found_in, glimpsed, log_of, page_size
from tests.broken_buffer import Used, use


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    return use(tmp_path_factory.mktemp("used"), turns=30)


def test_a_sound_file_and_its_log_are_found_whole(used: Used, tmp_path: Path) -> None:
    path = used.copy(tmp_path)
    log = log_of(path)
    assert log.is_whole
    found = found_in(path)
    assert {row.row().payload for row in found.rows.values()} == {
        row.payload for row in used.truth.values()
    }
    assert set(found.numbers) == {"connection", "last_utc_us", "schema"}
    assert len(found.lanes) == 2
    assert found_behind(log).rows == {}


def test_a_file_without_its_head_is_found_too(used: Used, tmp_path: Path) -> None:
    path = used.copy(tmp_path)
    with path.open("r+b") as file:
        file.write(bytes(100))
    assert page_size(path) == used.page_size
    assert len(found_in(path).rows) == len(used.truth)


def test_no_file_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    assert log_of(path) == NO_LOG
    assert found_in(path).rows == {}
    path.write_bytes(b"\x0d" * 5_000)
    assert found_in(path).rows == {}


def test_the_search_says_how_far_it_is(used: Used, tmp_path: Path) -> None:
    search = Search(used.copy(tmp_path), Found())
    shares = list(search.pages())
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(search.found.rows) == len(used.truth)


def test_a_glimpse_finds_the_numbers_without_the_header(used: Used, tmp_path: Path) -> None:
    path = used.copy(tmp_path)
    numbers = found_in(path).numbers
    with path.open("r+b") as file:
        file.write(bytes(100))
    assert glimpsed(path, log_of(path)).numbers == numbers
