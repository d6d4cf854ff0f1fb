"""Whatever comes before and between, in any portions: frames are found, memory is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.driver.radar_frame import Frame, FrameReader, Refused, encode_frame

LIMIT = 16
BYTES = st.binary(max_size=40)
TRICKY = st.lists(st.sampled_from([b"\x53", b"\x59", b"\x54\x43", b"\x53\x59", b"\x00", b"\x83"]))
DATA = st.one_of(
    st.binary(max_size=LIMIT),
    TRICKY.map(b"".join).map(lambda data: data[:LIMIT]),
)
CODES = st.sampled_from(["83 01", "80 03", "53 59", "54 43", "05 03"])
FRAMES = st.builds(Frame, CODES, DATA)
GARBAGE = st.one_of(BYTES, TRICKY.map(b"".join))


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    parts, rest = [], data
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return [*parts, rest]


def read(parts: list[bytes]) -> list[Frame]:
    reader, found = FrameReader(LIMIT), list[Frame | Refused]()
    for part in parts:
        found += reader.feed(part)
        assert len(reader._buffer) < LIMIT + 9
    found += reader.give_up()
    assert not reader.is_waiting
    return [one for one in found if isinstance(one, Frame)]


@given(st.lists(FRAMES, max_size=6), st.lists(st.integers(0, 12), max_size=12))
def test_whole_frames_come_out_as_they_went_in(frames: list[Frame], sizes: list[int]) -> None:
    stream = b"".join(map(encode_frame, frames))
    assert read(cut(stream, sizes)) == frames


@given(GARBAGE, st.lists(st.integers(0, 12), max_size=12))
def test_portions_never_matter(stream: bytes, sizes: list[int]) -> None:
    assert read(cut(stream, sizes)) == read([stream])


@given(GARBAGE, FRAMES)
def test_only_a_sound_frame_can_swallow_the_next(garbage: bytes, frame: Frame) -> None:
    stream = garbage + encode_frame(frame)
    found = read([stream])
    assert frame in found or any(_straddles(stream, one, len(garbage)) for one in found)


def _straddles(stream: bytes, frame: Frame, edge: int) -> bool:
    whole = encode_frame(frame)
    return any(
        stream.startswith(whole, start) for start in range(max(0, edge + 1 - len(whole)), edge)
    )


@given(BYTES, st.integers(0, 8), st.integers(1, 255))
def test_a_changed_byte_is_never_a_frame_of_its_own(data: bytes, place: int, flip: int) -> None:
    whole = bytearray(encode_frame(Frame("83 01", data[:LIMIT])))
    whole[place % len(whole)] ^= flip
    assert read([bytes(whole)]) != [Frame("83 01", data[:LIMIT])]


@given(st.lists(st.one_of(GARBAGE, FRAMES.map(encode_frame)), max_size=10))
def test_nothing_makes_it_stop(parts: list[bytes]) -> None:
    reader = FrameReader(LIMIT)
    for part in parts:
        reader.feed(part)
    reader.give_up()
    frame = Frame("83 01", b"\x01")
    assert reader.feed(encode_frame(frame)) == [frame]
