"""A running agent is asked; the buffer of a stopped one is read, whatever its state."""

import asyncio
import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from edge_agent.__main__ import main
from edge_agent.buffer.rows import Draft, commit, migrate
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.health import ConfigHealth
from edge_agent.health_document import document
from edge_agent.health_socket import served
from edge_agent.show.status import figures_text, status
from runtime.database import connect, run_transaction
from runtime.language import Language
from tests.unit.edge_agent.show.test_status_text import HEALTH
from wire.envelope import Base, ClockState, Encoding
from wire.topic import Lane


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "agent.toml"
    file.write_text(
        'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
        'buffer.path = "buffer.db"\n'
    )
    return load_config(file, None).config


def fill(path: Path) -> None:
    drafts = [Draft(3, Base("boot-0", 5, ClockState.UNSET), Encoding.RAW, b"[]")]
    with closing(connect(path)) as connection:
        migrate(connection)
        run_transaction(connection, lambda c: commit(c, Lane.BULK, "a" * 16, drafts))


def test_an_agent_that_never_ran(config: Config) -> None:
    said = status(config, json=False, language=Language.EN)
    assert said.code == 1
    assert "no agent answers at" in said.complaints[0]
    assert "there is no buffer yet" in said.complaints[1]


def test_the_buffer_of_a_stopped_agent(config: Config) -> None:
    fill(config.buffer.path)
    said = status(config, json=True, language=Language.EN)
    assert (said.code, len(said.complaints)) == (1, 1)
    found = json.loads(said.text)
    assert found["running"] is False
    urgent, bulk = found["lanes"]
    assert (urgent["taken"], bulk["taken"], bulk["buffered"], bulk["batches"]) == (0, 3, 3, 1)
    assert bulk["oldest_age_s"] is None  # it is of another boot
    assert bulk["balances"]


def test_asking_leaves_no_trace(config: Config) -> None:
    fill(config.buffer.path)
    before = sorted(config.buffer.path.parent.iterdir())
    assert "bulk" in status(config, json=False, language=Language.EN).text
    assert "普通" in status(config, json=False, language=Language.ZH).text
    assert sorted(config.buffer.path.parent.iterdir()) == before


def test_the_buffer_of_a_killed_agent_is_read_with_its_log(config: Config) -> None:
    path = config.buffer.path
    drafts = [Draft(2, Base("boot-0", 5, ClockState.UNSET), Encoding.RAW, b"[]")]
    with closing(connect(path)) as connection:
        migrate(connection)
        run_transaction(connection, lambda c: commit(c, Lane.URGENT, "a" * 16, drafts))
        said = status(config, json=True, language=Language.EN)
    assert json.loads(said.text)["lanes"][0]["taken"] == 2


def test_a_broken_buffer_is_no_reason_to_fail(config: Config) -> None:
    config.buffer.path.write_bytes(b"torn" * 5000)
    said = status(config, json=False, language=Language.EN)
    assert said.code == 1
    assert "can not be read" in said.complaints[1]


def test_figures_of_an_agent_that_does_not_run(config: Config) -> None:
    said = figures_text(config)
    assert (said.code, said.text) == (1, "")
    assert "no agent answers" in said.complaints[0]


async def test_a_broken_file_does_not_hide_the_agent_that_runs(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    file = config.socket.parent / "agent.toml"
    file.write_text(file.read_text().replace("mqtt", "mqqt"))

    async def health() -> bytes:
        return msgspec.json.encode(document(HEALTH))

    arguments = ["status", "-c", str(file), "--lang", "en"]
    async with served(config.socket, health):
        assert await asyncio.to_thread(main, arguments) == 2
        said = capsys.readouterr()
        assert "did you mean [mqtt]?" in said.err
        assert "the file has errors: the agent runs on" in said.err
        assert said.out.startswith("gateway gw-001")
        assert await asyncio.to_thread(main, [*arguments, "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["problems"][0].startswith("the file has errors")
    assert main(arguments) == 2
    assert capsys.readouterr().out == ""


async def test_a_script_can_tell_a_known_rejection_from_what_is_new(config: Config) -> None:
    wish = ConfigHealth(config.hash, None, 4, "rejected", is_known=True)
    full = replace(HEALTH, config=wish, refusal="database or disk is full")

    async def health() -> bytes:
        return msgspec.json.encode(document(full))

    async with served(config.socket, health):
        said = await asyncio.to_thread(status, config, json=True, language=Language.EN)
    found = json.loads(said.text)
    assert (said.code, found["config"]["is_known"]) == (1, True)
    (known,) = found["known_problems"]
    (new,) = set(found["problems"]) - {known}
    assert "still wants configuration 4" in known
    assert "disk is full" in new
