"""A Modbus RTU line on a pty that keeps the wire's time; several units, faults, unplugging."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from runtime.clock import Clock
from simulators.plugged_port import PluggedPort
from simulators.slave_line import Exchange, LineCounts, SlaveLine, SlaveUnit
from simulators.wire_time import WireFormat


class SerialLine(PluggedPort):
    """The line as a context manager: inside it `path` can be opened by a Modbus master.

    The wire's time is that of `baud`, `parity` and `stop_bits` whatever the master sets at the pty;
    a master must ask for parity N, because a pty has no parity bit. The last byte of a reply never
    arrives before a real wire could bring it: request + 3.5 characters + turnaround + reply.
    """

    def __init__(
        self,
        units: Iterable[SlaveUnit],
        *,
        baud: int = 9600,
        parity: Literal["N", "E", "O"] = "N",
        stop_bits: Literal[1, 2] = 2,
        turnaround_us: int = 2_000,
        insist_on_gap: bool = False,
        keep_exchanges: bool = False,
        link: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Set the line up; nothing is opened yet. Raises ValueError for two units of one address.

        `insist_on_gap` ignores requests that come before 3.5 characters of silence (they are always
        counted). `keep_exchanges` keeps the last 100 000 exchanges for a test to look at.
        """
        self._slaves = SlaveLine(
            units,
            WireFormat(baud, parity, stop_bits),
            turnaround_us=turnaround_us,
            insist_on_gap=insist_on_gap,
            keep_exchanges=keep_exchanges,
        )
        super().__init__(self._slaves, self._slaves.due, link=link, clock=clock)

    @property
    def wire(self) -> WireFormat:
        return self._slaves.wire

    @property
    def counts(self) -> LineCounts:
        return self._slaves.counts

    @property
    def exchanges(self) -> deque[Exchange]:
        return self._slaves.exchanges
