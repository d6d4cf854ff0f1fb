"""Where a line may be: a serial port or a TCP connection; either is opened into a port."""

from edge_agent.bus.port import Port
from edge_agent.bus.serial_port import PortSettings, open_serial
from edge_agent.bus.tcp_port import TcpSettings, open_tcp

Place = PortSettings | TcpSettings
"""Both name themselves as `path` and the time of their wire as `format`."""


def open_place(place: Place) -> Port:
    """Open the port or connect; raise PortGoneError."""
    match place:
        case PortSettings():
            return open_serial(place)
        case TcpSettings():
            return open_tcp(place)
