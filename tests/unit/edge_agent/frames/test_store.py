"""Dumps are bounded in number and bytes, and a disk without room gets none."""

from pathlib import Path

import pytest

from edge_agent.frames.report import FrameDocument, LineFrames
from edge_agent.frames.store import BYTES_MOST, DUMPS_MOST, Store


def said(size: int = 4) -> LineFrames:
    frame = FrameDocument(at_us=1, what="crc", hex="01" * size)
    return LineFrames(line="shed", kind="modbus-rtu", offset_us=0, frames=(frame,), why="crc_burst")


def test_text_and_packets_side_by_side(tmp_path: Path) -> None:
    path = Store(tmp_path / "frames").write("20260101T000000Z-shed-crc_burst", said())
    assert path is not None
    assert "line shed (modbus-rtu): crc_burst" in path.read_text(encoding="utf-8")
    assert path.with_suffix(".pcapng").read_bytes()[:4] == bytes.fromhex("0a0d0d0a")


def test_the_newest_twenty_stay(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(DUMPS_MOST + 7):
        store.write(f"{number:04}-shed", said())
    names = sorted(one.name for one in tmp_path.iterdir())
    assert len(names) == 2 * DUMPS_MOST
    assert names[0].startswith("0007-")


def test_and_no_more_than_their_bytes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(6):
        store.write(f"{number:04}-shed", said(300_000))
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) <= BYTES_MOST
    assert (tmp_path / "0005-shed.txt").exists()


def test_a_disk_with_little_room_gets_none(tmp_path: Path) -> None:
    assert Store(tmp_path, least_free=2**60).write("x", said()) is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Store(tmp_path / "file" / "frames").write("x", said())
