"""A desk may name serial ports and devices of the site's networks, and nothing else there."""

import pytest

from edge_agent.config.reach import (
    Allowed,
    check_allowed,
    check_reach,
    is_host_allowed,
    is_port_allowed,
)
from edge_agent.config.tables import (
    REMOTE_HOSTS,
    REMOTE_PORTS,
    GatewayTable,
    LineKind,
    LineTable,
)

SHIPPED = Allowed(frozenset(), REMOTE_PORTS, REMOTE_HOSTS)


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [
        ("/dev/serial/by-id/usb-FTDI_FT232R-if00-port0", True),
        ("/dev/serial/by-path/platform-1.2:1.0-port0", True),
        ("/dev/lifeline/by-id/FTDI_FT232R-if00", True),
        ("/dev/ttyUSB0", True),
        ("/dev/ttyS1", True),
        ("/dev/ttyAMA0", True),
        ("/dev/ttymxc2", True),
        ("/dev/tty", False),
        ("/dev/tty1", False),
        ("/dev/mem", False),
        ("/dev/mmcblk0", False),
        ("/dev/watchdog", False),
        ("/dev/serial/by-id", False),
        ("/dev/serial/by-id/../../mem", False),
        ("/dev/ttyUSB0/../mem", False),
        ("/dev/serial/by-id/a/b", False),
        ("/etc/shadow", False),
        ("/etc/lifeline/ttyUSB0", False),
        ("/dev//ttyUSB0", True),  # the kernel takes it as one slash, too
        ("", False),
    ],
)
def test_a_port_is_a_serial_port(path: str, is_allowed: bool) -> None:
    assert is_port_allowed(path, REMOTE_PORTS) is is_allowed


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("10.20.0.7", True),
        ("172.31.255.255", True),
        ("192.168.1.1", True),
        ("fd00::7", True),
        ("::ffff:10.0.0.1", True),
        ("172.32.0.1", False),
        ("8.8.8.8", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("0.0.0.0", False),  # noqa: S104 - nobody binds to it
        ("localhost", False),
        ("plc-7", False),
        ("10.1", False),  # the C library takes it for an address; it is none
        ("0x0a.0.0.1", False),
        ("", False),
    ],
)
def test_a_host_is_an_address_of_a_private_network(
    host: str,
    is_allowed: bool,
) -> None:
    assert is_host_allowed(host, REMOTE_HOSTS) is is_allowed


def test_the_site_says_otherwise() -> None:
    assert is_port_allowed("/opt/ports/a", ("/opt/ports/*",))
    assert not is_port_allowed("/dev/ttyUSB0", ())
    assert is_host_allowed("PLC-7", ("plc-7",))
    assert is_host_allowed("203.0.113.9", ("203.0.113.9",))
    assert not is_host_allowed("10.0.0.1", ("plc-7", "203.0.113.0/24"))


def test_what_is_refused_names_key_and_remedy() -> None:
    lines = {
        "shed": LineTable(kind=LineKind.MODBUS_RTU, port="/dev/mem"),
        "hall": LineTable(kind=LineKind.MODBUS_TCP, host="127.0.0.1", port=22),
        "good": LineTable(kind=LineKind.UART, port="/dev/ttyS0"),
    }
    places = {"shed": "/dev/mem", "hall": "127.0.0.1:22", "good": "/dev/ttyS0"}
    port, host = check_reach(lines, places, SHIPPED)
    assert (port.place, host.place) == ("lines.shed.port", "lines.hall.host")
    assert "add it to gateway.remote_ports" in port.message
    assert "add it to gateway.remote_hosts" in host.message


def test_what_the_site_itself_names_is_allowed_and_no_other_number_of_that_host() -> None:
    allowed = Allowed(frozenset({"/opt/pty", "127.0.0.1:502"}), (), ())
    lines = {
        "shed": LineTable(kind=LineKind.MODBUS_RTU, port="/opt/pty"),
        "hall": LineTable(kind=LineKind.MODBUS_TCP, host="127.0.0.1"),
        "next": LineTable(kind=LineKind.MODBUS_TCP, host="127.0.0.1", port=1883),
    }
    places = {"shed": "/opt/pty", "hall": "127.0.0.1:502", "next": "127.0.0.1:1883"}
    (problem,) = check_reach(lines, places, allowed)
    assert problem.place == "lines.next.host"


def test_lists_of_the_site_that_say_nothing_are_wrong() -> None:
    assert not [*check_allowed(GatewayTable(id="gw-001"))]
    wrong = GatewayTable(
        id="gw-001",
        remote_ports=("/dev/../x",),
        remote_hosts=("10.0.0.0/33", "plc-7", "10.0.0.1/8"),
    )
    host, port = check_allowed(wrong)
    assert (host.place, "10.0.0.0/33" in host.message) == ("gateway.remote_hosts", True)
    assert (port.place, "/dev/../x" in port.message) == ("gateway.remote_ports", True)
