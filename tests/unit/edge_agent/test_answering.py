"""Each question gets its answer; over TCP figures alone."""

import json

from msgspec.structs import replace

from edge_agent.answering import Answering
from edge_agent.frames.report import LineFrames, line_frames
from edge_agent.health import AgentHealth, FrameRecord
from tests.prometheus_text import read
from tests.unit.edge_agent.test_gateway_readings import HEALTH


async def health() -> AgentHealth:
    return replace(HEALTH)


def frames(line: str) -> tuple[LineFrames, ...]:
    return (line_frames(line or "all", "uart", None, (FrameRecord(1, "heard", b"\x01"),)),)


async def orders(order: bytes) -> bytes:
    return b"did " + order


ANSWERING = Answering(health, frames, orders)


async def test_words_on_the_local_socket() -> None:
    assert json.loads(await ANSWERING.answer(b"health\n"))["gateway"] == "gw-001"
    assert json.loads(await ANSWERING.answer(b"frames shed\n"))[0]["line"] == "shed"
    families = read((await ANSWERING.answer(b"metrics\n")).decode())
    assert "lifeline_edge_info" in families
    assert "process_resident_memory_bytes" in families
    assert await ANSWERING.answer(b'{"order":1}\n') == b'did {"order":1}\n'
    assert b"ask for health" in await ANSWERING.answer(b"what\n")


async def test_http_on_the_local_socket() -> None:
    head, _, body = (await ANSWERING.answer(b"GET /metrics HTTP/1.1\r\n")).partition(b"\r\n\r\n")
    assert b"text/plain; version=0.0.4" in head
    read(body.decode())


async def test_over_tcp_figures_alone() -> None:
    assert b" 200 OK" in await ANSWERING.figures_only(b"GET /metrics HTTP/1.1\r\n")
    for line in (b"GET / HTTP/1.1\r\n", b"GET /frames HTTP/1.1\r\n", b"frames\n", b"{}\n"):
        assert b" 404 " in await ANSWERING.figures_only(line)
