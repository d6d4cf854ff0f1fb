"""Which ports and hosts a configuration from afar may name: what the site's own file allows."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import PurePosixPath

import msgspec

from device_profiles.typed_toml import Problem
from edge_agent.config.tables import GatewayTable, LineTable

_PORT = (
    "is not named from afar, it is no serial port that this site allows:"
    " choose one below /dev/serial/by-id, or let somebody on site add it to gateway.remote_ports"
)
_HOST = (
    "is not named from afar, it is not in the networks that this site allows:"
    " write an address in them, or let somebody on site add it to gateway.remote_hosts"
)


class Allowed(msgspec.Struct, frozen=True):
    """`own`: ports and `host:number` that the site's file itself names. `ports`: patterns.

    `hosts`: networks, addresses and names.
    """

    own: frozenset[str]
    ports: tuple[str, ...]
    hosts: tuple[str, ...]


def check_reach(
    lines: Mapping[str, LineTable], places: Mapping[str, str], allowed: Allowed
) -> Iterator[Problem]:
    """Judge lines that come from afar. `places`: by line, the port's path or `host:number`."""
    for name, place in places.items():
        line = lines[name]
        if place in allowed.own:
            continue
        if not line.kind.is_network:
            if not is_port_allowed(place, allowed.ports):
                yield Problem(f"lines.{name}", "port", f"is {line.port!r}: {_PORT}")
        elif line.host is not None and not is_host_allowed(line.host, allowed.hosts):
            yield Problem(f"lines.{name}", "host", f"is {line.host!r}: {_HOST}")


def is_port_allowed(path: str, patterns: tuple[str, ...]) -> bool:
    """A `*` stands for anything but a slash; what leads elsewhere (`..`) matches nothing."""
    parts = PurePosixPath(path).parts
    if ".." in parts:
        return False
    return any(_matches(parts, PurePosixPath(pattern).parts) for pattern in patterns)


def is_host_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """A name only as it stands there: what it resolves to is another's word."""
    if host.lower() in (one.lower() for one in allowed):
        return True
    address = _address(host)
    if address is None:
        return False
    return any(address in ip_network(one, strict=False) for one in allowed if is_network(one))


def is_network(text: str) -> bool:
    """Whether it is an address, or a network such as `10.0.0.0/8`."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def check_allowed(table: GatewayTable) -> Iterator[Problem]:
    """Judge what the site's file says of it."""
    for host in table.remote_hosts:
        if "/" in host and not is_network(host):
            remedy = 'write a network such as "10.0.0.0/8", an address, or a name'
            yield Problem("gateway", "remote_hosts", f"has {host!r}, which is no network: {remedy}")
    for port in table.remote_ports:
        if ".." in PurePosixPath(port).parts:
            remedy = 'write the whole path, such as "/dev/ttyUSB*"'
            yield Problem(
                "gateway", "remote_ports", f"has {port!r}, which matches nothing: {remedy}"
            )


def _matches(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that is written as one of IPv6 is what it is."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
