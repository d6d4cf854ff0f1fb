"""`edge-agent clock` of an agent that is stopped, and of a socket that answers."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from edge_agent import on_site
from edge_agent.buffer import clock_note
from edge_agent.buffer.timebase import BUILT_US, ClockSaid, Origin, Timekeeper
from edge_agent.config.desired import Book
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.config.source import Found
from edge_agent.configuration import Configuration
from edge_agent.health_socket import served
from edge_agent.local_orders import Desk
from edge_agent.show.answer import Answer
from edge_agent.show.clock import clock_lines, clock_set, clock_show
from runtime.clock import SystemClock
from runtime.language import Language
from tests.standing_clock import StandingClock
from wire.envelope import ClockState

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\nbuffer.path = "b.db"\n'
NOW_US = BUILT_US + 7_200_000_000


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Trusted by the operator's word alone: what the tests' machine knows of NTP is no matter."""
    (tmp_path / "agent.toml").write_text(HEAD)
    return load_config(tmp_path / "agent.toml", None).config


def put(config: Config, text: str, *, force: bool = False) -> Answer:
    return clock_set(config, text, force=force, json=False, language=Language.EN)


@pytest.mark.parametrize("text", ["", "now", "14:03", "2026-11-21 14:03:00", "2026-13-21T00:00Z"])
def test_what_is_no_time_with_its_zone(config: Config, text: str) -> None:
    answer = put(config, text)
    assert answer.code == 2
    assert "write " in answer.complaints[0]


def test_a_stopped_agent_gets_a_note(config: Config) -> None:
    if SystemClock(config.trust).is_trusted():
        assert put(config, "2026-11-22 14:03:00+08:00").code == 1
        return
    assert put(config, "2026-11-20 14:03:00+08:00").code == 1
    answer = put(config, "2026-11-22 14:03:00+08:00")
    assert (answer.code, answer.text.split(":")[0]) == (0, "noted")
    note = clock_note.take(config.buffer.path.parent)
    assert note is not None
    assert note.boot == SystemClock().boot
    shown = clock_show(config, json=True, language=Language.EN)
    assert (shown.code, json.loads(shown.text)["running"]) == (1, False)


@pytest.mark.parametrize(
    ("state", "language", "word"),
    [
        (ClockState.SYNCHRONISED, Language.EN, "synchronised, told by"),
        (ClockState.SYNCHRONISED, Language.ZH, "已同步（来源："),
        (ClockState.HOLDOVER, Language.EN, "holdover, told by"),
        (ClockState.SERVER, Language.EN, "set from the server, told by"),
    ],
)
def test_each_state_is_said_by_its_own_word(
    state: ClockState, language: Language, word: str
) -> None:
    said = ClockSaid(
        state, Origin.SYSTEM, NOW_US, 10_000, 0, is_trusted=True, last_good_us=0, heard_us=None
    )
    first, *_ = clock_lines(said, language, is_running=True)
    assert first.startswith(word)


async def test_a_running_agent_is_asked(config: Config) -> None:
    keeper = Timekeeper(StandingClock(NOW_US, trusted=False))
    loaded = load_config(config.socket.parent / "agent.toml", None)
    standing = Configuration(Found(loaded, Book(), ""), None, lambda _: None)
    desk = Desk(on_site.doings(standing, keeper))

    async def health() -> bytes:
        raise AssertionError

    async with served(config.socket, health, desk.carry_out) as problem:
        assert problem == ""
        shown = await asyncio.to_thread(clock_show, config, json=False, language=Language.EN)
        assert (shown.code, shown.text) == (1, "unset: nobody has told this gateway the time")
        early = await asyncio.to_thread(put, config, "2026-11-20 00:00:00Z")
        assert early.code == 1
        assert "--force" in early.complaints[0]
        assert (await asyncio.to_thread(put, config, "2026-11-21 02:00:00+00:00")).text == "set"
        shown = await asyncio.to_thread(clock_show, config, json=False, language=Language.ZH)
        assert shown.code == 0
        assert "守时（来源：人工）" in shown.text
        forced = await asyncio.to_thread(put, config, "2026-11-20 00:00:00Z", force=True)
        assert forced.code == 0
        shown = await asyncio.to_thread(clock_show, config, json=True, language=Language.EN)
        said = json.loads(shown.text)
        assert (said["utc"], said["origin"]) == ("2026-11-20T00:00:00.000+00:00", "person")


def test_nothing_is_noted_behind_an_agent_that_may_be_running(config: Config) -> None:
    config.socket.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as strange:  # any error but "nobody"
        strange.bind(str(config.socket))
        answer = put(config, "2026-11-22 14:03:00+08:00")
        shown = clock_show(config, json=False, language=Language.EN)
    assert (answer.code, shown.code) == (1, 1)
    assert str(config.socket) in answer.complaints[0]
    assert str(config.socket) in shown.complaints[0]
    assert clock_note.take(config.buffer.path.parent) is None
