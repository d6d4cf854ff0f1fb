"""Simulated units on a TCP port: Modbus TCP, or RTU frames through a serial converter."""

from collections import deque
from collections.abc import Iterable

from runtime.clock import Clock
from simulators.slave_line import Exchange, LineCounts, SlaveLine, SlaveUnit
from simulators.tcp_port import TcpPort
from simulators.tcp_units import RtuTunnel, TcpCounts, TcpUnits
from simulators.wire_time import WireFormat


class ModbusTcp(TcpPort):
    """Units that speak Modbus TCP; a context manager."""

    def __init__(
        self,
        units: Iterable[SlaveUnit],
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        turnaround_us: int = 3_000,
        absent_us: int = 500_000,
        keep_exchanges: bool = False,
        clock: Clock | None = None,
    ) -> None:
        """Set it up; nothing is opened yet. Raises ValueError for two units of one address."""
        self._units = TcpUnits(
            units,
            turnaround_us=turnaround_us,
            absent_us=absent_us,
            keep_exchanges=keep_exchanges,
        )
        super().__init__(self._units, port=port, host=host, clock=clock)

    @property
    def counts(self) -> TcpCounts:
        return self._units.counts

    @property
    def exchanges(self) -> deque[Exchange]:
        return self._units.exchanges


class RtuOverTcp(TcpPort):
    """Units on a serial line of `wire` behind a converter; a context manager."""

    def __init__(
        self,
        units: Iterable[SlaveUnit],
        wire: WireFormat,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        turnaround_us: int = 2_000,
        keep_exchanges: bool = False,
        clock: Clock | None = None,
    ) -> None:
        """Set it up; nothing is opened yet. Raises ValueError for two units of one address."""
        self._line = SlaveLine(
            units, wire, turnaround_us=turnaround_us, keep_exchanges=keep_exchanges
        )
        super().__init__(RtuTunnel(self._line), port=port, host=host, clock=clock)

    @property
    def counts(self) -> LineCounts:
        return self._line.counts

    @property
    def exchanges(self) -> deque[Exchange]:
        return self._line.exchanges
