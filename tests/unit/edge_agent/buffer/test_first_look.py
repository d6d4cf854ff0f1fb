"""A first look finds numbers, anchors and commands, and leaves the file as it is."""

from contextlib import closing
from pathlib import Path

from edge_agent.buffer import anchors, numbers, rows
from edge_agent.buffer.first_look import first_look
from runtime.database import connect
from wire.command import Command, CommandKind, encode_command
from wire.identity import Anchor

ANCHOR = Anchor("boot", 5, 50)


def made(folder: Path) -> Path:
    """With a log that nobody has copied into the file."""
    with closing(connect(folder / "made.db")) as disk:
        rows.migrate(disk)
        anchors.write(disk, ANCHOR)
        numbers.note(disk, numbers.CONNECTION, 41)
        command = Command(id="c-1", kind=CommandKind.DIAGNOSTICS, by="anna")
        disk.execute(
            "INSERT INTO command (id, payload, boot, mono_ms, state)"
            " VALUES ('c-1', ?, 'boot', 5, 'waiting')",
            (encode_command(command),),
        )
        for suffix in ("", "-wal"):
            content = (folder / f"made.db{suffix}").read_bytes()
            (folder / f"buffer.db{suffix}").write_bytes(content)
    return folder / "buffer.db"


def test_sqlite_reads_its_small_tables(tmp_path: Path) -> None:
    path = made(tmp_path)
    before = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    look = first_look(path)
    assert look.knows_commands
    assert look.found.numbers["connection"] == 41
    assert list(look.found.anchors.values()) == [ANCHOR]
    assert list(look.found.commands) == ["c-1"]
    assert (path.read_bytes(), Path(f"{path}-wal").read_bytes()) == before


def test_where_it_can_not_the_first_pages_tell_most(tmp_path: Path) -> None:
    path = made(tmp_path)
    with path.open("r+b") as file:
        file.write(bytes(100))
    look = first_look(path)
    assert not look.knows_commands
    assert look.found.numbers["connection"] == 41
    assert list(look.found.anchors.values()) == [ANCHOR]


def test_a_number_that_does_not_prove_itself_is_not_believed(tmp_path: Path) -> None:
    path = made(tmp_path)
    with closing(connect(path)) as disk:
        disk.execute("UPDATE meta SET value = 99 WHERE name = 'connection'")
    assert "connection" not in first_look(path).found.numbers
