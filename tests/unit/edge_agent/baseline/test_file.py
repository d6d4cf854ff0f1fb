"""Two copies on disk: one whole is enough, none whole is told, what is refused is not kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.baseline.file import NAME, BaselineFile
from tests.baseline_site import taken_cover, taken_gauge

COVER, GAUGE = taken_cover(), taken_gauge()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert BaselineFile(tmp_path).read() == ((), ())
    file = BaselineFile(tmp_path)
    assert file.write((COVER,)) == ""
    assert file.write((COVER, GAUGE)) == ""
    assert BaselineFile(tmp_path).read() == ((COVER, GAUGE), ())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_copy_that_is_broken_anywhere_does_no_harm(tmp_path: Path, data: st.DataObject) -> None:
    BaselineFile(tmp_path).write((COVER,))
    broken = tmp_path / data.draw(st.sampled_from([NAME, f"{NAME}.copy"]))
    content = bytearray(broken.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= data.draw(st.integers(1, 255))
    else:
        del content[at:]
    broken.write_bytes(content)
    taken, _ = BaselineFile(tmp_path).read()
    assert taken == (COVER,)


def test_when_both_are_broken_that_is_told(tmp_path: Path) -> None:
    BaselineFile(tmp_path).write((COVER,))
    for copy in (NAME, f"{NAME}.copy"):
        (tmp_path / copy).write_bytes(b"{")
    taken, notices = BaselineFile(tmp_path).read()
    assert taken == ()
    assert len(notices) == 3
    assert "take them anew" in notices[-1]


def test_the_newer_copy_counts_and_the_next_write_is_newer_still(tmp_path: Path) -> None:
    file = BaselineFile(tmp_path)
    file.write((COVER,))
    older = (tmp_path / f"{NAME}.copy").read_bytes()
    file.write((GAUGE,))
    (tmp_path / f"{NAME}.copy").write_bytes(older)  # killed between the two
    again = BaselineFile(tmp_path)
    assert again.read() == ((GAUGE,), ())
    (tmp_path / NAME).unlink()
    again.write((COVER, GAUGE))
    assert BaselineFile(tmp_path).read() == ((COVER, GAUGE), ())


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        BaselineFile(tmp_path / "nowhere").write((COVER,))
    file = BaselineFile(tmp_path)
    (tmp_path / f"{NAME}.copy").mkdir()
    assert "can not be written" in file.write((COVER,))
    assert BaselineFile(tmp_path).read()[0] == (COVER,)


_WRITER = """
import itertools, sys
from pathlib import Path
from edge_agent.baseline.file import BaselineFile
from tests.baseline_site import taken_cover
file = BaselineFile(Path(sys.argv[1]))
for number in itertools.count(1):
    file.write(tuple(taken_cover(note=str(number), device=f"cover-{n}") for n in range(50)))
    print(number, flush=True)
"""


@pytest.mark.parametrize("delay_s", [0.0, 0.002, 0.007, 0.013])
def test_a_kill_at_any_moment_leaves_what_was_told_or_the_next(
    tmp_path: Path, delay_s: float
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"1\n"
        time.sleep(delay_s)
        writer.send_signal(signal.SIGKILL)
        told = 1 + len(writer.stdout.read().splitlines())
    taken, notices = BaselineFile(tmp_path).read()
    assert notices == ()
    assert len(taken) == 50
    assert {one.note for one in taken} <= {str(told), str(told + 1)}
