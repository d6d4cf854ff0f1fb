"""Every stream of the catalogue on a real port, at its own speed: noise first, then its frames."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from device_profiles.model import Profile
from device_profiles.transport import Stream as StreamTransport
from edge_agent.assembly import open_port, serial_format
from edge_agent.bus.serial_port import PortSettings
from edge_agent.bus.stream import Stream
from edge_agent.driver.frame import Frame, FrameReader
from edge_agent.driver.frame_points import FramePoints
from edge_agent.driver.stream import StreamDriver
from edge_agent.exchange import Sample
from edge_agent.poll.device import ListenedDevice
from edge_agent.poll.listener import Listener
from runtime.clock import SystemClock
from simulators.pseudo_terminal import PseudoTerminal
from tests.fuzz.stream_parser import StreamParser, stream_parsers
from tests.patience import PATIENCE_S
from tests.shipped import PROFILES

PARSERS = [pytest.param(parser, id=parser.name) for parser in stream_parsers()]
NOISE = b"\x00\x53\x01\xff\xaa\xf4\x41\x1b\xfd"


class Memory:
    def __init__(self) -> None:
        self.told: set[str] = set()

    def accept(self, device: str, samples: Sequence[Sample]) -> None:
        assert device == "device"
        self.told |= {sample.point for sample in samples}


def told_by(profile: Profile, layouts: StreamTransport, frames: Sequence[bytes]) -> set[str]:
    points = FramePoints(profile)
    found = FrameReader(layouts.layouts).feed(b"".join(frames))
    return {
        sample.point for one in found if isinstance(one, Frame) for sample in points.read(one, 0)
    }


@pytest.mark.parametrize("parser", PARSERS)
async def test_its_frames_become_readings(parser: StreamParser, tmp_path: Path) -> None:
    profile = PROFILES[parser.name.removeprefix("stream.")]
    transport = profile.transport
    assert isinstance(transport, StreamTransport)
    link, clock, memory = tmp_path / "port", SystemClock(), Memory()
    settings = PortSettings(str(link), serial_format(transport.serial))
    device = ListenedDevice("device", StreamDriver(profile, transport.serial))
    with PseudoTerminal(link) as terminal:
        async with Stream("line", settings, clock, open_port) as stream:
            listener = Listener(stream, device, memory, clock, lambda _: None)
            async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
                group.create_task(listener.run())
                while not listener.line_health().is_open:
                    await asyncio.sleep(0.01)
                terminal.write(NOISE + parser.seeds[0][:3])
                await asyncio.sleep(2 * transport.frame_gap / 1_000_000)
                for frame in parser.seeds:
                    terminal.write(frame)
                wanted = told_by(profile, transport, parser.seeds)
                while not wanted <= memory.told:
                    await asyncio.sleep(0.02)
                listener.stop()
    assert wanted
