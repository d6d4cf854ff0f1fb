"""Frames of a running agent: as text, for scripts, as a file for Wireshark; each mistake named."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest

from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.frames.report import line_frames
from edge_agent.health import FrameRecord
from edge_agent.health_socket import served
from edge_agent.show.answer import Answer
from edge_agent.show.frames import frames
from runtime.language import Language

FRAMES = (FrameRecord(1_000_000, "sent", b"\x01\x02"), FrameRecord(1_100_000, "crc", b"\xff"))
LINES = ("shed", "hall")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "agent.toml"
    file.write_text(
        'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
        'buffer.path = "buffer.db"\n'
        '[lines.shed]\nkind = "modbus-rtu"\nport = "/dev/ttyS0"\n'
        '[lines.hall]\nkind = "modbus-tcp"\nhost = "h"\n'
    )
    return load_config(file, None).config


async def nothing() -> bytes:
    return b""


async def keep(question: bytes) -> bytes:
    wanted = question.decode().split()[1:] or list(LINES)
    return msgspec.json.encode([line_frames(one, "modbus-rtu", 0, FRAMES) for one in wanted])


async def asked(
    config: Config, line: str | None = None, pcap: Path | None = None, *, as_json: bool = False
) -> Answer:
    async with served(config.socket, nothing, keep):
        return await asyncio.to_thread(
            lambda: frames(config, line=line, pcap=pcap, json=as_json, language=Language.EN)
        )


async def test_all_lines_as_text(config: Config) -> None:
    said = await asked(config)
    assert said.code == 0
    assert said.text.count("line ") == 2
    assert "← FF  crc" in said.text


async def test_one_line_for_scripts(config: Config) -> None:
    (line,) = json.loads((await asked(config, "shed", as_json=True)).text)
    assert [one["hex"] for one in line["frames"]] == ["0102", "ff"]


async def test_one_line_for_wireshark(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "shed.pcapng"
    said = await asked(config, "shed", file)
    assert said.text == f"{file}: 2 frames of line shed"
    assert file.read_bytes()[:4] == bytes.fromhex("0a0d0d0a")


async def test_mistakes_are_named(config: Config, tmp_path: Path) -> None:
    wrong = await asked(config, "shad")
    assert (wrong.code, "did you mean 'shed'?" in wrong.complaints[0]) == (2, True)
    several = await asked(config, None, tmp_path / "x")
    assert (several.code, "--line (shed, hall)" in several.complaints[0]) == (2, True)
    nowhere = await asked(config, "shed", tmp_path / "no" / "x")
    assert (nowhere.code, "can not be written" in nowhere.complaints[0]) == (1, True)


def test_an_agent_that_does_not_run(config: Config) -> None:
    said = frames(config, line=None, pcap=None, json=False, language=Language.EN)
    assert (said.code, "no agent answers" in said.complaints[0]) == (1, True)
