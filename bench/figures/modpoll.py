"""modpoll, a peer in Python, at the same work: its configuration and its process."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec


class Peer(msgspec.Struct, frozen=True):
    """Where the program is, and what it reads: so many units, and registers of each."""

    program: Path
    units: int
    registers: int

    def configuration(self) -> str:
        rows = []
        for unit in range(1, self.units + 1):
            count = self.registers
            rows += [f"device,unit-{unit},{unit},,", f"poll,holding_register,0,{count},BE_BE"]
            rows += [f"ref,r{n},{n},uint16,r" for n in range(count)]
        return "\n".join(rows) + "\n"

    @contextmanager
    def running(
        self, folder: Path, port: int, *, rate_s: float, broker: int | None = None
    ) -> Iterator[int]:
        """Its process at work on the units at `port`; publishes when there is a `broker`."""
        config = folder / "modpoll.csv"
        config.write_text(self.configuration(), encoding="utf-8")
        where = ["--tcp", "127.0.0.1", "--tcp-port", str(port), "--config", str(config)]
        pace = ["--rate", str(rate_s), "--interval", "0", "--delay", "0"]
        to = ["--mqtt-version", "5.0", "--mqtt-host", "127.0.0.1", "--mqtt-port", str(broker)]
        up = [] if broker is None else to
        with subprocess.Popen(
            [str(self.program), *where, *pace, *up, "--loglevel", "ERROR", "--daemon"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                yield process.pid
            finally:
                process.terminate()
