import socket

import pytest

from edge_agent.bus.place import open_place
from edge_agent.bus.port import PortGoneError
from edge_agent.bus.serial_port import PortSettings, SerialPort
from edge_agent.bus.tcp_port import TcpPort, TcpSettings
from edge_agent.bus.wire_time import SerialFormat
from simulators.pseudo_terminal import PseudoTerminal


def test_a_path_is_a_serial_port_and_a_host_a_connection() -> None:
    with PseudoTerminal() as terminal:
        port = open_place(PortSettings(terminal.path, SerialFormat()))
        assert isinstance(port, SerialPort)
        port.close()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_place(TcpSettings("127.0.0.1", server.getsockname()[1]))
        assert isinstance(port, TcpPort)
        port.close()


def test_what_can_not_be_opened_is_gone_either_way() -> None:
    for place in (PortSettings("nowhere", SerialFormat()), TcpSettings("127.0.0.1", 1)):
        with pytest.raises(PortGoneError):
            open_place(place)
