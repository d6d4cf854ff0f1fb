"""Whatever a host sends, in whatever pieces: radars answer or stay silent, and recover."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators import hilink_frame, r60_frame, tiny_frame
from simulators.care_radar import CareRadar
from simulators.care_words import WORDS as CARE
from simulators.fall_radar import FallRadar
from simulators.hilink_frame import CommandReader, HilinkCommand
from simulators.person import Person
from simulators.presence_radar import PresenceRadar
from simulators.r60_frame import FrameReader, RadarFrame
from simulators.radar_orders import AnyRadar
from simulators.sleep_radar import SleepRadar
from simulators.sleep_words import WORDS as SLEEP
from simulators.stream_fault import drip, glued, split
from simulators.tiny_frame import TinyFrame, TinyReader
from simulators.track_radar import TrackRadar
from simulators.vitals_radar import VitalsRadar

S = 1_000_000
BYTE, WORD = st.integers(0, 255), st.integers(0, 0xFFFF)
CHUNKS = st.lists(st.binary(max_size=40), max_size=8)


@dataclass(frozen=True)
class Family:
    """How one family of frames is made, cut and asked."""

    frames: st.SearchStrategy[Any]
    encode: Callable[[Any], bytes]
    reader: Callable[[], Any]


CALLED = (
    0x60, 0x61, 0x62, 0x63, 0x64, 0x80, 0x90, 0x91, 0xA0, 0xA1, 0xA2, 0xA3, 0xC1, 0xC2, 0xFE, 0xFF,
)  # fmt: skip
TYPES = (0x0E04, 0x0E06, 0x0E08, 0x0E0A, 0x0E0C, 0x0E0E, 0x2110, 0xFFFF)
KEYS = sorted(
    key
    for words in (CARE, SLEEP)
    for keys in (words.set_by, words.asked_by, words.queries)
    for key in keys
)
LENGTHS = st.sampled_from((1, 2, 4, 6, 16, 18, 26))
DATA = LENGTHS.flatmap(lambda n: st.binary(min_size=n, max_size=n))
SOME = st.one_of(st.binary(max_size=20), DATA)
KNOWN_OR_NOT = st.one_of(st.sampled_from(KEYS), st.tuples(BYTE, BYTE))


def _framed(key: tuple[int, int], data: bytes) -> RadarFrame:
    control, command = key
    return RadarFrame(control, command, data)


R60 = Family(
    st.builds(_framed, KNOWN_OR_NOT, SOME),
    r60_frame.encode,
    FrameReader,
)
TINY = Family(
    st.builds(TinyFrame, WORD, st.one_of(st.sampled_from(TYPES), WORD), SOME),
    tiny_frame.encode,
    TinyReader,
)
HILINK = Family(
    st.builds(HilinkCommand, st.one_of(st.sampled_from(CALLED), WORD), SOME),
    hilink_frame.encode,
    CommandReader,
)
FAMILIES = pytest.mark.parametrize("family", [R60, TINY, HILINK], ids=["r60", "tiny", "hilink"])

ASKED: dict[Callable[..., AnyRadar], str] = {
    CareRadar: "53 59 83 81 00 01 0F C0 54 43",
    SleepRadar: "53 59 85 82 00 01 0F C3 54 43",
    FallRadar: "01 00 00 00 00 0E 06 F6",
    VitalsRadar: "01 80 00 00 00 FF FF 7E",
    PresenceRadar: "FD FC FB FA 04 00 FF 00 01 00 04 03 02 01",
    TrackRadar: "FD FC FB FA 04 00 FF 00 01 00 04 03 02 01",
}
FAMILY_OF: dict[Callable[..., AnyRadar], Family] = {
    CareRadar: R60,
    SleepRadar: R60,
    FallRadar: TINY,
    VitalsRadar: TINY,
}
RADARS = pytest.mark.parametrize("make", ASKED, ids=lambda make: make.__name__)


@FAMILIES
@given(data=st.data())
def test_frames_survive_any_cut(family: Family, data: st.DataObject) -> None:
    frames = data.draw(st.lists(family.frames, max_size=5))
    stream = b"".join(map(family.encode, frames))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    reader = family.reader()
    found: list[Any] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += reader.feed(stream[start:end])
    assert found == frames
    assert reader.errors == 0


@FAMILIES
@given(data=st.data())
def test_any_garbage_is_borne_in_bounded_room_and_a_frame_after_a_pause_found(
    family: Family, data: st.DataObject
) -> None:
    reader = family.reader()
    for chunk in data.draw(CHUNKS):
        reader.feed(chunk)
        assert len(reader._pending) <= 64 + 12
    reader.forget()
    frame = data.draw(family.frames)
    assert reader.feed(family.encode(frame)) == [frame]


@FAMILIES
@given(data=st.data())
def test_one_damaged_byte_never_makes_up_more_than_one_frame(
    family: Family, data: st.DataObject
) -> None:
    frame = data.draw(family.frames)
    raw = bytearray(family.encode(frame))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert len(family.reader().feed(bytes(raw))) <= 1


@RADARS
@given(chunks=CHUNKS)
def test_a_radar_bears_any_input_and_answers_after_a_pause(
    make: Callable[..., AnyRadar], chunks: Sequence[bytes]
) -> None:
    radar, person = make(boot_us=0), Person()
    radar.watch(person)
    person.walk(0)
    for number, chunk in enumerate(chunks):
        radar.due(number * S)
        radar.received(chunk, number * S)
    later = len(chunks) * S
    radar.due(later)
    assert radar.received(bytes.fromhex(ASKED[make]), later)


@RADARS
@given(data=st.data())
def test_a_radar_bears_any_well_formed_command(
    make: Callable[..., AnyRadar], data: st.DataObject
) -> None:
    family = FAMILY_OF.get(make, HILINK)
    radar, person = make(boot_us=0), Person()
    radar.watch(person)
    person.fall(0)
    radar.due(0)
    radar.received(bytes.fromhex(ASKED[make]), 0)
    for number, frame in enumerate(data.draw(st.lists(family.frames, max_size=6)), 1):
        radar.received(family.encode(frame), number * S)
        radar.due(number * S)


@RADARS
@given(data=st.data())
def test_no_bytes_are_lost_or_made_by_faults_of_timing(
    make: Callable[..., AnyRadar], data: st.DataObject
) -> None:
    radar = make(boot_us=0, record=True)
    for fault in data.draw(st.lists(st.sampled_from([split(3), drip(2), glued(2)]), max_size=3)):
        radar.faults.add(fault)
    out = b"".join(radar.due(now) for now in range(0, 5 * S, 5_000))
    expected = b"".join(sent.frame for sent in radar.sent)
    assert expected.startswith(out)
    assert len(expected) - len(out) <= 400
