from typing import Any

import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.check_orders import check_orders
from device_profiles.encoding import NumberType, Register, Table
from device_profiles.handbook import Installation, Switch
from device_profiles.model import Action, Confirmation, FrameWrite, Profile, RegisterWrite, Setting
from tests.shipped import PROFILES
from tests.stream_profile import stream_profile
from wire.command import TAKE_BASELINE

UG3 = PROFILES["calectro_ug3"]
STREAM = stream_profile()
TITLE = Words("Set", "设置")
WRITE = RegisterWrite(address=0, value=234)
SEND = FrameWrite(frame="01 02", data="0F")
HELD = Register(type=NumberType.U16, table=Table.HOLDING_REGISTERS, address=5, scale=0.01)
HEIGHT = Setting(id="height", title=TITLE, register=HELD, minimum=1.0, maximum=5.0, default=2.5)
BAUD = Setting(
    id="baud",
    title=TITLE,
    register=replace(HELD, scale=1.0),
    choices={"1": "4800", "2": "9600"},
    default=2.0,
)
FALL = Setting(id="fall", title=TITLE, frame="83 0D", type=NumberType.U8, maximum=3.0)


def told(profile: Profile) -> list[str]:
    return [str(problem) for problem in check_orders(profile)]


def action(profile: Profile, **parts: Any) -> Profile:
    return replace(profile, actions=(Action(id="reset", title=TITLE, **parts),))


def setting(profile: Profile, one: Setting, **changes: object) -> Profile:
    return replace(profile, settings=(replace(one, **changes),))


def test_what_the_gateway_itself_does_is_no_action_of_a_device() -> None:
    named = replace(UG3.actions[0], id=TAKE_BASELINE)
    assert "is 'take_baseline'" in told(replace(UG3, actions=(named,)))[0]


def test_these_are_sound() -> None:
    assert told(setting(action(UG3, writes=(WRITE,)), HEIGHT, unlock=(WRITE,), save=(WRITE,))) == []
    assert told(setting(UG3, BAUD)) == []
    assert told(setting(action(STREAM, sends=(SEND,)), FALL)) == []
    switch = Switch(title=TITLE, switches="1 to 6", positions={"000000": "1"})
    assert told(replace(UG3, installation=Installation(switches=(switch,)))) == []


@pytest.mark.parametrize(
    ("profile", "first"),
    [
        (action(UG3), "actions[0].writes: and only these, belong to this transport"),
        (action(UG3, writes=(WRITE,), sends=(SEND,)), "actions[0].writes: and only these"),
        (action(STREAM, writes=(WRITE,)), "actions[0].sends: and only these"),
        (
            action(STREAM, sends=(replace(SEND, frame="01"),)),
            "actions[0].sends[0].frame: '01' is no code of layout 'frame': it takes 2 bytes",
        ),
        (
            action(STREAM, sends=(replace(SEND, data=" ".join(["00"] * 65)),)),
            "actions[0].sends[0].frame: carries 65 bytes of data, frames of 'frame' at most 64",
        ),
        (
            action(
                replace(STREAM, transport=replace(STREAM.transport, answers={"01 02": "ok"})),
                sends=(replace(SEND, confirmed_by=Confirmation.CODE),),
            ),
            "actions[0].sends[0].confirmed_by: waits for 'ok', which no layout has",
        ),
        (setting(UG3, FALL), "settings[0].register: and only this, says where Modbus sets it"),
        (setting(UG3, HEIGHT, frame="83 0D"), "settings[0].register: and only this, says where"),
        (
            setting(UG3, HEIGHT, register=replace(HELD, table=Table.INPUT_REGISTERS)),
            "settings[0].register.table: input_registers can not be written",
        ),
        (
            setting(UG3, HEIGHT, register=replace(HELD, type=NumberType.BIT)),
            "settings[0].register.type: bit can not stand in holding_registers",
        ),
        (setting(UG3, HEIGHT, scale=0.1), "settings[0].scale: belongs into the register"),
        (setting(UG3, HEIGHT, minimum=5.0), "settings[0].minimum: 5 is not below maximum 5"),
        (setting(UG3, HEIGHT, default=0.5), "settings[0].default: 0.5 is not between minimum and"),
        (
            setting(UG3, HEIGHT, maximum=900.0),
            "settings[0].maximum: 900 can not be stored: from 0 to 655.35 can",
        ),
        (setting(UG3, BAUD, default=3.0), "settings[0].default: 3 is not one of the choices: 1, 2"),
        (
            setting(UG3, BAUD, choices={"2": "9600", "70000": "x"}),
            "settings[0].choices.70000: does not fit into u16",
        ),
        (
            setting(STREAM, FALL, type=None),
            "settings[0].frame: and type, and only these, say where a stream sets it",
        ),
        (setting(STREAM, HEIGHT), "settings[0].frame: and type, and only these, say where a"),
        (
            setting(STREAM, FALL, frame="83"),
            "settings[0].frame: '83' is no code of layout 'frame': it takes 2 bytes",
        ),
        (
            setting(STREAM, FALL, at=1),
            "settings[0].at: u8 from there does not fit into the length of 1",
        ),
        (
            setting(STREAM, FALL, at=13, length=16, type=NumberType.F32),
            "settings[0].at: f32 from there does not fit into the length of 16",
        ),
        (setting(UG3, HEIGHT, at=2), "settings[0].at: and length are for frames; a register has"),
        (
            setting(STREAM, FALL, save=(WRITE,)),
            "settings[0].save: writes registers, which a stream has none of",
        ),
        (
            replace(
                UG3, installation=Installation(switches=(Switch(title=TITLE, switches="1 to 6"),))
            ),
            "installation.switches[0].positions: is missing, and note too: what do the positions",
        ),
    ],
)
def test_a_contradiction_is_named(profile: Profile, first: str) -> None:
    found = told(profile)
    assert any(one.startswith(first) for one in found), found


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.id)
def test_the_shipped_ones_are_sound(profile: Profile) -> None:
    assert told(profile) == []
