"""Anchors outlive the agent, those of boots without rows do not; the last good time is kept."""

import sqlite3
import zlib

import pytest

from edge_agent.buffer import anchors, rows
from wire.bounds import ANCHORS
from wire.envelope import Base, ClockState, Encoding
from wire.identity import Anchor
from wire.topic import Lane

UTC = 1_763_700_000_000_000


@pytest.fixture
def disk() -> sqlite3.Connection:
    disk = sqlite3.connect(":memory:", isolation_level=None)
    rows.migrate(disk)
    return disk


def anchor(boot: str, mono: int = 5) -> Anchor:
    return Anchor(boot, mono, UTC + mono)


def row_of(disk: sqlite3.Connection, boot: str) -> None:
    base = Base(boot, 1, ClockState.UNSET)
    draft = rows.Draft(1, base, Encoding.RAW, b"[]")
    rows.commit(disk, Lane.BULK, f"{zlib.crc32(boot.encode()):016x}", [draft])


def test_a_new_file_knows_nothing(disk: sqlite3.Connection) -> None:
    assert anchors.known(disk, "b-1") == anchors.Known(None, 0)
    assert anchors.stated(disk, "b-1") == ()


def test_the_first_and_the_last_of_a_boot_stay(disk: sqlite3.Connection) -> None:
    for mono in (5, 6, 7):
        anchors.keep(disk, anchor("b-1", mono))
    assert anchors.known(disk, "b-1") == anchors.Known(anchor("b-1", 7), UTC + 7)
    assert anchors.stated(disk, "b-1") == (anchor("b-1", 5), anchor("b-1", 7))


def test_boots_without_rows_are_forgotten(disk: sqlite3.Connection) -> None:
    for boot in ("b-1", "b-2"):
        anchors.keep(disk, anchor(boot))
    row_of(disk, "b-2")
    anchors.keep(disk, anchor("b-3"))
    assert anchors.stated(disk, "b-3") == (anchor("b-3"), anchor("b-2"))
    assert anchors.stated(disk, "b-4") == (anchor("b-2"),)


def test_a_birth_has_room_for_the_newest(disk: sqlite3.Connection) -> None:
    for number in range(ANCHORS + 5):
        row_of(disk, f"b-{number}")
        anchors.keep(disk, anchor(f"b-{number}"))
    said = anchors.stated(disk, "b-0")
    assert len(said) == ANCHORS
    assert [one.boot for one in said[:3]] == ["b-0", f"b-{ANCHORS + 4}", f"b-{ANCHORS + 3}"]


def test_the_last_good_time_may_be_corrected_backwards(disk: sqlite3.Connection) -> None:
    anchors.note_good(disk, UTC + 100)
    assert anchors.known(disk, "b-1").last_utc_us == UTC + 100
    anchors.keep(disk, anchor("b-1"))
    assert anchors.known(disk, "b-1").last_utc_us == UTC + 5
