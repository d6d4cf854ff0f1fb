"""Real sockets: clients come and go, are reset, are too many, or take nothing."""

import socket

import pytest

from simulators.fault import connection_reset
from simulators.mbap import pack
from simulators.smoke_detector import SmokeDetector
from simulators.tcp_port import MOST_CONNECTIONS, TcpPort
from simulators.tcp_units import TcpUnits
from tests.patience import PATIENCE_S

READ = pack(7, 1, bytes.fromhex("02 00 00 00 04"))
REPLY = pack(7, 1, bytes.fromhex("02 01 01"))


def client(port: TcpPort) -> socket.socket:
    return socket.create_connection((port.host, port.port), timeout=PATIENCE_S)


def asked(link: socket.socket) -> bytes:
    link.sendall(READ)
    return link.recv(100)


def test_several_clients_come_and_go() -> None:
    with TcpPort(TcpUnits([SmokeDetector()])) as port:
        for _ in range(3):
            with client(port) as one, client(port) as other:
                assert asked(one) == asked(other) == REPLY


def test_a_reset_reaches_its_client_only() -> None:
    detector = SmokeDetector()
    with TcpPort(TcpUnits([detector])) as port, client(port) as one, client(port) as other:
        assert asked(other) == REPLY
        detector.faults.add(connection_reset(1))
        with pytest.raises(ConnectionResetError):
            asked(one)
        assert asked(other) == REPLY


def test_unplugged_and_plugged_in_at_the_same_port() -> None:
    port = TcpPort(TcpUnits([SmokeDetector()]))
    port.plug()
    port.plug()
    number = port.port
    with client(port) as one:
        assert asked(one) == REPLY
        port.unplug()
        with pytest.raises(ConnectionResetError):
            one.recv(1)
    with pytest.raises(ConnectionRefusedError):
        client(port)
    port.unplug()
    with port, client(port) as one:
        assert asked(one) == REPLY
        assert port.path == f"127.0.0.1:{number}"


def test_one_client_too_many_is_turned_away() -> None:
    with TcpPort(TcpUnits([SmokeDetector()])) as port:
        links = [client(port) for _ in range(MOST_CONNECTIONS)]
        assert [asked(link) for link in links] == [REPLY] * MOST_CONNECTIONS
        with client(port) as late:
            assert late.recv(1) == b""
        for link in links:
            link.close()


def test_a_port_that_is_taken() -> None:
    with TcpPort(TcpUnits([SmokeDetector()])) as port:
        other = TcpPort(TcpUnits([SmokeDetector()]), port=port.port)
        with pytest.raises(OSError, match="in use"):
            other.plug()


def test_garbage_is_reset_and_the_port_lives_on() -> None:
    with TcpPort(TcpUnits([SmokeDetector()])) as port:
        with client(port) as stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                stranger.recv(1)
        with client(port) as one:
            assert asked(one) == REPLY
