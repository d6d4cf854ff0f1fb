"""What the server wants is taken only by a gateway that is as the server believed it to be."""

from pathlib import Path

import pytest

from edge_agent.config import desired as wishes
from edge_agent.config.desired import Book, Verdict, judge
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from wire.command import Config as Desired
from wire.command import Outcome, decode_command, encode_command
from wire.command import Result as WireResult

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
LINE = 'lines.shed = { kind = "modbus-rtu", port = "ttyShed" }\n'


@pytest.fixture
def bare(tmp_path: Path) -> Config:
    (tmp_path / "bare.toml").write_text(HEAD)
    return load_config(tmp_path / "bare.toml", {}).config


@pytest.fixture
def here(tmp_path: Path) -> Config:
    (tmp_path / "agent.toml").write_text(HEAD + LINE)
    return load_config(tmp_path / "agent.toml", {}).config


def test_it_is_based_on_what_is_in_force(here: Config, bare: Config) -> None:
    assert judge(Desired(1, here.hash, ""), Book(), here) is Verdict.TAKE
    assert judge(Desired(1, "0" * 16, ""), Book(), here) is Verdict.DIVERGED
    assert judge(Desired(1, "", ""), Book(), here) is Verdict.DIVERGED
    assert judge(Desired(1, "", ""), Book(), bare) is Verdict.TAKE


def test_the_same_once_more_is_known_and_what_is_older_is_refused(here: Config) -> None:
    second = Desired(2, here.hash, "a")
    for outcome in (Outcome.APPLIED, Outcome.REJECTED):
        book = wishes.note(Book(), second, outcome)
        assert judge(second, book, here) is Verdict.KNOWN
        assert judge(Desired(1, here.hash, "a"), book, here) is Verdict.OLD
        assert judge(Desired(2, here.hash, "other"), book, here) is Verdict.OLD
        assert judge(Desired(3, here.hash, "a"), book, here) is Verdict.TAKE


def test_what_diverged_is_taken_once_the_gateway_is_as_it_was_believed(here: Config) -> None:
    wanted = Desired(2, here.hash, "a")
    book = wishes.note(Book(), wanted, Outcome.DIVERGED)
    assert judge(wanted, book, here) is Verdict.TAKE
    elsewhere = Desired(2, "0" * 16, "a")
    assert judge(elsewhere, wishes.note(Book(), elsewhere, Outcome.DIVERGED), here) is (
        Verdict.DIVERGED
    )


def test_a_refusal_leaves_in_force_what_was(here: Config) -> None:
    first, second = Desired(1, here.hash, "a"), Desired(2, "0" * 16, "b")
    book = wishes.taken(Book(), first, "site")
    assert (book.in_force, book.site, book.outcome) == (first, "site", Outcome.APPLIED)
    book = wishes.note(book, second, Outcome.REJECTED, "why" * 10_000)
    assert (book.in_force, book.latest, book.outcome) == (first, second, Outcome.REJECTED)
    assert len(book.detail) == wishes.DETAIL
    book = wishes.left(book, "changed on site")
    assert (book.in_force, book.latest, book.outcome) == (None, second, Outcome.DIVERGED)
    assert wishes.left(Book(), "changed on site") == Book()


def test_the_answer_names_version_and_hash(here: Config) -> None:
    assert wishes.answer(Book(), here.hash, None) is None
    book = wishes.note(Book(), Desired(7, "", "x"), Outcome.REJECTED, "no such profile")
    result = wishes.answer(book, here.hash, None)
    assert result is not None
    assert (result.answers, result.detail) == ("config/7", "no such profile")
    assert result.config_hash == here.hash
    assert decode_command(encode_command(result), WireResult) == result


def test_a_withdrawal_needs_no_base_and_the_site_alone_is_in_force(here: Config) -> None:
    first, nothing = Desired(1, here.hash, "a"), Desired(2, "", "", withdrawn=True)
    book = wishes.taken(Book(), first, "site")
    assert judge(nothing, book, here) is Verdict.WITHDRAW
    assert judge(nothing, wishes.note(book, Desired(3, "", ""), Outcome.APPLIED), here) is (
        Verdict.OLD
    )
    assert not wishes.is_withdrawn(book)
    book = wishes.taken(book, nothing, "site")
    assert wishes.is_withdrawn(book)
    assert (book.in_force, book.starts) == (None, None)
    assert judge(nothing, book, here) is Verdict.KNOWN
    assert judge(first, book, here) is Verdict.OLD
    told = wishes.answer(book, here.hash, None)
    assert told == WireResult("config/2", Outcome.APPLIED, config_hash=here.hash)


def test_whatever_leaves_it_a_refused_withdrawal_is_so_then(here: Config) -> None:
    """Its file could not be read then; now what was taken is no longer in force anyway."""
    nothing = Desired(2, "", "", withdrawn=True)
    book = wishes.taken(Book(), Desired(1, here.hash, "a"), "site")
    book = wishes.note(book, nothing, Outcome.REJECTED, "no such profile")
    assert not wishes.is_withdrawn(book)
    assert wishes.left(book, "changed on site") == wishes.withdrawn(nothing)
    for _ in range(wishes.STARTS):
        book = wishes.started(book)
    assert wishes.started(book) == wishes.withdrawn(nothing)


def test_why_it_diverged_is_told_with_what_differs_now() -> None:
    book = wishes.note(Book(), Desired(1, "", "a"), Outcome.DIVERGED, "why\n- old\n+ old\n… 3")
    assert wishes.explained(book, ["- x", "+ y"]).detail == "why\n- x\n+ y"
    unread = wishes.note(book, Desired(1, "", "a"), Outcome.DIVERGED, wishes.NOT_READ)
    assert wishes.explained(unread, []).detail == wishes.CHANGED_ON_SITE
    assert len(wishes.explained(book, ["- " + "x" * wishes.DETAIL]).detail) == wishes.DETAIL
