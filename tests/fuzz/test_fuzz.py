"""A slice of the fuzzing, and the replay of every input that once reached new code."""

import pytest

from tests.fuzz.guided import corpus, explore, steps_of
from tests.fuzz.parser import NamedInput, Parser
from tests.fuzz.streams import fuzz, main, parsers

PARSERS = [pytest.param(parser, id=parser.name) for parser in parsers()]
RUNS = 3_000


@pytest.mark.parametrize("parser", PARSERS)
def test_broken_bytes_break_no_promise(parser: Parser) -> None:
    score = fuzz(parser, RUNS, seed=1)
    assert score.runs == RUNS
    assert score.grown_kib < 16 * 1024


@pytest.mark.parametrize("parser", PARSERS)
def test_every_input_that_was_kept_breaks_no_promise(parser: Parser) -> None:
    kept = corpus(parser.name)
    assert kept, "python -m tests.fuzz.guided --save has not been run for it"
    for data in kept:
        steps_of(parser, data)


@pytest.mark.parametrize("parser", PARSERS)
def test_every_parser_takes_its_own_seeds(parser: Parser) -> None:
    assert parser.seeds
    kept, steps, _ = explore(parser, 0, seed=1)
    assert kept
    assert steps > 0


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = (fuzz(next(iter(parsers())), 300, seed=7) for _ in range(2))
    assert (first.bytes, first.remarks) == (second.bytes, second.remarks)


def test_what_breaks_a_promise_is_named() -> None:
    with pytest.raises(ZeroDivisionError) as raised, NamedInput("stream.x", b"\x01\xff"):
        _ = 1 // 0
    assert raised.value.__notes__ == ["stream.x was given: 01 ff"]


def test_the_command_names_its_parsers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert "modbus.rtu" in capsys.readouterr().out
    assert main(["--runs", "10", "--json", "modbus.tcp"]) == 0
    assert '"runs": 10' in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["nobody"])
