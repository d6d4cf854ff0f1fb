"""A buffer that was in use when it broke: truncated, scribbled on, a page or a frame of it gone."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_agent.buffer import rows, stored
from edge_agent.buffer.log_frames import FRAME_BYTES, HEADER_BYTES
from edge_agent.buffer.salvage import Pages, log_of, page_size
from edge_agent.buffer.table_page import read_page
from runtime.database import connect, run_transaction
from wire.envelope import Base, ClockState, Cover, Encoding
from wire.receipt import Receipt
from wire.topic import Lane

KeyOf = tuple[Lane, str, int]
Place = tuple[str, int]
"""A page of the file ("db") or a frame of the log ("wal")."""


@dataclass(frozen=True, slots=True)
class Used:
    """Copies of file and log as they stood; what they hold; where each row lies.

    `once`: what was ever committed under a key (a row has another content once it was thinned).
    """

    folder: Path
    truth: dict[KeyOf, rows.Row]
    once: set[tuple[KeyOf, bytes]]
    places: dict[KeyOf, set[Place]]
    page_size: int

    def copy(self, folder: Path) -> Path:
        for name in ("buffer.db", "buffer.db-wal"):
            shutil.copyfile(self.folder / name, folder / name)
        for name in ("buffer.db-shm", "buffer.db.suspect"):
            (folder / name).unlink(missing_ok=True)
        return folder / "buffer.db"


def key_of(row: rows.Row) -> KeyOf:
    return row.lane, row.key.epoch, row.key.seq


def all_rows(connection: sqlite3.Connection) -> dict[KeyOf, rows.Row]:
    return {
        key_of(row): row for lane in Lane for row in rows.rows_after(connection, lane, 0, 100_000)
    }


def use(folder: Path, seed: int = 1, turns: int = 60) -> Used:
    """Commit, deliver, thin and give up; some of it is in the file, the last of it in the log."""
    dice = random.Random(seed)
    path = folder / "made.db"
    disk = connect(path)
    rows.migrate(disk)
    once: set[tuple[KeyOf, bytes]] = set()
    for turn in range(turns):
        for work in _one_turn(disk, dice, turn):
            run_transaction(disk, lambda _, work=work: work())  # type: ignore[misc]  # a lambda's default has no type
            once |= {(key, row.payload) for key, row in all_rows(disk).items()}
        if turn == turns // 2:
            disk.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    truth = all_rows(disk)
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{path}{suffix}", folder / f"buffer.db{suffix}")
    disk.close()
    copied = folder / "buffer.db"
    return Used(folder, truth, once, _places(copied, truth), page_size(copied))


def _one_turn(
    disk: sqlite3.Connection, dice: random.Random, turn: int
) -> Iterator[Callable[[], object]]:
    """Transactions, one after the other."""
    lane = dice.choice((Lane.URGENT, Lane.BULK))
    epoch = f"{1 + turn // 20:016x}"
    drafts = [_draft(dice) for _ in range(dice.randint(1, 3))]
    yield lambda: rows.commit(disk, lane, epoch, drafts)
    held = rows.rows_after(disk, lane, 0, 100)
    match dice.randint(0, 5):
        case 0:
            key = dice.choice(held).key
            receipt = Receipt(lane, key.epoch, ((key.seq, key.seq + 2),), (), None, 1)
            yield lambda: rows.receive(disk, receipt, epoch)
        case 1:
            yield lambda: rows.give_up(disk, held[0].id, "bulk_full")
        case 2:
            yield lambda: rows.next_connection(disk)
        case 3:
            near = [row for row in held if row.key.epoch == held[0].key.epoch][:2]
            if len(near) > 1 and not any(row.key.covers for row in near):
                yield lambda: _thin(disk, near)
        case _:
            return


def _thin(disk: sqlite3.Connection, near: list[rows.Row]) -> None:
    covers = tuple(Cover(row.key.seq, row.key.taken, 1) for row in near)
    rows.thin(disk, [row.id for row in near], covers, near[0].base, (Encoding.RAW, b"thin"))


def keys_of(row: rows.Row) -> set[KeyOf]:
    """All that it stands for."""
    seqs = [cover.seq for cover in row.key.covers] or [row.key.seq]
    return {(row.lane, row.key.epoch, seq) for seq in seqs}


def _draft(dice: random.Random) -> rows.Draft:
    size = dice.choice((60, 200, 900, 3_000))
    base = Base("boot-1", dice.randint(1, 10**9), ClockState.SYNCHRONISED)
    return rows.Draft(dice.randint(1, 100), base, Encoding.ZLIB, dice.randbytes(size))


def _places(path: Path, truth: dict[KeyOf, rows.Row]) -> dict[KeyOf, set[Place]]:
    """Of the newest version of each row: the leaf, and what flows over."""
    log = log_of(path)
    body = path.read_bytes()
    pages = Pages(body, page_size(path), log.frames)
    newest = {frame.page: ("wal", frame.place) for frame in log.frames}
    found: dict[KeyOf, set[Place]] = {}
    numbers = {row.id: key for key, row in truth.items()}
    for number in pages.numbers():
        seen: list[int] = [number]

        def fetch(page: int, seen: list[int] = seen) -> bytes | None:
            seen.append(page)
            return pages.newest(page)

        for row, fields in read_page(pages.newest(number) or b"", number, fetch).rows:
            if row in numbers and len(fields) == len(stored.Stored.__struct_fields__) + 1:
                found[numbers[row]] = {newest.get(page, ("db", page)) for page in seen}
    assert set(found) == set(truth)
    return found


def breaks(used: Used, path: Path, dice: random.Random) -> tuple[str, set[Place]]:
    """Break the copy at `path` somewhere; what was done, and which places are not as they were."""
    which = dice.choice(("db", "wal"))
    file = path if which == "db" else path.with_name(f"{path.name}-wal")
    size = file.stat().st_size
    at = dice.randrange(size)
    if dice.random() < 0.3:
        os.truncate(file, at)
        return f"{which} cut at {at}", set(_touched(used, which, at, size))
    length = min(dice.choice((1, 1, 1, 8, 512, 4_096)), size - at)
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(dice.choice((dice.randbytes(length), bytes(length))))
    return f"{length} bytes of {which} at {at}", set(_touched(used, which, at, at + length))


def _touched(used: Used, which: str, start: int, end: int) -> Iterator[Place]:
    if which == "db":
        yield from (
            ("db", n) for n in range(start // used.page_size + 1, end // used.page_size + 2)
        )
        return
    step = used.page_size + FRAME_BYTES
    first = max(start - HEADER_BYTES, 0) // step
    yield from (("wal", n) for n in range(first, max(end - HEADER_BYTES, 0) // step + 1))
