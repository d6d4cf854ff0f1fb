"""A simulated device played by the real command, told by lines on its standard input."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.patience import PATIENCE_S


@contextmanager
def playing(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a command; gives the process and the path that it tells."""
    with subprocess.Popen(
        [sys.executable, "-m", "simulators", arguments[0], "--json", *arguments[1:]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, str(json.loads(process.stdout.readline())["path"])
            process.communicate("quit\n", timeout=PATIENCE_S)
            assert process.returncode == 0
        finally:
            process.kill()


def order(process: subprocess.Popen[str], line: str) -> dict[str, float]:
    """Tell the device what happens to it; the truth that it answers with."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    told = json.loads(process.stdout.readline())
    assert "state" in told, f"{line}: {told}"
    state: dict[str, float] = told["state"]
    return state
