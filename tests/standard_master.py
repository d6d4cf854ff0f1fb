"""The program mbpoll (libmodbus) as a Modbus master: one read or write, by its command line."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from enum import Enum

import pytest

LAST_SERIAL_UNIT = 247
"""On a serial line mbpoll dies of a failed assertion when told 248 to 255: its libmodbus (3.1.6 in
Debian 12) knows no such unit. Over TCP it takes 255, and for 248 to 254 asks 255 without a word."""

_LINE = re.compile(r"^\[(\d+)\]:\s+(\S+)(?: \((-\d+)\))?$", re.MULTILINE)
_TIMEOUT_S = 10.0


class Ask(Enum):
    """A table and what its registers are taken for, as mbpoll is told."""

    BITS = ("-t", "1")
    INPUTS = ("-t", "3")
    INPUTS_U32 = ("-t", "3:int", "-B")
    HOLDING = ("-t", "4")
    HOLDING_S16 = ("-t", "4:int16")
    HOLDING_F32 = ("-t", "4:float", "-B")


class RefusedError(Exception):
    """What mbpoll says of an exchange that failed."""


class StandardMaster:
    """A port and how it is set. A pty has no parity, so 8E1 is asked with two stop bits."""

    def __init__(self, where: Sequence[str], options: Sequence[str]) -> None:
        if shutil.which("mbpoll") is None:
            pytest.skip("mbpoll is not installed here: apt-get install mbpoll")
        self._where = list(where)
        self._options = list(options)

    def read(self, unit: int, ask: Ask, first: int, count: int) -> list[float]:
        """Read `count` values from address `first`. Raises RefusedError."""
        signed = ask is Ask.HOLDING_S16
        kind = Ask.HOLDING.value if signed else ask.value
        said = self._run(unit, first, [*kind, "-c", str(count)])
        found = [(int(at), float((signed and minus) or v)) for at, v, minus in _LINE.findall(said)]
        width = 2 if kind[1].endswith(("int", "float")) else 1
        assert [at for at, _ in found] == [first + n * width for n in range(count)], said
        return [value for _, value in found]

    def write(self, unit: int, address: int, value: int) -> None:
        """Write one holding register. Raises RefusedError."""
        self._run(unit, address, [*Ask.HOLDING.value], [str(value)])

    def _run(self, unit: int, first: int, what: Sequence[str], values: Sequence[str] = ()) -> str:
        options = ["-1", "-q", "-0", "-a", str(unit), "-r", str(first), *what, *self._options]
        ran = subprocess.run(
            ["mbpoll", *options, *self._where, *values],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
        if ran.returncode != 0:
            raise RefusedError(ran.stderr.strip() or f"mbpoll ended with {ran.returncode}")
        return ran.stdout


def on_serial(path: str, baud: int, stop_bits: int) -> StandardMaster:
    """On a pseudo-terminal."""
    options = ["-m", "rtu", "-b", str(baud), "-P", "none", "-s", str(stop_bits)]
    return StandardMaster([path], options)


def on_tcp(path: str) -> StandardMaster:
    """At `host:port`."""
    host, _, port = path.partition(":")
    return StandardMaster([host], ["-m", "tcp", "-p", port])
