"""What is prepared for each read says the same as what decodes word by word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alarm_rules.rule import Words
from device_profiles.encoding import ByteOrder, NumberType, Register, ScaleFrom, Table, WordOrder
from device_profiles.model import Gate, Point, ValueKind
from device_profiles.transport import Modbus
from edge_agent.driver.decode import Decoded, scaled
from edge_agent.driver.reader import Reader, decode_raws, decode_read, raws_of
from edge_agent.driver.request_plan import PlannedRead, plan_reads
from edge_agent.exchange import Sample
from tests.shipped import PROFILES

HOLDING = Table.HOLDING_REGISTERS
MODBUS = [one for one in PROFILES.values() if isinstance(one.transport, Modbus)]
READS = [
    read
    for profile in MODBUS
    if isinstance(profile.transport, Modbus)
    for read in plan_reads(profile.points, profile.transport)
]
NUMBERS = (NumberType.U16, NumberType.S16, NumberType.U32, NumberType.S32, NumberType.F32)


def point(register: Register, **more: object) -> Point:
    kind = ValueKind.NUMBER
    return Point(id="p", value=kind, title=Words("a", "一"), unit="m", register=register, **more)  # type: ignore[arg-type]  # keywords


@st.composite
def registers(draw: st.DrawFn) -> Register:
    return Register(
        type=draw(st.sampled_from(NUMBERS)),
        table=HOLDING,
        address=0,
        word_order=draw(st.sampled_from(list(WordOrder))),
        byte_order=draw(st.sampled_from([None, *ByteOrder])),
        mask=draw(st.sampled_from([None, 0xFF0, 0x7FFF])),
        shift=draw(st.sampled_from([0, 4])),
        scale=draw(st.sampled_from([1.0, 0.1, 0.01])),
        offset=draw(st.sampled_from([0.0, -40.0])),
        sentinels=draw(st.sampled_from([None, {"32767": "sensor_fault"}])),
        minimum=draw(st.sampled_from([None, 0.0])),
        maximum=draw(st.sampled_from([None, 100.0])),
    )


def slowly(read: PlannedRead, words: list[int]) -> list[tuple[str, Decoded]]:
    return list(decode_raws(read, raws_of(read, words)).items())


@settings(max_examples=300, deadline=None)
@given(registers(), st.lists(st.integers(0, 0xFFFF), min_size=2, max_size=2))
def test_a_register_means_what_it_means_word_by_word(register: Register, words: list[int]) -> None:
    read = PlannedRead(HOLDING, 0, 2, (point(register),))
    slowly = decode_raws(read, raws_of(read, words))
    reader = Reader(read)
    assert reader.decode(words) == slowly
    assert reader.decode([0, 0]) == decode_raws(read, raws_of(read, [0, 0]))
    assert reader.decode(words) == slowly


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(READS), st.data())
def test_so_does_every_read_of_the_catalogue(read: PlannedRead, data: st.DataObject) -> None:
    top = 1 if "register" not in read.table.value else 0xFFFF
    one = st.lists(st.integers(0, top), min_size=read.count, max_size=read.count)
    reader = Reader(read)
    for words in (data.draw(one), data.draw(one)):
        assert reader.decode(words) == decode_raws(read, raws_of(read, words))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(READS), st.data())
def test_what_is_direct_says_the_same(read: PlannedRead, data: st.DataObject) -> None:
    reader = Reader(read)
    if reader.is_direct:
        one = st.lists(st.integers(0, 0xFFFF), min_size=read.count, max_size=read.count)
        words = data.draw(one)
        found = [Sample(name, one.value, 7, one.quality) for name, one in slowly(read, words)]
        assert reader.samples(words, 7) == found


@pytest.mark.parametrize("type_", [NumberType.U16, NumberType.S16])
@pytest.mark.parametrize("scale", [1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6])
def test_a_decimal_point_is_exact_for_every_word(type_: NumberType, scale: float) -> None:
    register = Register(type=type_, table=HOLDING, address=0, scale=scale)
    reader = Reader(PlannedRead(HOLDING, 0, 1, (point(register),)))
    assert reader.is_direct
    for word in range(0x10000):
        number = word - 0x10000 if type_ is NumberType.S16 and word & 0x8000 else word
        (sample,) = reader.samples((word,), 0)
        assert sample.value == scaled(register, number).value
        assert type(sample.value) is float


@pytest.mark.parametrize(
    "more",
    [
        {"scale": 0.5},
        {"scale": 0.1, "offset": -40.0},
        {"minimum": 0.0},
        {"maximum": 100.0},
        {"mask": 0x7FFF},
        {"sentinels": {"32767": "sensor_fault"}},
        {"byte_order": ByteOrder.LITTLE},
    ],
    ids=str,
)
def test_what_is_more_than_a_decimal_point_is_not_direct(more: dict[str, object]) -> None:
    register = Register(type=NumberType.U16, table=HOLDING, address=0, **more)  # type: ignore[arg-type]  # keywords
    assert not Reader(PlannedRead(HOLDING, 0, 1, (point(register),))).is_direct


def test_the_same_words_are_decoded_once() -> None:
    read = PlannedRead(
        HOLDING, 0, 1, (point(Register(type=NumberType.U16, table=HOLDING, address=0)),)
    )
    reader = Reader(read)
    first = reader.decode((7,))
    assert reader.decode((7,)) is first
    assert reader.decode((8,)) is not first
    assert decode_read(read, (7,)) == first


def test_many_raw_values_are_not_all_kept() -> None:
    masked = Register(type=NumberType.U16, table=HOLDING, address=0, mask=0x7FFF)
    reader = Reader(PlannedRead(HOLDING, 0, 1, (point(masked),)))
    for turn in range(2):
        for number in range(600):
            assert reader.decode((number,))["p"].value == float(number), turn


def test_only_what_nothing_else_decides_is_plain() -> None:
    register = Register(type=NumberType.U16, table=HOLDING, address=0)
    scaled = Register(
        type=NumberType.U16, table=HOLDING, address=0, scale_from=ScaleFrom(decimals="q")
    )
    gate = Gate(point="q", equals=1.0, otherwise="sensor_fault")

    def is_plain(one: Point, bounds: tuple[str, ...] = ()) -> bool:
        return Reader(PlannedRead(HOLDING, 0, 1, (one,)), bounds).is_plain

    assert is_plain(point(register))
    assert not is_plain(point(register), ("p",))
    assert not is_plain(point(register, valid_when=(gate,)))
    assert not is_plain(point(register, ceiling="q"))
    assert not is_plain(point(scaled))
