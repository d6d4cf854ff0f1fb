"""What is set aside waits in line, is never overwritten, does not pile up, and survives a kill."""

import os
import shutil
from pathlib import Path

from edge_agent.buffer import aside

STAMP = "20261121T084000Z"


def made(path: Path) -> Path:
    path.write_bytes(b"main")
    path.with_name("buffer.db-wal").write_bytes(b"log")
    path.with_name("buffer.db-shm").write_bytes(b"index")
    return path


def test_it_goes_with_its_log_and_waits(tmp_path: Path) -> None:
    path = made(tmp_path / "buffer.db")
    away = aside.set_aside(path, STAMP)
    assert away == tmp_path / f"buffer.db.broken-{STAMP}"
    assert (away.read_bytes(), Path(f"{away}-wal").read_bytes()) == (b"main", b"log")
    assert not list(tmp_path.glob("buffer.db-*"))
    assert aside.waiting(path) == [away]
    aside.keep(path, away)
    assert aside.waiting(path) == []
    assert away.exists()


def test_they_wait_in_the_order_in_which_they_came_whatever_the_clock_says(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    came = [aside.set_aside(made(path), stamp) for stamp in ("2026", "1970", "1970")]
    assert aside.waiting(path) == came
    assert len(set(came)) == 3
    aside.remove(came[0])
    assert aside.waiting(path) == came[1:]
    assert not list(tmp_path.glob("buffer.db.broken-2026*"))


def test_what_was_brought_in_does_not_pile_up_and_what_waits_stays(tmp_path: Path) -> None:
    path = tmp_path / "buffer.db"
    waits = aside.set_aside(made(path), "0")
    done = []
    for number in range(1, 6):
        done.append(aside.set_aside(made(path), f"{number}"))
        os.utime(done[-1], ns=(number, number))
        aside.keep(path, done[-1])
    left = {one for one in tmp_path.iterdir() if not one.name.endswith(("-wal", ".salvage"))}
    assert left == {waits, *done[2:]}
    assert aside.waiting(path) == [waits]


def test_a_kill_before_the_file_moved_leaves_it_where_it_was(tmp_path: Path) -> None:
    path = made(tmp_path / "buffer.db")
    mark = tmp_path / f"buffer.db.broken-{STAMP}.salvage"
    mark.write_text("1")
    aside.mend(path)
    assert not mark.exists()
    assert path.exists()


def test_a_kill_between_file_and_log_parts_them_for_no_longer_than_that(tmp_path: Path) -> None:
    path = made(tmp_path / "buffer.db")
    away = aside.set_aside(path, STAMP)
    shutil.move(f"{away}-wal", f"{path}-wal")
    aside.mend(path)
    assert Path(f"{away}-wal").read_bytes() == b"log"
    assert not Path(f"{path}-wal").exists()


def test_a_log_beside_a_file_that_is_there_is_its_own(tmp_path: Path) -> None:
    path = made(tmp_path / "buffer.db")
    aside.set_aside(path, STAMP)
    made(path)
    aside.mend(path)
    assert Path(f"{path}-wal").read_bytes() == b"log"
