"""Fuzzes the streams of the catalogue: frames, their points, and what comes after damage."""

import json
import math
from collections.abc import Iterator, Sequence
from copy import copy
from pathlib import Path
from random import Random

from device_profiles.framing import BinaryFrame, Layout, TextFrame
from device_profiles.model import Profile
from device_profiles.transport import Stream
from edge_agent.driver.frame import Frame, FrameReader, encode_frame
from edge_agent.driver.frame_shape import Found, shape_of
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Sample
from tests.fuzz.mutation import cut
from tests.shipped import PROFILES
from wire.quality import Status

SWALLOWED = {1: "frame taken by one sound by chance", 2: "next frame taken so too"}
_PRINTED = Path(__file__).parents[1] / "contract" / "device_frames.json"
_SECOND_US = 1_000_000
_DRIVER_RUNS = 1_000


def stream_parsers() -> Iterator["StreamParser"]:
    """One for each stream of the catalogue."""
    for name, profile in sorted(PROFILES.items()):
        if isinstance(profile.transport, Stream):
            yield StreamParser(name, profile, profile.transport)


class StreamParser:
    """A profile's frames through reader and driver."""

    def __init__(self, name: str, profile: Profile, transport: Stream) -> None:
        self.name = f"stream.{name}"
        self._profile = profile
        self._layouts = transport.layouts
        self._most = FrameReader(self._layouts).longest
        self.seeds = tuple(dict.fromkeys([*_printed(self._layouts), *_made(profile, transport)]))
        self.marks = tuple(_marks(self._layouts))
        self._driver = StreamDriver(profile)
        self._runs = 0

    def run(self, data: bytes, dice: Random) -> str | None:
        self._drive(data, dice)
        reader = FrameReader(self._layouts)
        for part in cut(data, dice):
            reader.feed(part)
            assert len(reader._held) <= self._most, "holds more than its longest frame"
        return self._resynchronised(data, reader, dice)

    def _resynchronised(self, data: bytes, reader: FrameReader, dice: Random) -> str | None:
        """Right behind the damage all is read, but for what a false frame took by chance."""
        swallowed = 0
        stream = data
        for _ in range(2):
            whole = dice.choice(self.seeds)
            (wanted,) = FrameReader(self._layouts).feed(whole)
            edge, stream = len(stream), stream + whole
            found = reader.feed(whole)
            if wanted not in found:
                found += _twin(reader).give_up()
            if wanted not in found:
                assert _is_swallowed(self._layouts, stream, edge), "a sound frame is lost"
                swallowed += 1
        reader.give_up()
        assert not reader.is_waiting, "waits for ever"
        whole = dice.choice(self.seeds)
        assert reader.feed(whole) == FrameReader(self._layouts).feed(whole), "does not recover"
        return SWALLOWED.get(swallowed)

    def _drive(self, data: bytes, dice: Random) -> None:
        self._runs += 1
        if self._runs % _DRIVER_RUNS == 0:
            self._driver = StreamDriver(self._profile)
        now_us = self._runs * _SECOND_US // 4
        for part in cut(data, dice):
            _check(self._driver.received(part, now_us))
            query = self._driver.due(now_us)
            assert query is None or len(FrameReader(self._layouts).feed(query)) == 1
            now_us += dice.choice((0, 1_000, 200_000))


def _check(samples: Sequence[Sample]) -> None:
    for sample in samples:
        is_bad = sample.quality.status is Status.BAD
        assert is_bad is (sample.value is None), sample
        if isinstance(sample.value, float):
            assert math.isfinite(sample.value), sample


def _twin(reader: FrameReader) -> FrameReader:
    """What it does next is not done by the reader itself."""
    twin = copy(reader)
    twin._held = bytearray(reader._held)
    return twin


def _is_swallowed(layouts: Sequence[Layout], stream: bytes, edge: int) -> bool:
    """Whether some frame begins before the edge and ends behind it."""
    held = bytearray(stream)
    for layout in layouts:
        shape = shape_of(layout)
        start = stream.find(shape.sync, max(0, edge - shape.most))
        while 0 <= start < edge:
            found = shape.judge(held, start)
            if isinstance(found, Found) and start + found.size > edge:
                return True
            start = stream.find(shape.sync, start + 1)
    return False


def _printed(layouts: Sequence[Layout]) -> Iterator[bytes]:
    """The printed frames of any device that this one could send."""
    for one in json.loads(_PRINTED.read_text(encoding="utf-8")):
        raw = bytes.fromhex(one["hex"])
        found = FrameReader(layouts).feed(raw)
        if len(found) == 1 and isinstance(found[0], Frame):
            yield raw


def _made(profile: Profile, transport: Stream) -> Iterator[bytes]:
    """A frame of every kind that a point reads, its data drawn by dice of its own."""
    dice = Random(profile.id)
    lengths = {
        code: point.field.length
        for point in profile.points
        if point.field is not None
        for code in point.field.frames
    }
    for layout in transport.layouts:
        for code, length in lengths.items():
            if isinstance(layout, BinaryFrame) and _is_of(layout, code):
                yield encode_frame(layout, code, dice.randbytes(length))


def _is_of(layout: BinaryFrame, code: str) -> bool:
    """A name stands for the one kind of frame that a layout has, bytes for one of several."""
    return code == layout.code if layout.code_at is None else len(code) == 3 * layout.code_size - 1


def _marks(layouts: Sequence[Layout]) -> Iterator[bytes]:
    yield from (b"\x00", b"\x01", b"\xff")
    for layout in layouts:
        yield bytes.fromhex(layout.sync)
        yield bytes.fromhex(layout.sync)[:1]
        if layout.tail is not None:
            yield bytes.fromhex(layout.tail)
        if isinstance(layout, BinaryFrame) and layout.length_at is not None:
            yield layout.max_length.to_bytes(2, layout.length_order.value)
        if isinstance(layout, TextFrame):
            yield "火警复位".encode("gbk")
