"""An answer to nothing becomes a command that the gateway gave itself, if it is one."""

from ingest_server.db.command import CommandState, Origin
from ingest_server.db.own_command import NOBODY, own_command
from wire.command import CommandKind, Outcome, Result

NOW = 1_790_000_000_000_000


def test_a_reading_asked_on_site() -> None:
    said = 'read at gas-01, asked by Li Lei: {"lel": 0.1}'
    own = own_command("gw-1", Result("site-read-0a", Outcome.DONE, NOW - 5, said), NOW)
    assert own is not None
    assert (own.kind, own.device, own.action) == (CommandKind.READ, "gas-01", None)
    assert (own.actor, own.origin, own.detail) == ("Li Lei", Origin.SITE, '{"lel": 0.1}')
    assert (own.asked_us, own.done_us, own.settled_us) == (NOW - 5, NOW - 5, NOW)


def test_a_refusal_says_nobody_and_a_clock_that_is_ahead_is_not_believed() -> None:
    told = Result("local-siren-1-do-1", Outcome.REFUSED, NOW + 9, "no_device: none such")
    own = own_command("gw-1", told, NOW)
    assert own is not None
    assert (own.state, own.origin) == (CommandState.REFUSED, Origin.LOCAL_ACTION)
    assert (own.actor, own.device, own.detail) == (NOBODY, None, "no_device: none such")
    assert own.asked_us == NOW


def test_neither_an_answer_to_the_server_nor_one_of_a_configuration() -> None:
    assert own_command("gw-1", Result("c-1", Outcome.DONE), NOW) is None
    assert own_command("gw-1", Result("site-read-1", Outcome.APPLIED), NOW) is None
