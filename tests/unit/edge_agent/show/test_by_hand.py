"""A device is asked through the running agent; names are checked before."""

import asyncio
import json
from pathlib import Path

import msgspec
import pytest

from edge_agent.__main__ import main
from edge_agent.by_hand import DO, NO_ANSWER, READ
from edge_agent.health_socket import served
from edge_agent.local_orders import LocalAnswer, LocalOrder

TEXT = """
gateway.id = "gw-001"
buffer.path = "buffer.db"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed" }
devices.smoke-01 = { profile = "calectro_ug3", line = "shed" }
"""
FOUND = '{"smoke":true,"level":2.5,"mounted":"bad/stale"}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(TEXT)
    return path


class Agent:
    """Answers every order with what it is given, and keeps the order."""

    def __init__(self, answer: LocalAnswer) -> None:
        self.answer, self.orders = answer, list[LocalOrder]()

    async def health(self) -> bytes:
        raise AssertionError

    async def carry_out(self, order: bytes) -> bytes:
        self.orders.append(msgspec.json.decode(order, type=LocalOrder))
        return msgspec.json.encode(self.answer)


async def asked(file: Path, agent: Agent, *words: str) -> int:
    async with served(file.parent / "agent.sock", agent.health, agent.carry_out):
        return await asyncio.to_thread(main, ["device", *words, "-c", str(file)])


async def test_a_read(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agent = Agent(LocalAnswer(is_done=True, reason="done", detail=FOUND, said="site-1"))
    assert await asked(file, agent, "read", "smoke-01", "--by", "Li Lei", "--lang", "en") == 0
    assert agent.orders == [LocalOrder(READ, {"device": "smoke-01", "by": "Li Lei"})]
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows == [
        ["point", "value"],
        ["smoke", "yes"],
        ["level", "2.5"],
        ["mounted", "bad/stale"],
    ]
    assert await asked(file, agent, "read", "smoke-01", "--lang", "zh") == 0
    assert "无效/数据陈旧" in capsys.readouterr().out
    assert await asked(file, agent, "read", "smoke-01", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["id"], said["outcome"], said["detail"]["level"]) == ("site-1", "done", 2.5)


async def test_an_action(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agent = Agent(LocalAnswer(is_done=True, reason="done", detail="1 of 1 writes echoed"))
    words = ("do", "smoke-01", "reset", "--by", "Li Lei", "--lang", "en")
    assert await asked(file, agent, *words) == 0
    given = {"device": "smoke-01", "action": "reset", "by": "Li Lei"}
    assert agent.orders == [LocalOrder(DO, given)]
    assert capsys.readouterr().out == "done: 1 of 1 writes echoed\n"


@pytest.mark.parametrize(
    ("reason", "language", "said"),
    [
        ("failed", "en", "failed: why"),
        ("failed", "zh", "失败：why"),
        ("refused", "en", "refused: why"),
        (NO_ANSWER, "en", "no answer within a minute"),
        ("not_yet", "en", "not yet: a buffer"),
        ("another", "en", "why"),
    ],
)
async def test_what_was_not_done(
    file: Path, reason: str, language: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = Agent(LocalAnswer(is_done=False, reason=reason, detail="why"))
    assert await asked(file, agent, "read", "smoke-01", "--lang", language) == 1
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["read", "smoke-02"], "did you mean 'smoke-01'?"),
        (["do", "smoke-02", "reset", "--by", "x"], "no such device"),
        (["do", "smoke-01", "resett", "--by", "x"], "did you mean 'reset'?"),
    ],
)
def test_names_are_checked_before(
    file: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["device", *words, "-c", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_nobody_answers(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["device", "read", "smoke-01", "-c", str(file)]) == 1
    assert "gw-001" in capsys.readouterr().err
