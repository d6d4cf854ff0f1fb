"""The table of a local action, row by row: when it acts, tries again, undoes, and does nothing."""

from msgspec.structs import replace

from alarm_rules.verdict import Evidence
from edge_agent.config.local_plan import LocalActionConfig
from edge_agent.local_action.decide import (
    TRIES,
    Decision,
    Memory,
    Phase,
    Reason,
    View,
    decide,
    order_id,
    resumed,
)
from wire.command import Outcome

SECOND = 1_000_000
T0 = 1_000 * SECOND
FIRM = {"smoke-01/smoke": Evidence.FIRM}
ALARM = View("boot-1", T0, FIRM, T0)
QUIET = View("boot-1", T0, {})


def plan(
    *,
    undo: str | None = "silence",
    undo_after_us: int | None = None,
    delay_us: int = 0,
    only_when_cut_off: bool = True,
    in_test: bool = False,
) -> LocalActionConfig:
    return LocalActionConfig(
        "siren", (), "siren-01", "sound", undo, undo_after_us, delay_us,
        60 * SECOND, only_when_cut_off, in_test,
    )  # fmt: skip


PLAN = plan()


def acting() -> Memory:
    decision = decide(PLAN, Memory(), ALARM)
    assert decision.reason is Reason.ALARM
    return decision.memory


def later(view: View, seconds: float, **changes: object) -> View:
    return replace(view, now_us=view.now_us + int(seconds * SECOND), **changes)


def acted() -> Memory:
    return decide(PLAN, acting(), replace(ALARM, outcome=Outcome.DONE)).memory


def test_an_alarm_acts_at_once_under_an_id_of_its_own() -> None:
    memory = acting()
    assert (memory.phase, memory.number, memory.has_order) == (Phase.ACTING, 1, True)
    assert order_id(PLAN, memory) == "local-siren-1-do-1"
    assert decide(PLAN, memory, ALARM) == Decision(memory, Reason.AWAITED)


def test_what_speaks_against_it() -> None:
    assert decide(PLAN, Memory(), QUIET).reason is Reason.NO_ALARM
    test = replace(ALARM, holding={"smoke-01/smoke": Evidence.TEST})
    assert decide(PLAN, Memory(), test).reason is Reason.TEST
    assert decide(plan(in_test=True), Memory(), test).reason is Reason.ALARM
    heard = replace(ALARM, is_cut_off=False)
    assert decide(PLAN, Memory(), heard).reason is Reason.SERVER_HEARS
    assert decide(plan(only_when_cut_off=False), Memory(), heard).reason is Reason.ALARM
    slow = plan(delay_us=5 * SECOND)
    assert decide(slow, Memory(), later(ALARM, 4.9)).reason is Reason.DELAYED
    assert decide(slow, Memory(), later(ALARM, 5)).reason is Reason.ALARM


def test_a_real_alarm_beside_a_test_acts() -> None:
    both = {"smoke-01/smoke": Evidence.TEST, "smoke-02/smoke": Evidence.UNCERTAIN}
    assert decide(PLAN, Memory(), replace(ALARM, holding=both)).reason is Reason.ALARM


def test_it_is_undone_when_the_alarm_is_over() -> None:
    memory = acted()
    assert decide(PLAN, memory, later(ALARM, 999)).reason is Reason.HOLDS
    undoing = decide(PLAN, memory, QUIET)
    assert (undoing.reason, undoing.memory.phase) == (Reason.CLEARED, Phase.UNDOING)
    assert order_id(PLAN, undoing.memory) == "local-siren-1-undo-1"
    over = decide(PLAN, undoing.memory, replace(QUIET, outcome=Outcome.DONE))
    assert (over.reason, over.memory.phase) == (Reason.CONFIRMED, Phase.IDLE)


def test_or_after_a_time_and_then_not_again_for_the_same_alarm() -> None:
    short = plan(undo_after_us=30 * SECOND)
    memory = acted()
    assert decide(short, memory, later(ALARM, 29)).reason is Reason.HOLDS
    undoing = decide(short, memory, later(ALARM, 30))
    assert undoing.reason is Reason.LONG_ENOUGH
    spent = decide(short, undoing.memory, later(ALARM, 31, outcome=Outcome.DONE)).memory
    assert spent.phase is Phase.SPENT
    assert decide(short, spent, later(ALARM, 3_000)).reason is Reason.HOLDS
    assert decide(short, spent, later(QUIET, 3_001)).memory.phase is Phase.IDLE


def test_without_an_undo_nothing_is_done_at_the_end() -> None:
    over = decide(plan(undo=None), acted(), QUIET)
    assert (over.memory.phase, over.memory.has_order) == (Phase.IDLE, False)


def test_a_failure_is_tried_again_with_growing_pauses_and_then_given_up() -> None:
    memory, view = acting(), ALARM
    ids = [order_id(PLAN, memory)]
    for tried in range(1, TRIES):
        view = later(view, 0.5, outcome=Outcome.FAILED, detail="time_out")
        memory = decide(PLAN, memory, view).memory
        assert (memory.has_order, memory.detail) == (False, "time_out")
        view = later(view, 2 ** (tried - 1) - 0.1, outcome=None)
        assert decide(PLAN, memory, view).reason is Reason.PAUSE
        view = later(view, 0.1)
        memory = decide(PLAN, memory, view).memory
        ids.append(order_id(PLAN, memory))
    assert ids == [f"local-siren-1-do-{number}" for number in range(1, TRIES + 1)]
    given_up = decide(PLAN, memory, later(view, 1, outcome=Outcome.FAILED))
    assert (given_up.reason, given_up.memory.phase) == (Reason.GAVE_UP, Phase.FAILED)
    undoing = decide(PLAN, given_up.memory, later(QUIET, 99))
    assert undoing.memory.phase is Phase.UNDOING  # it may have been done all the same


def test_while_the_alarm_holds_a_device_that_failed_is_asked_again_each_minute() -> None:
    memory = acting()
    failed = replace(memory, tries=TRIES)
    failed = decide(PLAN, failed, later(ALARM, 30, outcome=Outcome.FAILED)).memory
    assert failed.phase is Phase.FAILED
    assert decide(PLAN, failed, later(ALARM, 89)).reason is Reason.HOLDS
    again = decide(PLAN, failed, later(ALARM, 90))
    assert (again.reason, again.memory.phase) == (Reason.ALARM, Phase.ACTING)
    assert order_id(PLAN, again.memory) == "local-siren-2-do-1"
    assert decide(PLAN, failed, later(ALARM, 90, is_cut_off=False)).reason is Reason.HOLDS


def test_what_is_not_undone_is_tried_for_ever_at_least_each_minute() -> None:
    memory = replace(decide(PLAN, acted(), QUIET).memory, tries=TRIES + 40)
    waits = decide(PLAN, memory, replace(QUIET, outcome=Outcome.FAILED)).memory
    assert (waits.phase, waits.has_order) == (Phase.UNDOING, False)
    assert decide(PLAN, waits, later(QUIET, 59)).reason is Reason.PAUSE
    again = decide(PLAN, waits, later(QUIET, 60)).memory
    assert order_id(PLAN, again) == f"local-siren-1-undo-{TRIES + 41}"


def test_a_new_alarm_is_not_kept_waiting_by_a_device_that_is_never_undone() -> None:
    memory = replace(decide(PLAN, acted(), QUIET).memory, tries=TRIES)
    given_up = decide(PLAN, memory, later(ALARM, 60, outcome=Outcome.FAILED))
    assert (given_up.reason, given_up.memory.phase) == (Reason.GAVE_UP, Phase.IDLE)
    waits = decide(PLAN, memory, replace(QUIET, outcome=Outcome.FAILED)).memory
    assert decide(PLAN, waits, later(ALARM, 1)).memory.phase is Phase.IDLE


def test_an_alarm_that_comes_while_the_last_is_undone_is_acted_on() -> None:
    undoing = decide(PLAN, acted(), later(QUIET, 70)).memory
    waits = decide(PLAN, undoing, later(ALARM, 71, outcome=Outcome.FAILED)).memory
    again = decide(PLAN, waits, later(ALARM, 72)).memory
    for memory in (undoing, again):
        over = decide(PLAN, memory, later(ALARM, 73, outcome=Outcome.DONE)).memory
        assert over.phase is Phase.IDLE
        assert decide(PLAN, over, later(ALARM, 73)).reason is Reason.ALARM


def test_it_is_remembered_at_what_it_was_done() -> None:
    assert (acting().device, acting().undo) == ("siren-01", "silence")
    assert (acted().device, acted().undo) == ("siren-01", "silence")
    marked = decide(PLAN, Memory(mark="9f2c1e"), ALARM).memory
    assert order_id(PLAN, marked) == "local-siren-9f2c1e-1-do-1"


def test_an_alarm_that_is_over_before_the_next_try_is_undone() -> None:
    waits = decide(PLAN, acting(), later(ALARM, 1, outcome=Outcome.FAILED)).memory
    gone = decide(PLAN, waits, later(QUIET, 2))
    assert (gone.memory.phase, gone.reason) == (Phase.FAILED, Reason.CLEARED)
    assert decide(PLAN, gone.memory, later(QUIET, 3)).memory.phase is Phase.UNDOING


def test_not_more_often_than_it_may() -> None:
    undoing = decide(PLAN, acted(), later(QUIET, 1)).memory
    idle = decide(PLAN, undoing, later(QUIET, 2, outcome=Outcome.DONE)).memory
    assert decide(PLAN, idle, later(ALARM, 59)).reason is Reason.TOO_SOON
    again = decide(PLAN, idle, later(ALARM, 60))
    assert (again.reason, again.memory.number) == (Reason.ALARM, 2)


def test_a_restart_goes_on_where_it_was() -> None:
    memory = acted()
    assert resumed(memory, "boot-1", T0 + 9) == memory
    booted = resumed(memory, "boot-2", 5)
    assert (booted.boot, booted.at_us, booted.acted_us) == ("boot-2", 5, None)
    assert booted.holding == FIRM
    short = plan(undo_after_us=30 * SECOND)
    view = View("boot-2", 5 + 29 * SECOND, FIRM, 5)
    assert decide(short, booted, view).reason is Reason.HOLDS
