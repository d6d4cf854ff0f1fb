"""Every question that a running agent can answer is answered while its file is broken."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from edge_agent import on_site
from edge_agent.__main__ import main
from edge_agent.baseline import orders as baseline
from edge_agent.buffer.timebase import ClockSaid, Origin
from edge_agent.by_hand import READ
from edge_agent.frames.report import line_frames
from edge_agent.health import ConfigHealth, FrameRecord
from edge_agent.health_document import document
from edge_agent.health_socket import served
from edge_agent.local_orders import LocalAnswer, LocalOrder
from tests.unit.edge_agent.show.test_status_text import HEALTH
from wire.envelope import ClockState

BROKEN = """
gateway.id = "gw-001"
mqqt = { host = "localhost", tls = false }
buffer.path = "buffer.db"
lines.shed = { kind = "modbus-rtu", port = "ttyShed" }
"""
SAID = ClockSaid(
    ClockState.SYNCHRONISED, Origin.SYSTEM, 1_795_251_846_000_000, 10_000, 0,
    is_trusted=True, last_good_us=0, heard_us=None,
)  # fmt: skip
NEED = {
    "device": "cover-1", "point": "tilt", "unit": "m/s2", "standing": "absent", "value": None,
}  # fmt: skip
ANSWERS = {
    on_site.CLOCK_SHOW: LocalAnswer(is_done=True, said=SAID),
    baseline.SHOW: LocalAnswer(is_done=True, said=[NEED]),
    READ: LocalAnswer(is_done=True, reason="done", detail='{"smoke":true}', said="site-read-1"),
}


async def health() -> bytes:
    config = ConfigHealth("0123456789abcdef", 7, 8, "rejected")
    return msgspec.json.encode(document(replace(HEALTH, config=config)))


async def answer(order: bytes) -> bytes:
    if order.startswith(b"{"):
        return msgspec.json.encode(ANSWERS[msgspec.json.decode(order, type=LocalOrder).order])
    if order.startswith(b"metrics"):
        return b"lifeline_up 1\n"
    frames = (FrameRecord(1_000_000, "sent", b"\x01\x02"),)
    return msgspec.json.encode([line_frames("shed", "modbus-rtu", 0, frames)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(BROKEN)
    return path


CASES = [
    (["frames", "--lang", "en"], "line shed"),
    (["frames", "--line", "shed", "--lang", "en"], "line shed"),
    (["clock", "show", "--lang", "en"], "synchronised, told by"),
    (["config", "show", "--lang", "en"], "in force: 0123456789abcdef, version 7 of the server"),
    (["config", "show", "--lang", "zh"], "服务端要求版本 8：已拒绝"),
    (["baseline", "show", "--lang", "en"], "cover-1"),
    (["device", "read", "smoke-01", "--by", "Li Lei", "--lang", "en"], "smoke"),
    (["status", "--prometheus"], "lifeline_up 1"),
]


@pytest.mark.parametrize(("words", "said"), CASES)
async def test_the_answer_on_stdout_and_what_is_wrong_with_the_file_on_stderr(
    file: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    arguments = [*words, "-c", str(file)]
    async with served(file.parent / "agent.sock", health, answer):
        assert await asyncio.to_thread(main, arguments) == 2
    told = capsys.readouterr()
    assert said in told.out
    assert "did you mean" in told.err
    assert main(arguments) == 2, "nobody answers"
    told = capsys.readouterr()
    assert told.out == ""
    assert "did you mean" in told.err


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["clock", "show"], "state", "synchronised"),
        (["config", "show"], "config_hash", "0123456789abcdef"),
        (["device", "read", "smoke-01", "--by", "Li Lei"], "outcome", "done"),
    ],
)
async def test_for_scripts(
    file: Path, capsys: pytest.CaptureFixture[str], words: list[str], key: str, value: str
) -> None:
    async with served(file.parent / "agent.sock", health, answer):
        assert await asyncio.to_thread(main, [*words, "--json", "-c", str(file)]) == 2
    assert json.loads(capsys.readouterr().out)[key] == value


@pytest.mark.parametrize("words", [["config", "show", "--toml"], ["config", "accept"]])
async def test_what_needs_the_file_says_what_is_wrong_with_it(
    file: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    async with served(file.parent / "agent.sock", health, answer):
        assert await asyncio.to_thread(main, [*words, "-c", str(file)]) == 2
    assert capsys.readouterr().out == ""
