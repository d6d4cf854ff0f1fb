"""Where a webhook may go: the network behind us only when the receiver says so."""

import pytest

from ingest_server.notify.address import Ruling, rule

PUBLIC = ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
]
NEVER = ["0.0.0.0", "::", "169.254.169.254", "fe80::1%eth0", "224.0.0.1", "ff02::1"]  # noqa: S104 - addresses to refuse, nobody listens
NEVER += ["::ffff:169.254.169.254"]


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("allow_private", [True, False])
def test_a_public_address_needs_tls(address: str, *, allow_private: bool) -> None:
    assert rule(address, encrypted=True, allow_private=allow_private) is Ruling.ALLOWED
    assert rule(address, encrypted=False, allow_private=allow_private) is Ruling.NOT_ENCRYPTED


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("encrypted", [True, False])
def test_a_private_address_needs_leave(address: str, *, encrypted: bool) -> None:
    assert rule(address, encrypted=encrypted, allow_private=False) is Ruling.PRIVATE
    assert rule(address, encrypted=encrypted, allow_private=True) is Ruling.ALLOWED


@pytest.mark.parametrize("address", NEVER)
def test_what_is_no_host_is_never_reached(address: str) -> None:
    assert rule(address, encrypted=True, allow_private=True) is Ruling.NEVER


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match="centre"):
        rule("centre.example", encrypted=True, allow_private=True)
