from typing import Any

import pytest
from msgspec.structs import replace

from alarm_rules.rule import Words
from device_profiles.check_encoding import check_encoding, misspelt
from device_profiles.encoding import Encoding, NumberType, Register, Table
from device_profiles.model import Point, ValueKind

POINTS = {
    kind: Point(id="one", value=kind, title=Words("One", "一"), unit="m") for kind in ValueKind
}
STATE, NUMBER, TEXT = POINTS[ValueKind.STATE], POINTS[ValueKind.NUMBER], POINTS[ValueKind.TEXT]
T = NumberType
U16 = Encoding(type=T.U16)


def told(point: Point, encoding: Encoding) -> list[str]:
    return [str(problem) for problem in check_encoding(point, encoding, "points[0].field")]


def held(type_: NumberType, **more: Any) -> Register:
    return Register(type=type_, table=Table.HOLDING_REGISTERS, address=5, **more)


@pytest.mark.parametrize(
    ("point", "encoding"),
    [
        (STATE, Encoding(type=T.U8, bits=(0, 7))),
        (STATE, Encoding(type=T.U8, enum={"0": False, "1": True}, invert=True)),
        (STATE, Encoding(type=T.TEXT, contains={"alarm": True})),
        (STATE, Encoding(type=T.HEX, bits=(0, 4))),
        (NUMBER, Encoding(type=T.TEXT)),
        (NUMBER, Encoding(type=T.U16, mask=0x0FF0, shift=4, scale=0.1, maximum=25.5)),
        (TEXT, Encoding(type=T.STRING, contains={"METHANE": "methane"})),
        (TEXT, held(T.STRING, characters=14)),
    ],
)
def test_these_are_sound(point: Point, encoding: Encoding) -> None:
    assert told(point, encoding) == []


@pytest.mark.parametrize(
    ("point", "encoding", "first"),
    [
        (TEXT, U16, "enum: is missing: a text point takes its words from it"),
        (STATE, Encoding(type=T.TEXT), "contains: is missing: it says which words make the state"),
        (NUMBER, Encoding(type=T.STRING), "type: string does not give a number"),
        (NUMBER, replace(U16, invert=True), "invert: turns a state over, but the point is a numb"),
        (NUMBER, replace(U16, minimum=2.0, maximum=1.0), "minimum: 2.0 is not below maximum 1.0"),
        (NUMBER, replace(U16, scale=0.0), "scale: is 0: every value would be the same"),
        (STATE, replace(U16, scale=0.1), "scale: is for numbers, but the point is a state"),
        (STATE, replace(U16, maximum=9.0), "maximum: is for numbers, but the point is a state"),
        (NUMBER, Encoding(type=T.F32, mask=1), "mask: and shift are for whole numbers, not for f3"),
        (NUMBER, replace(U16, bits=(1,)), "bits: make a state, but the point is a number"),
        (STATE, replace(U16, bits=(1, 16)), "bits: [1, 16] do not fit into u16"),
        (STATE, Encoding(type=T.F32, bits=(1,)), "bits: [1] do not fit into f32"),
        (
            STATE,
            replace(U16, bits=(1,), enum={"1": True}),
            "bits: or enum: one of them, and not bo",
        ),
        (STATE, replace(U16, enum={"1": "yes"}), "enum: does not give a state"),
        (TEXT, replace(U16, enum={"1": True}), "enum: does not give a text"),
        (NUMBER, replace(U16, enum={"1": "one"}), "enum: does not give a number"),
        (
            TEXT,
            Encoding(type=T.STRING, enum={"1": "a"}),
            "enum: is of raw numbers, not of a string",
        ),
        (TEXT, replace(U16, contains={"a": "a"}), "contains: is of a text, not of a u16: see enum"),
        (
            NUMBER,
            replace(U16, sentinels={"1": "sensor_falt"}),
            "sentinels: 'sensor_falt' is not a reason; did you mean 'sensor_fault'?",
        ),
        (NUMBER, held(T.DECIMAL), "type: decimal is known in frames only"),
        (STATE, held(T.BIT), "type: bit can not stand in holding_registers"),
        (
            STATE,
            Register(type=T.U16, table=Table.COILS, address=0),
            "type: u16 can not stand in coils",
        ),
        (TEXT, held(T.STRING), "characters: are the length of a string, and only of a string"),
        (NUMBER, held(T.U16, characters=2), "characters: are the length of a string, and only of"),
        (
            NUMBER,
            Register(type=T.F32, table=Table.INPUT_REGISTERS, address=65535),
            "address: 65535 + 2 is past 65535",
        ),
    ],
)
def test_a_contradiction_is_named(point: Point, encoding: Encoding, first: str) -> None:
    found = told(point, encoding)
    assert any(one.startswith(f"points[0].field.{first}") for one in found), found


def test_a_reason_of_a_profile_is_taken_unless_it_is_nearly_ours() -> None:
    assert list(misspelt(["not_at_rest", "warm_up"], "t", "k")) == []
    (problem,) = misspelt(["warmup"], "t", "k")
    assert str(problem) == "t.k: 'warmup' is not a reason; did you mean 'warm_up'?"
