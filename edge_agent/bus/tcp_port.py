"""A TCP connection as a port: to a Modbus TCP server, or to a serial line behind a converter."""

import socket

import msgspec

from edge_agent.bus.port import Descriptor, Port, PortGoneError
from edge_agent.bus.wire_time import NoWire, SerialFormat

CONNECT_US = 3_000_000
"""How long a connection may take to come about."""

# A server that lost its power says nothing: unanswered bytes and probes find out within this time.
_DEAD_AFTER_S = 10
_IDLE_S = 5
_PROBE_S = 2
_PROBES = 3
_SECOND_US = 1_000_000


class TcpSettings(msgspec.Struct, frozen=True):
    """Where to connect to, and the wire behind it whose time the replies have to keep, if any."""

    host: str
    port: int
    format: SerialFormat | NoWire = msgspec.field(default_factory=NoWire)
    connect_us: int = CONNECT_US

    @property
    def path(self) -> str:
        """Its name in what is reported."""
        return f"{self.host}:{self.port}"


class TcpPort(Descriptor):
    """One connection; it is gone when the other side closes it, resets it or falls silent."""

    def __init__(self, settings: TcpSettings) -> None:
        """Connect; raise PortGoneError when that fails or takes too long."""
        self._socket = _connect(settings)
        super().__init__(settings.path, self._socket.fileno())

    def receive(self, wait_us: int, wake: int | None = None) -> bytes:
        return super().receive(wait_us, wake) if wait_us > 0 else self._read()

    def close(self) -> None:
        self._socket.close()


def open_tcp(settings: TcpSettings) -> Port:
    """Connect as the settings say; raise PortGoneError."""
    return TcpPort(settings)


def _connect(settings: TcpSettings) -> socket.socket:
    address = (settings.host, settings.port)
    try:
        link = socket.create_connection(address, settings.connect_us / _SECOND_US)
    except (OSError, UnicodeError) as error:  # UnicodeError: a host name that none can be
        raise PortGoneError(f"can not connect to {settings.path}: {_why(error)}") from error
    try:
        _prepare(link)
    except OSError as error:
        link.close()
        raise PortGoneError(f"can not use {settings.path}: {error}") from error
    return link


def _why(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "it refuses; is this its port, and is nobody else connected?"
    if isinstance(error, TimeoutError):
        return "no answer; check its address, power and network"
    if isinstance(error, socket.gaierror):
        return f"{error.strerror}; check its name, or write its address"
    return getattr(error, "strerror", None) or str(error)


def _prepare(link: socket.socket) -> None:
    """Requests leave at once, and a dead server is noticed."""
    link.settimeout(0)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _IDLE_S)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _PROBE_S)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_AFTER_S * 1_000)
