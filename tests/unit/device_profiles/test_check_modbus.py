from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from device_profiles.check_modbus import check_modbus
from device_profiles.encoding import ScaleFrom, Table
from device_profiles.model import Point, Profile
from device_profiles.transport import Block, Identity, Modbus
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]
XCD = PROFILES["honeywell_sensepoint_xcd"]
SEN = PROFILES["dfrobot_sen0676"]
WIT = PROFILES["witmotion_485"]
HOLDING = Table.HOLDING_REGISTERS


def told(profile: Profile) -> list[str]:
    assert isinstance(profile.transport, Modbus)
    return [str(problem) for problem in check_modbus(profile.transport, profile)]


def modbus(profile: Profile, **changes: object) -> Profile:
    assert isinstance(profile.transport, Modbus)
    return replace(profile, transport=replace(profile.transport, **changes))


def point(profile: Profile, name: str, change: Callable[[Point], Point]) -> Profile:
    points = [change(one) if one.id == name else one for one in profile.points]
    return replace(profile, points=tuple(points))


def at(address: int, **changes: object) -> Callable[[Point], Point]:
    def change(one: Point) -> Point:
        assert one.register is not None
        return replace(one, register=replace(one.register, address=address, **changes))

    return change


def gate(index: int = 0, **changes: object) -> Callable[[Point], Point]:
    def change(one: Point) -> Point:
        gates = list(one.valid_when)
        gates[index] = replace(gates[index], **changes)
        return replace(one, valid_when=tuple(gates))

    return change


def tilt(**changes: object) -> Callable[[Point], Point]:
    def change(one: Point) -> Point:
        assert one.tilt is not None
        return replace(one, tilt=replace(one.tilt, **changes))

    return change


def scaled(**source: Any) -> Callable[[Point], Point]:
    def change(one: Point) -> Point:
        assert one.register is not None
        return replace(one, register=replace(one.register, scale_from=ScaleFrom(**source)))

    return change


def blocks(*found: Block) -> dict[str, tuple[Block, ...]]:
    return {"blocks": found}


def minutely(count: int, address: int = 0) -> Block:
    return Block(table=HOLDING, address=address, count=count, every=60_000_000)


NOWHERE = Identity(table=HOLDING, address=40, value=1)
BITS = Identity(table=Table.COILS, address=0, value=1)


@pytest.mark.parametrize(
    ("profile", "first"),
    [
        (modbus(UG3, default_unit=99), "transport.default_unit: is not between"),
        (
            point(UG3, "service", at(10_002, doc_address=None)),
            "points[1].register.address: is 10002, which looks like a number in print",
        ),
        (modbus(UG3, timeout=0), "transport.timeout: and poll_period must be"),
        (point(UG3, "service", at(0)), "points[1].register: discrete_inputs 0 is read"),
        (modbus(XCD, max_registers=12), "transport.blocks[0].count: is 13; this device gives at"),
        (
            modbus(XCD, **blocks(minutely(13), minutely(2, 12))),
            "transport.blocks[1].address: overlaps",
        ),
        (modbus(XCD, **blocks(minutely(3))), "transport.blocks[0].count: cuts 'lel' in two"),
        (modbus(SEN, **blocks(minutely(1, 5))), "transport.blocks: need one that is read in every"),
        (modbus(XCD, identity=NOWHERE), "transport.identity.address: is in no block"),
        (modbus(XCD, identity=BITS), "transport.identity.table: has bits"),
        (
            modbus(XCD, identity=Identity(table=HOLDING, address=0, mask=0xFF00, value=0x2501)),
            "transport.identity.value: has bits outside mask",
        ),
        (
            point(XCD, "lel", gate(point="alarm_1_active")),
            "points[0].valid_when[0].point: 'alarm_1",
        ),
        (point(XCD, "lel", gate(point="lel")), "points[0].valid_when[0].point: 'lel' is not read"),
        (
            point(XCD, "lel", gate(equals="well")),
            "points[0].valid_when[0].equals: 'well' is not one of normal, warm_up, inhibited",
        ),
        (
            point(XCD, "lel", gate(reasons={"warmup": "warm_up"})),
            "points[0].valid_when[0].reasons: 'warmup' is never",
        ),
        (
            point(SEN, "level", scaled(decimals="installed_height")),
            "points[0].register.scale_from.decimals: 'installed_height' is not read in one block",
        ),
        (point(WIT, "tilt", tilt(z="battery")), "points[0].tilt: 'battery' is not read in one"),
        (
            modbus(
                UG3,
                **blocks(Block(table=Table.DISCRETE_INPUTS, address=0, count=4, every=99_000_000)),
            ),
            "points[0].report: max_interval is shorter",
        ),
    ],
)
def test_a_contradiction_is_named(profile: Profile, first: str) -> None:
    assert any(one.startswith(first) for one in told(profile)), told(profile)


def test_who_means_a_high_number_says_it_in_hex() -> None:
    assert told(point(UG3, "service", at(10_002, doc_address="0x2712"))) == []


@pytest.mark.parametrize("profile", [UG3, XCD, SEN, WIT], ids=lambda profile: profile.id)
def test_the_shipped_ones_are_sound(profile: Profile) -> None:
    assert told(profile) == []
