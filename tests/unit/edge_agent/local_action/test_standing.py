"""What a local action says and orders, and what becomes of it with another configuration."""

from dataclasses import replace

from alarm_rules.verdict import Evidence
from edge_agent.local_action.decide import Memory, Phase, View, decide
from edge_agent.local_action.standing import Succession, stand, succession
from tests.unit.edge_agent.local_action.test_decide import ALARM, PLAN, QUIET, SECOND, T0, acted
from wire.command import Command, CommandKind

TEST = {"smoke-01/smoke": Evidence.TEST}


def test_an_order_is_a_command_of_its_own_id() -> None:
    one = stand(PLAN, Memory(), T0)
    assert one.enter(decide(PLAN, one.memory, ALARM))
    assert one.is_owed
    assert one.order() == Command(
        "local-siren-1-do-1", CommandKind.ACTION, "local action siren", "siren-01", "sound"
    )
    assert one.text() == "siren acting: siren-01, smoke-01/smoke"
    assert (one.health().state, one.health().since_us) == ("acting", T0)


def test_a_restart_owes_the_order_again() -> None:
    assert stand(PLAN, Memory(Phase.ACTING, 1, 1, has_order=True), T0).is_owed
    assert not stand(PLAN, acted(), T0).is_owed


def test_undo_is_ordered_by_its_own_word() -> None:
    one = stand(PLAN, acted(), T0)
    one.enter(decide(PLAN, one.memory, View("boot-1", T0 + SECOND, {})))
    assert (one.order().action, one.order().id) == ("silence", "local-siren-1-undo-1")


def test_a_test_says_so() -> None:
    one = stand(PLAN, Memory(Phase.ACTED, 1, holding=TEST), T0)
    assert one.text().startswith("test: siren acted")


def test_what_is_no_more_is_switched_off_if_it_may_be_on() -> None:
    last = stand(PLAN, acted(), T0).last_order()
    assert last is not None
    assert (last.id, last.action) == ("local-siren-1-end", "silence")
    assert stand(PLAN, Memory(number=4), T0).last_order() is None
    assert stand(replace(PLAN, undo=None), acted(), T0).last_order() is None


def test_succession() -> None:
    assert succession(PLAN, PLAN) is Succession.SAME
    assert succession(PLAN, replace(PLAN, delay_us=9)) is Succession.GOES_ON
    assert succession(PLAN, replace(PLAN, device="other")) is Succession.ENDS
    assert succession(PLAN, None) is Succession.ENDS
    assert QUIET.holding == {}
