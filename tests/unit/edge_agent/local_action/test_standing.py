"""What a local action says and orders, and what becomes of it with another configuration."""

import msgspec
from msgspec.structs import replace

from alarm_rules.verdict import Evidence
from edge_agent.local_action.decide import TRIES, Memory, Phase, View, decide
from edge_agent.local_action.standing import Succession, farewell, remembered, stand, succession
from tests.unit.edge_agent.local_action.test_decide import ALARM, PLAN, QUIET, SECOND, T0, acted
from wire.command import Command, CommandKind

TEST = {"smoke-01/smoke": Evidence.TEST}


def test_an_order_is_a_command_of_its_own_id() -> None:
    one = stand(PLAN, Memory(), T0)
    assert one.enter(decide(PLAN, one.memory, ALARM))
    assert one.is_owed
    assert one.order() == Command(
        "local-siren-1-do-1",
        CommandKind.ACTION,
        "local action siren (smoke-01/smoke)",
        "siren-01",
        "sound",
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


def test_what_is_no_more_is_undone_if_it_may_be_on() -> None:
    last = farewell(PLAN, acted(), "boot-1", T0)
    assert last is not None
    assert (last.order().id, last.order().action) == ("local-siren-1-undo-1", "silence")
    assert (last.is_owed, last.memory.holding) == (True, {})
    again = farewell(last.plan, last.memory, "boot-2", T0)
    assert again is not None
    assert again.order() == last.order()
    assert farewell(PLAN, Memory(number=4), "boot-1", T0) is None
    assert farewell(replace(PLAN, undo=None), acted(), "boot-1", T0) is None


def test_a_device_that_is_gone_is_not_asked_for_ever() -> None:
    gone = msgspec.structs.replace(acted(), tries=TRIES, detail="no_device: there is none")
    assert stand(PLAN, gone, T0).is_hopeless
    assert not stand(PLAN, msgspec.structs.replace(gone, detail="time_out"), T0).is_hopeless
    assert not stand(PLAN, msgspec.structs.replace(gone, tries=TRIES - 1), T0).is_hopeless


def test_what_only_the_memory_knows() -> None:
    plan = remembered("siren", acted())
    assert plan is not None
    assert (plan.device, plan.undo, plan.when) == ("siren-01", "silence", ())
    assert remembered("siren", Memory(Phase.ACTED, 1)) is None


def test_succession() -> None:
    assert succession(PLAN, PLAN) is Succession.SAME
    assert succession(PLAN, replace(PLAN, delay_us=9)) is Succession.GOES_ON
    assert succession(PLAN, replace(PLAN, device="other")) is Succession.ENDS
    assert succession(PLAN, None) is Succession.ENDS
    assert QUIET.holding == {}
