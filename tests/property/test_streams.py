"""Whatever comes before and between, in any portions: frames are found, memory is bounded."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.framing import BinaryFrame, Layout, LineFrame, TextFrame
from edge_agent.driver.frame import Frame, FrameReader, Refused, encode_frame
from tests.stream_layouts import SEALED, SHIPPED

CASES = {"sealed": (SEALED,), **SHIPPED}
LAYOUTS = [pytest.param(one, id=name) for name, one in CASES.items()]
PROVEN = [
    pytest.param(layouts, id=name)
    for name, layouts in CASES.items()
    if not any(isinstance(one, TextFrame) for one in layouts)
]
SIZES = st.lists(st.integers(0, 12), max_size=12)


def marks(layouts: Sequence[Layout]) -> list[bytes]:
    """What these frames begin and end with: the bytes that deceive best."""
    found = [bytes.fromhex(one.sync) for one in layouts]
    found += [bytes.fromhex(one.tail) for one in layouts if one.tail is not None]
    return [*found, *(one[:1] for one in found), b"\x00", b"\x01", b"\x04", b"\xff"]


def tricky(layouts: Sequence[Layout]) -> st.SearchStrategy[bytes]:
    return st.lists(st.sampled_from(marks(layouts)), max_size=20).map(b"".join)


def garbage(layouts: Sequence[Layout]) -> st.SearchStrategy[bytes]:
    return st.one_of(st.binary(max_size=40), tricky(layouts))


def frames(layouts: Sequence[Layout]) -> st.SearchStrategy[Frame]:
    return st.one_of([_frames_of(one, layouts) for one in layouts])


def _frames_of(layout: Layout, layouts: Sequence[Layout]) -> st.SearchStrategy[Frame]:
    match layout:
        case BinaryFrame():
            return st.builds(Frame, _codes(layout), _data(layout, layouts), st.just(layout))
        case LineFrame():
            return _texts(layout.length, layout).map(lambda line: _line(layout, line))
        case TextFrame():
            return _texts(40, layout).map(lambda text: _record(layout, text))


def _codes(layout: BinaryFrame) -> st.SearchStrategy[str]:
    if layout.code is not None:
        return st.just(layout.code)
    if layout.codes:
        return st.sampled_from(layout.codes)
    size = layout.code_size
    return st.binary(min_size=size, max_size=size).map(lambda code: code.hex(" ").upper())


def _data(layout: BinaryFrame, layouts: Sequence[Layout]) -> st.SearchStrategy[bytes]:
    least = layout.fixed_length or 0
    most = layout.fixed_length or min(layout.max_length, 40)
    filled = tricky(layouts).map(lambda data: data[:most].ljust(least, b"\x00"))
    return st.one_of(st.binary(min_size=least, max_size=most), filled)


def _texts(size: int, layout: LineFrame | TextFrame) -> st.SearchStrategy[bytes]:
    taken = {*bytes.fromhex(layout.sync), *bytes.fromhex(layout.tail)}
    free = st.sampled_from([one for one in range(0x20, 0x7F) if one not in taken])
    return st.lists(free, min_size=size, max_size=size).map(bytes)


def _line(layout: LineFrame, text: bytes) -> Frame:
    sync, tail = bytes.fromhex(layout.sync), bytes.fromhex(layout.tail)
    line = sync + text[len(sync) : len(text) - len(tail)] + tail
    return Frame(layout.code, encode_frame(layout, layout.code, line), layout)


def _record(layout: TextFrame, text: bytes) -> Frame:
    data = bytes.fromhex(layout.sync) + text + bytes.fromhex(layout.tail)
    return Frame(layout.code, data, layout)


def encoded(frame: Frame) -> bytes:
    return encode_frame(frame.layout, frame.code, frame.data)


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    parts, rest = [], data
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return [*parts, rest]


def read(layouts: Sequence[Layout], parts: list[bytes]) -> list[Frame]:
    reader, found = FrameReader(layouts), list[Frame | Refused]()
    for part in parts:
        found += reader.feed(part)
        assert len(reader._held) <= reader.longest
    found += reader.give_up()
    assert not reader.is_waiting
    return [one for one in found if isinstance(one, Frame)]


@pytest.mark.parametrize("layouts", LAYOUTS)
@given(data=st.data(), sizes=SIZES)
def test_whole_frames_come_out_as_they_went_in(
    layouts: Sequence[Layout], data: st.DataObject, sizes: list[int]
) -> None:
    sent = data.draw(st.lists(frames(layouts), max_size=6))
    assert read(layouts, cut(b"".join(map(encoded, sent)), sizes)) == sent


@pytest.mark.parametrize("layouts", LAYOUTS)
@given(data=st.data(), sizes=SIZES)
def test_portions_never_matter(
    layouts: Sequence[Layout], data: st.DataObject, sizes: list[int]
) -> None:
    parts = st.lists(st.one_of(garbage(layouts), frames(layouts).map(encoded)), max_size=4)
    stream = b"".join(data.draw(parts))
    assert read(layouts, cut(stream, sizes)) == read(layouts, [stream])


@pytest.mark.parametrize("layouts", LAYOUTS)
@given(data=st.data())
def test_only_a_sound_frame_can_swallow_the_next(
    layouts: Sequence[Layout], data: st.DataObject
) -> None:
    before, frame = data.draw(garbage(layouts)), data.draw(frames(layouts))
    stream = before + encoded(frame)
    found = read(layouts, [stream])
    assert frame in found or any(_straddles(layouts, stream, len(before), one) for one in found)


def _straddles(layouts: Sequence[Layout], stream: bytes, edge: int, frame: Frame) -> bool:
    """A frame that begins before the edge and ends after it, sound by chance."""
    return any(
        FrameReader(layouts).feed(stream[start:end])[:1] == [frame]
        for start in range(edge)
        for end in range(edge + 1, len(stream) + 1)
    )


@pytest.mark.parametrize("layouts", LAYOUTS)
@given(data=st.data())
def test_after_damage_all_is_read_but_what_is_sound_by_chance(
    layouts: Sequence[Layout], data: st.DataObject
) -> None:
    broken, *rest = data.draw(st.lists(frames(layouts), min_size=3, max_size=3))
    whole = encoded(broken)
    place = data.draw(st.integers(0, len(whole) - 1))
    stream = whole[:place] + data.draw(st.binary(max_size=2)) + whole[place + 1 :]
    for frame in rest:
        edge, stream = len(stream), stream + encoded(frame)
        found = read(layouts, [stream])
        if frame not in found:
            assert any(_straddles(layouts, stream, edge, one) for one in found)


@pytest.mark.parametrize("layouts", PROVEN)
@given(data=st.data(), flip=st.integers(1, 255))
def test_a_changed_byte_is_never_the_same_frame(
    layouts: Sequence[Layout], data: st.DataObject, flip: int
) -> None:
    frame = data.draw(frames(layouts))
    whole = bytearray(encoded(frame))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= flip
    named = read(layouts, [bytes(whole)])
    assert frame not in named or encoded(frame) != bytes(whole)


@pytest.mark.parametrize("layouts", LAYOUTS)
@given(data=st.data())
def test_nothing_makes_it_stop(layouts: Sequence[Layout], data: st.DataObject) -> None:
    reader = FrameReader(layouts)
    parts = st.lists(st.one_of(garbage(layouts), frames(layouts).map(encoded)), max_size=10)
    for part in data.draw(parts):
        reader.feed(part)
    reader.give_up()
    frame = data.draw(frames(layouts))
    assert reader.feed(encoded(frame)) == [frame]
