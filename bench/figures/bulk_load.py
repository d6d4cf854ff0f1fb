"""Gateways that fill the bulk lane at a steady rate, over the real broker, from a process apart."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

GATEWAYS, DEVICES = 4, 25
PREFIX = "gw-load"
LOADERS = tuple(f"{PREFIX}-{number:04d}" for number in range(1, GATEWAYS + 1))
_BEGINS_S, _ENDS_S, _STEP_S = 30.0, 15.0, 0.1


@dataclass(slots=True)
class Sent:
    """What was published meanwhile and has its receipt; whole once the block has ended."""

    readings: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> int:
        return round(self.readings / self.seconds)


@contextmanager
def bulk_load(
    port: int, passwords: Path, readings_per_s: float, has_begun: Callable[[], bool]
) -> Iterator[Sent]:
    """All of them together publish so many readings a second until the block ends.

    `passwords`: lines LOADER:PASSWORD. The block begins once `has_begun` sees the load arrive.
    """
    each = readings_per_s / (GATEWAYS * DEVICES)
    command = [
        *(sys.executable, "-m", "simulators", "fleet", "--json", "--broker", f"127.0.0.1:{port}"),
        *("--gateways", str(GATEWAYS), "--devices", str(DEVICES), "--rate", str(each)),
        *("--urgent-share", "0", "--kinds", "smoke", "--prefix", PREFIX, "--duration", "24h"),
        *("--password-file", str(passwords)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    sent = Sent()
    try:
        _wait(has_begun)
        yield sent
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=_ENDS_S)
        found = json.loads(said)
        sent.readings, sent.seconds = found["readings"]["receipted"], found["seconds"]


def _wait(has_begun: Callable[[], bool]) -> None:
    for _ in range(round(_BEGINS_S / _STEP_S)):
        if has_begun():
            return
        time.sleep(_STEP_S)
    raise RuntimeError(f"no load arrived within {_BEGINS_S:.0f} s")
