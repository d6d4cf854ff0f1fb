"""`edge-agent status`: asks the running agent, or reads the buffer of one that is stopped."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from edge_agent.buffer import rows
from edge_agent.buffer.backlog import backlog
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.model import Config
from edge_agent.health_document import AgentDocument, LaneDocument, lane_document
from edge_agent.health_socket import ask
from edge_agent.observe import lane_health
from edge_agent.show.answer import Answer, as_json
from edge_agent.show.at_rest import connect_at_rest
from edge_agent.show.paint import painted
from edge_agent.show.status_text import known_problems, problems, running_text, stopped_text
from edge_agent.show.status_words import STOPPED, Words
from runtime.clock import SystemClock
from runtime.language import Language
from wire.topic import Lane


def figures_text(config: Config) -> Answer:
    """The figures of the running agent as Prometheus text; code 1 when nobody answers."""
    try:
        return running_figures(config.socket)
    except OSError as error:
        words = Words(Language.EN)
        said = words(STOPPED).format(gateway=config.gateway, socket=config.socket, error=error)
        return Answer(1, "", (said,))


def running_figures(socket: Path) -> Answer:
    """The same; raise OSError when nobody answers."""
    return Answer(0, ask(socket, b"metrics").decode().rstrip("\n"))


def status(config: Config, *, json: bool, language: Language, in_colour: bool = False) -> Answer:
    """What is known, and what is wrong as complaints; code 1 if anything is."""
    words = Words(language)
    try:
        said = msgspec.json.decode(ask(config.socket), type=AgentDocument)
    except (OSError, msgspec.MsgspecError) as error:
        return _stopped(config, error, json=json, words=words)
    found = problems(said, config.hash, words)
    if json:
        text = _as_json(said, found, words)
    else:
        lines = running_text(said, words)
        text = "\n".join(painted(lines, words) if in_colour else lines)
    return Answer(1 if found else 0, text, tuple(found))


def status_despite_errors(socket: Path, *, json: bool, language: Language) -> Answer:
    """Of an agent that runs on what it took before its file was broken.

    Raise OSError or msgspec.MsgspecError when none answers.
    """
    words = Words(language)
    said = msgspec.json.decode(ask(socket), type=AgentDocument)
    found = [words("p_file"), *problems(said, said.config_hash, words)]
    text = _as_json(said, found, words) if json else "\n".join(running_text(said, words))
    return Answer(2, text, tuple(found))


def _as_json(said: AgentDocument, found: list[str], words: Words) -> str:
    known = known_problems(said, words)
    plain = {"running": True, **msgspec.to_builtins(said)}
    return as_json({**plain, "problems": found, "known_problems": known})


def _stopped(config: Config, error: Exception, *, json: bool, words: Words) -> Answer:
    lanes, unread = _read_buffer(config.buffer.path)
    why = words(STOPPED).format(gateway=config.gateway, socket=config.socket, error=error)
    found = [why, *unread]
    if json:
        said = {"running": False, "gateway": config.gateway, "lanes": msgspec.to_builtins(lanes)}
        text = as_json({**said, "problems": found, "known_problems": []})
    else:
        text = "\n".join(stopped_text(config.gateway, lanes, words))
    return Answer(1, text, tuple(found))


def _read_buffer(path: Path) -> tuple[tuple[LaneDocument, ...], list[str]]:
    """The lanes of a buffer that nobody writes, or why it can not be read."""
    if not path.exists():
        return (), [f"{path}: there is no buffer yet"]
    timebase = Timekeeper(SystemClock()).now()
    try:
        with closing(connect_at_rest(path)) as connection:
            return tuple(
                lane_document(
                    lane_health(
                        lane, rows.ledger(connection, lane), backlog(connection, lane), timebase, 0
                    ),
                    timebase.mono_us,
                )
                for lane in Lane
            ), []
    except (sqlite3.Error, TypeError) as error:  # TypeError: a table without its rows
        return (), [f"{path}: the buffer can not be read: {error}"]
