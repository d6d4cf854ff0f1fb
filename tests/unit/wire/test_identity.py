"""Birth and status: round trip (their refusals: test_refusal.py)."""

import msgspec

from wire.bounds import DEVICES, INFLATED_BYTES
from wire.identity import (
    Anchor,
    Birth,
    Device,
    Line,
    Override,
    Presence,
    SiteRules,
    Software,
    Status,
    decode_birth,
    decode_status,
    encode_identity,
)


def birth(devices: tuple[Device, ...]) -> Birth:
    return Birth(
        "gw-1",
        Software("edge-agent", "0.1.0"),
        "boot",
        3,
        "c" * 64,
        (Line("rs485-1", "modbus-rtu"),),
        devices,
        (Anchor("boot", 0, 1_790_000_000_000_000),),
    )


def test_a_birth_is_written_and_read() -> None:
    one = birth((Device("smoke-01", "ug3", "a", "rs485-1", "b", "block-7", "楼道烟感"),))
    assert decode_birth(encode_identity(one), "gw-1") == one


def test_what_a_site_changed_is_written_only_where_it_did() -> None:
    plain = Device("smoke-01", "ug3", "a", "rs485-1", "b")
    assert b"site" not in encode_identity(birth((plain,)))
    assert plain.site_rules == SiteRules()
    wishes: tuple[Override, ...] = (
        {"rule": "lel_low", "limit": 0.15, "needed": 2, "latched": True},
    )
    changed = msgspec.structs.replace(plain, site=SiteRules("utility_tunnel", wishes))
    (read,) = decode_birth(encode_identity(birth((changed,))), "gw-1").devices
    assert read == changed
    assert read.site_rules.overrides == wishes
    assert [type(said) for said in read.site_rules.overrides[0].values()] == [str, float, int, bool]
    only_class = msgspec.structs.replace(plain, site=SiteRules("household"))
    assert b'"site":{"site_class":"household"}' in encode_identity(birth((only_class,)))


def test_the_largest_fleet_of_one_gateway_fits() -> None:
    devices = tuple(
        Device(
            f"smoke-{n:04}", "calectro_ug3", "a" * 16, "rs485-1", "b" * 16, "block-7", "detector"
        )
        for n in range(DEVICES)
    )
    payload = encode_identity(birth(devices))
    assert len(payload) < INFLATED_BYTES
    assert decode_birth(payload, "gw-1").devices == devices


def test_a_status_is_written_and_read() -> None:
    for presence in Presence:
        status = Status(presence, "boot", 3)
        assert encode_identity(status) == (
            b'{"presence":"%s","boot":"boot","connection":3}' % presence.encode()
        )
        assert decode_status(encode_identity(status)) == status
