"""A skipped test is shown on a developer's machine and is a failure in CI."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TESTS = {
    "at_run": "import pytest\ndef test_it():\n    pytest.skip('apt-get install it')\n",
    "by_mark": "import pytest\n@pytest.mark.skip('apt-get install it')\ndef test_it(): ...\n",
    "in_fixture": (
        "import pytest\n@pytest.fixture\ndef lacks(): pytest.skip('apt-get install it')\n"
        "def test_it(lacks): ...\n"
    ),
    "whole_file": "import pytest\npytest.skip('apt-get install it', allow_module_level=True)\n",
}


def run(folder: Path, ci: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", str(folder)]
    environment = os.environ | {"CI": ci}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("how", list(TESTS))
def test_in_ci_nothing_skips(how: str, tmp_path: Path) -> None:
    (tmp_path / "test_lacks.py").write_text(TESTS[how])
    ran = run(tmp_path, "true")
    assert ran.returncode != 0, ran.stdout
    assert "nothing may skip in CI" in ran.stdout
    assert "apt-get install it" in ran.stdout


def test_elsewhere_a_skip_is_shown(tmp_path: Path) -> None:
    (tmp_path / "test_lacks.py").write_text(TESTS["at_run"])
    ran = run(tmp_path, "")
    assert ran.returncode == 0, ran.stdout
    assert "apt-get install it" in ran.stdout
