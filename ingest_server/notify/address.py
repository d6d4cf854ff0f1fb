"""Whether a webhook may go to an address: what keeps a URL from reaching into our own network."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


class Ruling(StrEnum):
    """May be connected to, or why not."""

    ALLOWED = "allowed"
    NEVER = "never"  # no host: unspecified, multicast, link-local (cloud metadata)
    PRIVATE = "private"  # private, loopback or shared, and the receiver does not allow it
    NOT_ENCRYPTED = "not_encrypted"  # http beyond private addresses that are allowed


def rule(text: str, *, encrypted: bool, allow_private: bool) -> Ruling:
    """Rule on one resolved address. Raises ValueError when `text` is none."""
    address = _innermost(ip_address(text.partition("%")[0]))
    if address.is_unspecified or address.is_multicast or address.is_link_local:
        return Ruling.NEVER
    if address.is_global:
        return Ruling.ALLOWED if encrypted else Ruling.NOT_ENCRYPTED
    return Ruling.ALLOWED if allow_private else Ruling.PRIVATE


def _innermost(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps (mapped, 6to4, NAT64), or itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
