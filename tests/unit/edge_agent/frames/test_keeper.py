"""What is odd on a line is kept with its frames; what is asked for is shown."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.frames.keeper import Keeper
from edge_agent.frames.store import Store
from edge_agent.health import Caught, FrameRecord, Signs
from runtime.beat import Beat
from tests.patience import PATIENCE_S

FRAMES = (FrameRecord(5_000_000, "sent", b"\x01\x02"), FrameRecord(5_100_000, "silence", b""))
DEAD = Signs(dead=("smoke-01",))


@dataclass
class Line:
    name: str = "line shed"
    odd: list[Caught] = field(default_factory=list)
    devices: Signs = field(default_factory=Signs)

    def signs(self) -> Signs:
        return self.devices

    def frames(self) -> tuple[FrameRecord, ...]:
        return FRAMES

    def caught(self) -> tuple[Caught, ...]:
        found, self.odd = tuple(self.odd), []
        return found


def keeper(line: Line, folder: Path) -> Keeper:
    return Keeper(
        lambda: (line,),
        lambda: {"shed": "modbus-rtu"},
        lambda: (6_000_000, 1_795_251_846_000_000),
        Store(folder / "frames", least_free=0),
        beat=Beat(0.001),
    )


def test_what_a_line_caught_and_a_device_found_dead(tmp_path: Path) -> None:
    line = Line(odd=[Caught("wrong_reply of unit 1", 5, FRAMES)], devices=DEAD)
    kept = keeper(line, tmp_path)
    assert [one.why for one in kept.look()] == ["wrong_reply of unit 1", "device_dead smoke-01"]
    assert kept.look() == []


def test_frames_on_request(tmp_path: Path) -> None:
    kept = keeper(Line(), tmp_path)
    (said,) = kept.shown()
    assert (said.line, said.kind, len(said.frames)) == ("shed", "modbus-rtu", 2)
    assert kept.shown("hall") == ()


def dumps(folder: Path, kind: str) -> list[Path]:
    return list(folder.glob(f"frames/*.{kind}"))


async def test_the_loop_keeps_them_in_files(tmp_path: Path) -> None:
    task = asyncio.create_task(keeper(Line(devices=DEAD), tmp_path).run())
    async with asyncio.timeout(PATIENCE_S):
        while not dumps(tmp_path, "pcapng"):
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait([task])
    (text,) = dumps(tmp_path, "txt")
    assert text.name == "20261121T090412.000000Z-shed-device_dead.txt"
    assert "→ 01 02" in text.read_text(encoding="utf-8")
