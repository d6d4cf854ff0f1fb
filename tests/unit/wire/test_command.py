"""Configuration, command, result: round trip (their refusals: test_refusal.py)."""

import pytest

from wire.command import (
    Command,
    CommandKind,
    Config,
    Outcome,
    Result,
    decode_command,
    encode_command,
)
from wire.refusal import Refusal, WireError

T = 1_790_000_000_000_000


@pytest.mark.parametrize(
    "command",
    [
        Command("c-1", CommandKind.ACTION, "li", "smoke-01", "self_test", T),
        Command("c-2", CommandKind.READ, "li"),
        Command("c-3", CommandKind.DIAGNOSTICS, "api", "radar-01"),
    ],
)
def test_a_command_is_written_and_read(command: Command) -> None:
    assert decode_command(encode_command(command), Command) == command


def test_a_configuration_is_written_and_read() -> None:
    config = Config(1, "", '[gateway]\nid = "gw-1"\n')
    assert decode_command(encode_command(config), Config) == config


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_result_is_written_and_read(outcome: Outcome) -> None:
    for result in (Result("c-1", outcome), Result("config/4", outcome, T, "why", "c" * 64)):
        assert decode_command(encode_command(result), Result) == result


def test_a_withdrawal_wants_nothing_and_looks_like_no_configuration() -> None:
    nothing = Config(2, "", "", withdrawn=True)
    assert decode_command(encode_command(nothing), Config) == nothing
    assert nothing.is_withdrawal
    assert not decode_command(encode_command(Config(2, "", "")), Config).is_withdrawal
    for wrong in (Config(2, "", "a", withdrawn=True), Config(2, "a", "", withdrawn=True)):
        with pytest.raises(WireError) as refused:
            decode_command(encode_command(wrong), Config)
        assert refused.value.reason is Refusal.WRONG_SHAPE
