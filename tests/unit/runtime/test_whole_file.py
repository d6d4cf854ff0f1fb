"""A file that is written whole: killed at any point it is the old one or the new one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runtime.whole_file import write_whole

_WRITER = """
import itertools, sys
from pathlib import Path
from runtime.whole_file import write_whole
for number in itertools.count(1):
    write_whole(Path(sys.argv[1]), (str(number) + ";").encode() * 2000)
    print(number, flush=True)
"""


def test_the_new_content_replaces_the_old(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_whole(file, b"one")
    write_whole(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_a_draft_that_was_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "a.json.new").write_bytes(b"torn")
    write_whole(tmp_path / "a.json", b"one")
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "a.json", b"one")


@pytest.mark.parametrize("delay_s", [0.001, 0.004, 0.011, 0.02])
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path, delay_s: float) -> None:
    file = tmp_path / "a.json"
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(file)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"1\n"
        time.sleep(delay_s)
        writer.send_signal(signal.SIGKILL)
        told = 1 + len(writer.stdout.read().splitlines())
    first, *others = file.read_bytes().decode().split(";")[:-1]
    assert others == [first] * 1999
    assert int(first) in (told, told + 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_writes_is_for_whom_the_folder_belongs_to(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    os.chown(folder, 12_345, 54_321)
    write_whole(folder / "note", b"by sudo")
    its = (folder / "note").stat()
    assert (its.st_uid, its.st_gid) == (12_345, 54_321)
