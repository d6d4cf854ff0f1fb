"""Real connections on the loopback: made, used, closed, reset, refused."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import pytest

from edge_agent.bus.port import PortGoneError
from edge_agent.bus.tcp_port import CONNECT_US, TcpSettings, open_tcp
from edge_agent.bus.wire_time import NoWire

WAIT_US = 1_000_000


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def settings(server: socket.socket) -> TcpSettings:
    return TcpSettings("127.0.0.1", server.getsockname()[1])


def test_it_is_named_by_host_and_number_and_has_no_wire() -> None:
    here = TcpSettings("10.0.0.7", 502)
    assert (here.path, here.format, here.connect_us) == ("10.0.0.7:502", NoWire(), CONNECT_US)


def test_bytes_go_both_ways(server: socket.socket) -> None:
    with closing(open_tcp(settings(server))) as port:
        other, _ = server.accept()
        with other:
            port.send(b"\x00\x11\xff", WAIT_US)
            assert other.recv(16) == b"\x00\x11\xff"
            other.sendall(b"\x03\x0a")
            assert port.receive(WAIT_US) == b"\x03\x0a"
            assert port.receive(0) == b""


def test_requests_leave_at_once_and_a_dead_server_is_looked_for(server: socket.socket) -> None:
    with closing(open_tcp(settings(server))) as port, socket.socket(fileno=port.fileno()) as link:
        assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
        link.detach()


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_connection_that_the_server_ends_is_gone(
    server: socket.socket, *, is_reset: bool
) -> None:
    with closing(open_tcp(settings(server))) as port:
        other, _ = server.accept()
        if is_reset:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        other.close()
        with pytest.raises(PortGoneError, match=r"127\.0\.0\.1"):
            port.receive(WAIT_US)


def test_a_server_that_is_not_there_is_named(server: socket.socket) -> None:
    gone = settings(server)
    server.close()
    with pytest.raises(PortGoneError, match=f"can not connect to {gone.path}: it refuses; is this"):
        open_tcp(gone)


@pytest.mark.parametrize("host", ["x" * 70, "a..b"])
def test_a_host_that_none_can_be_is_named(host: str) -> None:
    with pytest.raises(PortGoneError, match="can not connect to"):
        open_tcp(TcpSettings(host, 502))
