"""A Modbus slave of a third party (libmodbus): compiled, started, told its registers, its log."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.patience import until_true

SOURCE = Path(__file__).parent / "third_party" / "libmodbus_slave.c"
NEEDED = "apt-get install gcc libc6-dev pkg-config libmodbus-dev"


def compiled_slave(folder: Path) -> Path:
    """The program, compiled into `folder`. Skips, naming the command, what lacks a compiler."""
    try:
        asked = ["pkg-config", "--cflags", "--libs", "libmodbus"]
        flags = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip(f"libmodbus is not installed here: {NEEDED}")
    if shutil.which("cc") is None:
        pytest.skip(f"no compiler: {NEEDED}")
    program = folder / SOURCE.stem
    strict = ["-std=gnu11", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["cc", *strict, str(SOURCE), "-o", str(program), *flags], check=True)
    return program


class ThirdPartySlave:
    """One running slave."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process = process
        self._log = log
        self._told = 0

    @property
    def log(self) -> str:
        """Its frames, what it was told and what went wrong, as far as it has written them."""
        return self._log.read_text()

    @property
    def errors(self) -> list[str]:
        """What libmodbus complains of."""
        return [line for line in self.log.splitlines() if "ERROR" in line]

    @property
    def wrote(self) -> list[tuple[int, int]]:
        """The registers that a master wrote, and the values."""
        words = [line.split() for line in self.log.splitlines() if line.startswith("slave: wrote")]
        return [(int(address), int(value)) for _, _, address, value in words]

    @property
    def port(self) -> int:
        """Of a slave on TCP."""
        (ready,) = [line for line in self.log.splitlines() if line.startswith("slave: ready ")]
        return int(ready.rpartition(" ")[2])

    def wait_ready(self) -> None:
        until_true(lambda: "slave: ready" in self.log or self._process.poll() is not None)
        assert self._process.poll() is None, self.log

    def set(self, registers: Iterable[str]) -> None:
        """Take lines such as `holding_registers 3 350`; returns when they count."""
        assert self._process.stdin is not None
        for line in registers:
            self._process.stdin.write(f"{line}\n")
            self._told += 1
        self._process.stdin.flush()
        until_true(lambda: self.log.count("slave: set\n") == self._told)


@contextmanager
def _running(program: Path, log: Path, *arguments: str) -> Iterator[ThirdPartySlave]:
    with (
        log.open("w") as output,
        subprocess.Popen(
            [str(program), *arguments],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            text=True,
        ) as process,
    ):
        try:
            slave = ThirdPartySlave(process, log)
            slave.wait_ready()
            yield slave
        finally:
            process.kill()


@contextmanager
def slave_on_tty(
    program: Path, log: Path, unit: int, path: str, *, baud: int, stop_bits: int
) -> Iterator[ThirdPartySlave]:
    """An RTU slave; without parity, as a pty has none."""
    shape = ("rtu", path, str(baud), "N", str(stop_bits))
    with _running(program, log, str(unit), *shape) as slave:
        yield slave


@contextmanager
def slave_on_tcp(program: Path, log: Path, unit: int) -> Iterator[ThirdPartySlave]:
    """A Modbus TCP slave at 127.0.0.1 and its `port`."""
    with _running(program, log, str(unit), "tcp") as slave:
        yield slave
