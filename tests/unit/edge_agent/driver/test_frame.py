from random import Random

import pytest

from device_profiles.framing import Layout
from edge_agent.driver.frame import Frame, FrameReader, Refused, encode_frame
from edge_agent.driver.frame_shape import Judgement, Shape
from tests.stream_layouts import (
    COMMAND,
    DISTANCE,
    METHANE,
    PRINTER,
    R60,
    REPORT,
    SEALED,
    SHIPPED,
    TARGETS,
    TINY,
)

FALL = bytes.fromhex("53 59 83 01 00 01 01 32 54 43")
HEART_67 = bytes.fromhex("53 59 85 02 00 01 43 77 54 43")  # the payload is the tail's last byte
WRONG_SUM = bytes.fromhex("53 59 02 A1 00 01 0F 60 54 43")
FALL_FRAME = Frame("83 01", b"\x01", R60)
TINY_FALL = bytes.fromhex("01 00 00 00 01 0E 02 F3 01 FE")
TINY_FALL_FRAME = Frame("0E 02", b"\x01", TINY)
GET = bytes.fromhex("01 00 00 00 00 0E 06 F6")  # without data it ends at the header
LD2410 = bytes.fromhex("F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5")
ENABLE = bytes.fromhex("FD FC FB FA 04 00 FF 00 01 00 04 03 02 01")
LD2450 = bytes.fromhex("AA FF 03 00 0E 03 B1 86 10 00 40 01" + "00" * 16 + "55 CC")
LINE = b"A+000.00 +23.7 0666.22 +16.1 B+066.0 00 3B\r\n"
RESET = bytes.fromhex("1B 36 30 38 2F 31 32 0A 20 20 0A 1B 39 CF B5 CD B3 B8 B4 CE BB 0A 0A")


def read(data: bytes, *layouts: Layout) -> list[Frame | Refused]:
    reader = FrameReader(layouts)
    found = [*reader.feed(data), *reader.give_up()]
    assert not reader.is_waiting
    return found


@pytest.mark.parametrize(
    ("layout", "whole", "frame"),
    [
        (R60, FALL, FALL_FRAME),
        (TINY, TINY_FALL, TINY_FALL_FRAME),
        (TINY, GET, Frame("0E 06", b"", TINY)),
        (REPORT, LD2410, Frame("02 AA", LD2410[8:17], REPORT)),
        (COMMAND, ENABLE, Frame("FF 00", b"\x01\x00", COMMAND)),
        (TARGETS, LD2450, Frame("targets", LD2450[4:28], TARGETS)),
        (DISTANCE, bytes.fromhex("FF 07 A1 A7"), Frame("distance", b"\x07\xa1", DISTANCE)),
        (METHANE, LINE, Frame("reading", LINE, METHANE)),
        (PRINTER, RESET, Frame("event", RESET, PRINTER)),
        (SEALED, bytes.fromhex("7E 01 02 0A 0B EB 51"), Frame("01", b"\x0a\x0b", SEALED)),
    ],
)
def test_a_frame_is_read_and_written_alike(layout: Layout, whole: bytes, frame: Frame) -> None:
    assert read(whole, layout) == [frame]
    assert encode_frame(layout, frame.code, frame.data) == whole


def test_tail_bytes_in_the_payload_end_nothing() -> None:
    assert read(HEART_67, R60) == [Frame("85 02", b"\x43", R60)]
    inside = encode_frame(R60, "81 05", b"\x54\x43\x53\x59\x01")
    assert read(inside, R60) == [Frame("81 05", b"\x54\x43\x53\x59\x01", R60)]


@pytest.mark.parametrize("size", range(1, len(FALL)))
def test_a_frame_may_come_in_two_parts(size: int) -> None:
    reader = FrameReader([R60])
    assert reader.feed(FALL[:size]) == []
    assert reader.is_waiting
    assert reader.feed(FALL[size:]) == [FALL_FRAME]
    assert not reader.is_waiting


def test_a_wrong_checksum_is_named_and_the_next_frame_is_read() -> None:
    assert read(WRONG_SUM + FALL, R60) == [Refused.CHECKSUM, Refused.GARBAGE, FALL_FRAME]


@pytest.mark.parametrize(
    ("layout", "broken", "reason"),
    [
        (R60, FALL[:-1] + b"\x44", Refused.TAIL),
        (R60, bytes.fromhex("53 59 83 01 7F FF"), Refused.TOO_LONG),
        (TINY, bytes.fromhex("01 00 00 00 01 0E 02 F4"), Refused.HEADER_CHECKSUM),
        (TINY, bytes.fromhex("01 00 00 00 01 0E 02 F3 01 FF"), Refused.CHECKSUM),
        (REPORT, bytes.fromhex("F4 F3 F2 F1 03 00 02 AA"), Refused.TOO_SHORT),
        (REPORT, LD2410[:-6] + b"\x54" + LD2410[-5:], Refused.TAIL),
        (TARGETS, LD2450[:20] + LD2450[21:] + LD2450[:1], Refused.TAIL),
        (METHANE, LINE[:20] + LINE[21:], Refused.TOO_SHORT),
        (METHANE, LINE[:20] + b"0" + LINE[20:], Refused.TAIL),
        (METHANE, LINE.replace(b"23.7", b"23.8"), Refused.CHECKSUM),
        (METHANE, LINE.replace(b"3B", b"+B"), Refused.CHECKSUM),
        (PRINTER, b"\x1b6" + bytes(600), Refused.TOO_LONG),
    ],
)
def test_what_is_wrong_has_a_name_and_the_next_frame_is_read(
    layout: Layout, broken: bytes, reason: Refused
) -> None:
    whole = {R60: FALL, TINY: TINY_FALL, REPORT: LD2410, TARGETS: LD2450, METHANE: LINE}
    after = whole.get(layout, RESET)
    found = read(broken + after, layout)
    assert found[0] is reason
    assert found[-1] == read(after, layout)[0]


def test_garbage_is_one_refusal() -> None:
    assert read(b"\x00\xff\x53" + FALL, R60) == [Refused.GARBAGE, FALL_FRAME]


def test_a_record_without_an_end_is_cut_where_the_next_begins() -> None:
    assert read(RESET[:-2] + RESET, PRINTER) == [
        Refused.CUT_SHORT,
        Refused.GARBAGE,
        Frame("event", RESET, PRINTER),
    ]


def test_a_false_beginning_does_not_swallow_the_frame_inside_it() -> None:
    """A header that is sound by chance: its data is the true frame, its checksum is not."""
    false = bytes.fromhex("01 02 00 00 0A 00 00 F6")
    assert read(false + TINY_FALL + b"\x55", TINY) == [
        Refused.CHECKSUM,
        Refused.GARBAGE,
        TINY_FALL_FRAME,
        Refused.GARBAGE,
    ]


def test_several_layouts_share_a_stream() -> None:
    stream = LD2410 + ENABLE + b"\xf4\xfd" + ENABLE + LD2410
    found = read(stream, REPORT, COMMAND)
    assert [one if isinstance(one, Refused) else one.code for one in found] == [
        "02 AA",
        "FF 00",
        Refused.GARBAGE,
        "FF 00",
        "02 AA",
    ]


def test_of_two_layouts_that_begin_alike_the_one_that_is_whole_counts() -> None:
    assert read(FALL, SEALED, R60) == [FALL_FRAME]
    other = encode_frame(R60, "83 02", b"")
    both = FrameReader([TARGETS, R60])
    assert both.feed(other) == [Frame("83 02", b"", R60)]


def test_a_frame_hidden_behind_a_false_length_is_found_when_the_stream_pauses() -> None:
    reader = FrameReader([R60])
    assert reader.feed(bytes.fromhex("53 59 83 01 00 3F") + FALL) == []
    found = reader.give_up()
    assert FALL_FRAME in found
    assert found[0] is Refused.CUT_SHORT


def test_passing_over_a_false_beginning_keeps_what_comes_after_it() -> None:
    reader = FrameReader([R60])
    reader.feed(bytes.fromhex("53 59 83 01 00 3F") + FALL[:5])
    assert reader.begun == 0
    assert reader.pass_over() == [Refused.CUT_SHORT, Refused.GARBAGE]
    assert reader.begun == 6
    assert reader.feed(FALL[5:]) == [FALL_FRAME]
    assert reader.pass_over() == []
    assert reader.begun == 16


def test_a_closed_port_leaves_nothing_behind() -> None:
    reader = FrameReader([R60])
    reader.feed(FALL[:5])
    reader.clear()
    assert reader.feed(FALL) == [FALL_FRAME]


@pytest.mark.parametrize(
    ("layout", "code", "data"),
    [
        (R60, "", b""),
        (R60, "83", b""),
        (R60, "83 01 02", b""),
        (R60, "zz 01", b""),
        (R60, "83 01", bytes(65)),
        (SEALED, "01", bytes(300)),
        (TARGETS, "targets", bytes(23)),
        (TARGETS, "other", bytes(24)),
        (METHANE, "reading", LINE[:-1]),
        (METHANE, "reading", b"B" + LINE[1:]),
        (PRINTER, "event", RESET + RESET),
        (PRINTER, "event", RESET[1:]),
    ],
)
def test_what_a_layout_can_not_say_is_not_sent(layout: Layout, code: str, data: bytes) -> None:
    with pytest.raises((ValueError, OverflowError)):
        encode_frame(layout, code, data)


def test_the_columns_of_a_lines_checksum_are_filled_in() -> None:
    assert encode_frame(METHANE, "reading", LINE[:40] + b"??" + LINE[42:]) == LINE


class Counted:
    """A shape that counts how often it was asked."""

    def __init__(self, shape: Shape) -> None:
        self.sync, self.most, self.is_weak = shape.sync, shape.most, shape.is_weak
        self._shape = shape
        self.asked = 0

    def judge(self, held: bytearray, at: int) -> Judgement:
        self.asked += 1
        return self._shape.judge(held, at)

    def encode(self, code: str, data: bytes) -> bytes:
        return self._shape.encode(code, data)


@pytest.mark.parametrize("step", [1, 7, 5_000])
@pytest.mark.parametrize("name", SHIPPED)
def test_each_byte_is_judged_once_however_hostile(name: str, step: int) -> None:
    """As a beginning, and once more for each portion that comes while it waits."""
    dice = Random(name)
    layouts = SHIPPED[name]
    alphabet = b"".join(bytes.fromhex(one.sync) for one in layouts) + b"\x00\x01\x04"
    hostile = bytes(dice.choice(alphabet) for _ in range(5_000))
    reader = FrameReader(layouts)
    counted = [(layout, Counted(shape)) for layout, shape in reader._shapes]
    reader._shapes = list(counted)
    for start in range(0, len(hostile), step):
        reader.feed(hostile[start : start + step])
    portions = len(hostile) // min(step, 1_024) + 1
    assert sum(shape.asked for _, shape in counted) <= len(layouts) * (len(hostile) + portions)


NEAR = bytes.fromhex("FF 07 A1 A7")
BY_CHANCE = bytes.fromhex("FF 00 00")  # with the FF of the next frame it is sound: FF + 0 + 0 = FF


def test_after_damage_a_frame_of_few_proofs_counts_only_if_one_follows() -> None:
    reader = FrameReader([DISTANCE])
    damaged = reader.feed(bytes.fromhex("13") + BY_CHANCE + NEAR + NEAR)
    near = Frame("distance", b"\x07\xa1", DISTANCE)
    assert damaged == [Refused.GARBAGE, Refused.NOT_FOLLOWED, Refused.GARBAGE, near, near]


def test_or_if_the_stream_falls_silent_behind_it() -> None:
    reader = FrameReader([DISTANCE])
    near = Frame("distance", b"\x07\xa1", DISTANCE)
    assert reader.feed(b"\x13" + NEAR) == [Refused.GARBAGE]
    assert reader.is_waiting
    assert reader.give_up() == [near]
    assert reader.feed(NEAR) == [near], "the damage is over: nothing is waited for"


def test_without_damage_it_counts_at_once() -> None:
    reader = FrameReader([DISTANCE])
    near = Frame("distance", b"\x07\xa1", DISTANCE)
    assert reader.feed(NEAR) == [near]
    assert not reader.is_waiting
    reader.feed(b"\x13")
    reader.clear()
    assert reader.feed(NEAR) == [near], "a port opened anew knows of no damage"


def test_a_frame_of_more_proofs_needs_no_neighbour() -> None:
    for layout, data in ((R60, b"\x01"), (TINY, b"\x01")):
        code = "83 01" if layout is R60 else "0E 02"
        whole = encode_frame(layout, code, data)
        found = FrameReader([layout]).feed(b"\x13" + whole + b"\x13")
        assert Frame(code, data, layout) in found


def test_random_bytes_seldom_cost_or_forge_a_frame_of_few_proofs() -> None:
    """A stray FF before "no object" is sound too; without a look at what follows 74 were lost."""
    nothing = bytes.fromhex("FF FF FD FB")
    dice, wanted = Random("noise"), Frame("distance", b"\xff\xfd", DISTANCE)
    lost = forged = 0
    for _ in range(20_000):
        reader = FrameReader([DISTANCE])
        heard = dice.randbytes(dice.randint(1, 12)) + nothing + nothing
        found = [one for one in reader.feed(heard) + reader.give_up() if isinstance(one, Frame)]
        lost += 2 - min(2, found.count(wanted))
        forged += len(found) - found.count(wanted)
    assert lost <= 10
    assert forged <= 10
