"""An acceptance test fails when a program that it started logged what nobody meant to say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mishaps import mishaps

TREE = Path(__file__).parents[2]
QUIET = '{"level": "warning", "logger": "agent", "message": "line shed is gone"}'
RAW = """Traceback (most recent call last):
  File "x.py", line 1, in <module>
ValueError: torn"""
LOGGED = (
    '{"logger": "asyncio", "message": "Exception in callback f()", "exception": "no"}',
    '{"logger": "asyncio", "message": "Task exception was never retrieved"}',
    '{"logger": "asyncio", "message": "Task was destroyed but it is pending!"}',
    '{"logger": "watcher", "message": "waits", "exception": "Traceback (most recent call last)"}',
    RAW,
)


@pytest.mark.parametrize("one", LOGGED)
def test_it_is_found_whole_among_other_lines(one: str) -> None:
    assert mishaps(f"{QUIET}\n{one}\n{QUIET}\n") == [one]


def test_what_is_meant_is_left_out() -> None:
    assert mishaps(f"{QUIET}\n{RAW}\n{LOGGED[0]}\n", ["ValueError: torn"]) == [LOGGED[0]]
    assert mishaps(f"{QUIET}\n") == []


TEST = """
import pytest
def log(folder):
    (folder / "gateway").mkdir()
    (folder / "gateway" / "agent.log").write_text({said!r})
def test_nobody_meant_it(tmp_path):
    log(tmp_path)
@pytest.mark.logs_mishap("ValueError: torn")
def test_on_purpose(tmp_path):
    log(tmp_path)
async def test_in_the_test_itself():
    import asyncio
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
"""


def test_the_test_fails_and_shows_the_line(tmp_path: Path) -> None:
    shutil.copy(TREE / "tests" / "acceptance" / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nmarkers = logs_mishap(text): meant\n"
    )
    (tmp_path / "test_it.py").write_text(TEST.format(said=RAW))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(TREE)},
        cwd=TREE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "3 passed, 2 errors" in ran.stdout, ran.stdout
    assert "gateway/agent.log: Traceback" in ran.stdout
    assert "ValueError: torn" in ran.stdout
    assert "the test itself: Exception in callback" in ran.stdout
    assert "test_on_purpose" not in ran.stdout
