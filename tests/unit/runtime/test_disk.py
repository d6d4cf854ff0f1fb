"""Room on a disk, as `df` tells it."""

import shutil
from pathlib import Path

import pytest

from runtime.disk import free_on, size_of

_OF_OTHERS = 64 * 1024 * 1024  # who writes there meanwhile


def test_what_is_left_for_anybody(tmp_path: Path) -> None:
    assert free_on(tmp_path) == pytest.approx(shutil.disk_usage(tmp_path).free, abs=_OF_OTHERS)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        free_on(tmp_path / "none")


def test_the_whole_disk(tmp_path: Path) -> None:
    assert size_of(tmp_path) == shutil.disk_usage(tmp_path).total
