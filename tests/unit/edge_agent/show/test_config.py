"""`edge-agent config` of an agent that is stopped; the running one decides by its own desk."""

import json
import socket
from pathlib import Path

import pytest

from edge_agent.config.desired import Book, note, taken
from edge_agent.config.source import Source, book_path, read_book, write_book
from edge_agent.show.config import config_decide, config_show
from runtime.language import Language
from wire.command import Config as Desired
from wire.command import Outcome

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\nbuffer.path = "b.db"\n'
LINE = '[lines.shed]\nkind = "modbus-rtu"\nport = "ttyShed"\n'
DEVICE = '[devices.a]\nprofile = "calectro_ug3"\nline = "shed"\n'
WANTED = Desired(7, "0" * 16, LINE + DEVICE + "unit = 2\n")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (tmp_path / "agent.toml").write_text(HEAD + LINE + DEVICE)
    return Source(tmp_path / "agent.toml", None)


def keep(source: Source, book: Book) -> None:
    write_book(book_path(source.load().config), book)


def text(source: Source, language: Language = Language.EN) -> tuple[int, str]:
    answer = config_show(source, json=False, toml=False, language=language)
    return answer.code, answer.text


def test_shown_as_it_is(source: Source) -> None:
    code, said = text(source)
    assert code == 0
    assert said.splitlines()[1] == "the server has wanted nothing"
    keep(source, note(Book(), WANTED, Outcome.DIVERGED, "because"))
    code, said = text(source)
    assert code == 1
    assert "the server wants version 7, based on 0000000000000000: diverged; decide" in said
    assert said.endswith("  because\n  - devices.a.unit = 2")
    assert "与现场不一致" in text(source, Language.ZH)[1]
    shown = config_show(source, json=True, toml=False, language=Language.EN)
    assert json.loads(shown.text)["book"]["latest"]["version"] == 7
    whole = config_show(source, json=False, toml=True, language=Language.EN)
    assert (whole.code, whole.text) == (0, WANTED.toml)
    keep(source, taken(Book(), WANTED, source.load().site))
    assert "version 7 of the server" in text(source)[1]


def decide(source: Source, *, accept: bool) -> tuple[int, str]:
    answer = config_decide(source, accept=accept, json=True, language=Language.EN)
    return answer.code, json.loads(answer.text)["decision"]


def test_decided_while_the_agent_is_stopped(source: Source) -> None:
    assert decide(source, accept=True) == (1, "nothing_wanted")
    keep(source, note(Book(), WANTED, Outcome.DIVERGED))
    assert decide(source, accept=False) == (0, "rejected")
    assert read_book(book_path(source.load().config)).outcome is Outcome.REJECTED
    assert decide(source, accept=True) == (0, "taken")
    assert source.load().config.devices[0].unit == 2
    assert decide(source, accept=True) == (0, "in_force")


def test_what_is_not_valid_is_not_taken(source: Source) -> None:
    keep(source, note(Book(), Desired(8, "", LINE), Outcome.REJECTED))
    answer = config_decide(source, accept=True, json=False, language=Language.EN)
    assert answer.code == 1
    assert "devices: are none" in answer.complaints[0]


def test_nothing_is_decided_behind_an_agent_that_may_be_running(
    source: Source,
) -> None:
    keep(source, note(Book(), WANTED, Outcome.DIVERGED))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as strange:  # any error but "nobody"
        strange.bind(str(source.load().config.socket))
        answer = config_decide(source, accept=True, json=False, language=Language.EN)
    assert answer.code == 1
    assert str(source.load().config.socket) in answer.complaints[0]
    assert read_book(book_path(source.load().config)).outcome is Outcome.DIVERGED


def test_a_withdrawal_is_told_and_leaves_nothing_to_decide(source: Source) -> None:
    nothing = Desired(8, "", "", withdrawn=True)
    standing = taken(Book(), WANTED, source.load().site)
    keep(source, note(standing, nothing, Outcome.REJECTED, "because"))
    assert "the server wants nothing any more (version 8): it is rejected" in text(source)[1]
    assert "服务端已撤回" in text(source, Language.ZH)[1]
    decided = config_decide(source, accept=True, json=False, language=Language.EN)
    assert (decided.code, decided.text) == (0, "it is in force")
    assert read_book(book_path(source.load().config)).in_force is None
    decided = config_decide(source, accept=False, json=False, language=Language.EN)
    assert (decided.code, decided.complaints) == (1, ("there is nothing to decide",))
