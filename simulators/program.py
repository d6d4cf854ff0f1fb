"""A program as a child process: start, stop, kill, freeze, and what it logged."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_STOP_S = 15.0
_FREEZE_S = 10.0
_STEP_S = 0.02


class Command:
    """A command line; its output goes to `log`. Methods block."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = list(command)
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.log = log

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches it through us alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._environment},
                start_new_session=True,
            )

    def comes_up(self, is_up: Callable[[], bool], seconds: float) -> bool:
        """Wait until it is up; False when it ended before, or is not up in that time."""
        for _ in range(round(seconds / _STEP_S)):
            if not self.is_running:
                return False
            if is_up():
                return True
            time.sleep(_STEP_S)
        return False

    def stop(self) -> int | None:
        """SIGTERM, by force after 15 s; the exit code, None when it never ran."""
        process, self._process = self._process, None
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        try:
            return process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP, and wait until it stands still: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)
        for _ in range(round(_FREEZE_S / _STEP_S)):
            if not self.is_running or _stands_still(self.pid):
                return
            time.sleep(_STEP_S)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, for an error message."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Program(Command):
    """One of our programs: `python -m <module> <arguments>`."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__([sys.executable, "-m", module, *arguments], log, environment)


def _stands_still(pid: int | None) -> bool:
    """Whether every thread of the process is stopped (proc(5): state T), or it is gone."""
    states = []
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            states.append(stat.read_text().rpartition(")")[2].split()[0])
        except (OSError, IndexError):
            continue
    return all(state in "TtZX" for state in states)
