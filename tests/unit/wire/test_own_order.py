"""What a gateway was not asked says in its answer what it was and who wanted it, both ways."""

import pytest

from wire.command import Command, CommandKind, Outcome, Result
from wire.own_order import OwnOrder, is_own, own_order, signed, unsigned

ACTION, READ = CommandKind.ACTION, CommandKind.READ


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (Command("local-siren-1-do-1", ACTION, "local action siren (a/b)", "s-1", "sound"), None),
        (Command("site-action-0a", ACTION, "Li: Lei", "smoke-1", "reset"), None),
        (Command("site-action-0b", ACTION, "Li: Lei: x", "smoke-1", "reset"), "Li Lei x"),
        (Command("site-read-0a", READ, "李雷", "smoke-1"), None),
    ],
)
def test_signed_and_read_again(command: Command, by: str | None) -> None:
    by = by or command.by.replace(": ", " ")
    told = signed(command, "well: 1 of 1")
    assert unsigned(command, told) == "well: 1 of 1"
    found = own_order(Result(command.id, Outcome.DONE, detail=told))
    assert found == OwnOrder(command.kind, command.device, command.action, by, "well: 1 of 1")


def test_the_server_knows_its_own() -> None:
    command = Command("c-1", ACTION, "desk", "smoke-1", "reset")
    assert signed(command, "well") == "well"
    assert own_order(Result("c-1", Outcome.DONE, detail="well")) is None
    assert not is_own("local-" + "x" * 80)


def test_bounded_and_a_bare_detail_is_taken() -> None:
    command = Command("site-read-1", READ, "b" * 128, "d" * 64)
    assert len(signed(command, "x" * 32_768)) == 32_768
    bare = own_order(Result("site-0a", Outcome.FAILED, detail="no answer"))
    assert bare == OwnOrder(ACTION, None, None, "", "no answer")
