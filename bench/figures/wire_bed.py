"""Simulated RTU lines in a process of their own, apart from what is measured."""

import itertools
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from runtime.clock import SystemClock
from simulators.fault import Fault, FaultPlan, silence
from simulators.register_image import READ_HOLDING, RegisterImage
from simulators.serial_line import SerialLine
from simulators.slave_line import Exchange

UNITS, REGISTERS, TURNAROUND_US = 16, 10, 5_000
_ENDS_S = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What one line heard in a stretch: the instants of each unit's requests (µs), and its counts.

    `gap_violations`: requests that came before 3.5 characters of silence; they got no answer.
    """

    asked_us: dict[int, list[int]]
    gap_violations: int
    bad_frames: int
    overlaps: int

    @property
    def periods_us(self) -> dict[int, list[int]]:
        """From each request to a unit to its next."""
        return {
            unit: [after - before for before, after in itertools.pairwise(at)]
            for unit, at in self.asked_us.items()
        }


class CountingUnit:
    """Ten registers that are never the same twice."""

    def __init__(self, unit: int) -> None:
        self.unit = unit
        self.faults = FaultPlan(seed=unit)
        self._count = 0
        self._image = RegisterImage(
            holding=dict.fromkeys(range(REGISTERS), 0), functions=(READ_HOLDING,)
        )

    def answer(self, pdu: bytes, now: int) -> bytes:  # noqa: ARG002 - it counts, whatever the time
        self._count += 1
        for address in self._image.holding or {}:
            (self._image.holding or {})[address] = (self._count + address) & 0xFFFF
        return self._image.reply(pdu)


class WireBed:
    """Orders to the process in which the lines are; each waits for its answer."""

    def __init__(self, orders: Connection, pid: int) -> None:
        self._orders = orders
        self.pid = pid

    def silence(self, line: int, units: Sequence[int]) -> None:
        """Take devices off a line."""
        self._orders.send(("silence", line, tuple(units)))
        self._orders.recv()

    def spoil(self, line: int, faults: Mapping[int, Sequence[Fault]]) -> None:
        """Give units of a line these faults, and all others none."""
        self._orders.send(("spoil", line, {unit: tuple(some) for unit, some in faults.items()}))
        self._orders.recv()

    def exchanges(self, line: int) -> list[Exchange]:
        """What each unit of the line was asked and answered since it was last looked at."""
        self._orders.send(("exchanges", line))
        found: list[Exchange] = self._orders.recv()
        return found

    def take(self) -> list[Heard]:
        """What each line has heard since it was last asked."""
        self._orders.send(("take",))
        found: list[Heard] = self._orders.recv()
        return found

    def end(self) -> None:
        self._orders.send(("end",))


@contextmanager
def wire_bed(ports: Sequence[Path]) -> Iterator[WireBed]:
    """One line of 16 units (9600 8N1, 5 ms, strict about silence) behind each port."""
    made = multiprocessing.get_context("spawn")
    ours, theirs = made.Pipe()
    process = made.Process(target=_play, args=(theirs, tuple(ports)), daemon=True)
    process.start()
    bed = WireBed(ours, process.pid or 0)
    try:
        bed.take()
        yield bed
    finally:
        bed.end()
        process.join(_ENDS_S)


def _play(orders: Connection, ports: tuple[Path, ...]) -> None:
    with ExitStack() as plugged:
        units = [[CountingUnit(n + 1) for n in range(UNITS)] for _ in ports]
        lines = [
            plugged.enter_context(
                SerialLine(
                    on_line,
                    baud=9600,
                    parity="N",
                    stop_bits=1,
                    turnaround_us=TURNAROUND_US,
                    insist_on_gap=True,
                    keep_exchanges=True,
                    link=port,
                )
            )
            for on_line, port in zip(units, ports, strict=True)
        ]
        while True:
            order = orders.recv()
            if order[0] == "end":
                return
            orders.send(_obeyed(order, units, lines))


def _obeyed(
    order: tuple[Any, ...], units: list[list[CountingUnit]], lines: list[SerialLine]
) -> object:
    match order:
        case ("silence", int(line), tuple(gone)):
            _spoil(units[line], {unit: (silence(),) for unit in gone})
        case ("spoil", int(line), dict(faults)):
            _spoil(units[line], faults)
        case ("exchanges", int(line)):
            found = list(lines[line].exchanges)
            lines[line].exchanges.clear()
            return found
        case ("take",):
            return [_heard(line) for line in lines]
        case _:
            raise ValueError(f"no such order: {order}")
    return SystemClock().mono_us()


def _spoil(units: list[CountingUnit], faults: Mapping[int, Sequence[Fault]]) -> None:
    for unit in units:
        unit.faults.clear()
        for fault in faults.get(unit.unit, ()):
            unit.faults.add(fault)


def _heard(line: SerialLine) -> Heard:
    asked: dict[int, list[int]] = {}
    while line.exchanges:
        one = line.exchanges.popleft()
        asked.setdefault(one.unit, []).append(one.at_us)
    counts = line.counts
    found = Heard(asked, counts.gap_violations, counts.bad_frames, counts.overlaps)
    counts.gap_violations = counts.bad_frames = counts.overlaps = 0
    return found
