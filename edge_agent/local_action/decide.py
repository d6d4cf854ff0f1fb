"""What a local action does next: wait, act, try again, undo, give up; one named reason each.

phase   | goes to | when
idle    | acting  | the alarm holds for long enough, and nothing speaks against it (see Reason)
acting  | acted   | the device confirmed it
        | failed  | it never did, TRIES times, or the alarm holds no more
acted,  | undoing | the alarm holds no more, or `undo_after` is over; without `undo`: idle
failed  |         |
failed  | acting  | the alarm still holds a minute later, and nothing speaks against it
undoing | spent   | undone while the alarm goes on for which it was done: not done again for it
        | idle    | undone; or it never is, and a new alarm holds
spent   | idle    | the alarm holds no more
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from alarm_rules.verdict import Evidence
from edge_agent.config.local_plan import LocalActionConfig
from wire.command import Outcome

TRIES = 6
FIRST_PAUSE_US = 1_000_000
"""Between two tries, doubled each time."""
LONGEST_PAUSE_US = 60_000_000


class Phase(StrEnum):
    """How far it is."""

    IDLE = "idle"
    ACTING = "acting"
    ACTED = "acted"
    FAILED = "failed"
    UNDOING = "undoing"
    SPENT = "spent"


class Reason(StrEnum):
    """Why it does what it does now, or why it does nothing."""

    NO_ALARM = "no_alarm"
    DELAYED = "delayed"
    TEST = "test"
    SERVER_HEARS = "server_hears"
    TOO_SOON = "too_soon"
    ALARM = "alarm"
    AWAITED = "awaited"
    PAUSE = "pause"
    CONFIRMED = "confirmed"
    GAVE_UP = "gave_up"
    HOLDS = "holds"
    CLEARED = "cleared"
    LONG_ENOUGH = "long_enough"


class Memory(msgspec.Struct, frozen=True, omit_defaults=True):
    """What outlives a restart. `number`: how often it was begun. `tries`: of the present order.

    `boot`, `at_us`: when the phase began. `acted_us`: when it was last begun to act, on that boot.
    `holding`: what held then. `has_order`: a command of this try was given and not yet answered.
    `mark`: tells its commands from those of another memory that counted from one as well. `device`,
    `undo`: where it was done and what undoes it, for when the configuration says otherwise.
    """

    phase: Phase = Phase.IDLE
    number: int = 0
    tries: int = 0
    boot: str = ""
    at_us: int = 0
    acted_us: int | None = None
    has_order: bool = False
    holding: dict[str, Evidence] = {}
    detail: str = ""
    mark: str = ""
    device: str = ""
    undo: str = ""


class View(msgspec.Struct, frozen=True):
    """What is so now. `since_us`: of the alarm. `outcome`: of the order given, None without."""

    boot: str
    now_us: int
    holding: dict[str, Evidence]
    since_us: int | None = None
    is_cut_off: bool = True
    outcome: Outcome | None = None
    detail: str = ""


class Decision(msgspec.Struct, frozen=True):
    """The new memory and why. When it has an order, that is to be given, under `order_id`."""

    memory: Memory
    reason: Reason


def resumed(memory: Memory, boot: str, now_us: int) -> Memory:
    """After a restart; in another boot what was counted from then is counted from now."""
    if memory.boot == boot:
        return memory
    return msgspec.structs.replace(memory, boot=boot, at_us=now_us, acted_us=None)


def order_id(plan: LocalActionConfig, memory: Memory) -> str:
    """The same command after a restart has the same id, so it is done once."""
    word = "undo" if memory.phase is Phase.UNDOING else "do"
    mark = f"{memory.mark}-" if memory.mark else ""
    return f"local-{plan.name}-{mark}{memory.number}-{word}-{memory.tries}"


def moments_us(plan: LocalActionConfig, memory: Memory, since_us: int | None) -> Iterator[int]:
    """When `decide` may say something else by time alone: more than there are, never less."""
    if since_us is not None:
        yield since_us + plan.delay_us
    if memory.acted_us is not None:
        yield memory.acted_us + plan.at_most_every_us
    yield memory.at_us + _pause_us(memory)
    yield memory.at_us + LONGEST_PAUSE_US
    if plan.undo_after_us is not None:
        yield memory.at_us + plan.undo_after_us


def _pause_us(memory: Memory) -> int:
    """Before the next try."""
    return min(FIRST_PAUSE_US << min(max(memory.tries - 1, 0), TRIES), LONGEST_PAUSE_US)


def decide(plan: LocalActionConfig, memory: Memory, view: View) -> Decision:
    """One step; call it again while the phase changes."""
    match memory.phase:
        case Phase.IDLE:
            return _idle(plan, memory, view)
        case Phase.ACTING:
            return _acting(memory, view)
        case Phase.ACTED | Phase.FAILED:
            return _holding(plan, memory, view)
        case Phase.UNDOING:
            return _undoing(memory, view)
        case Phase.SPENT:
            return _spent(memory, view)


def _idle(plan: LocalActionConfig, memory: Memory, view: View) -> Decision:
    against = _against(plan, memory, view)
    if against is not None:
        return Decision(memory, against)
    acting = msgspec.structs.replace(
        _to(memory, view, Phase.ACTING),
        number=memory.number + 1,
        tries=1,
        has_order=True,
        acted_us=view.now_us,
        device=plan.device,
        undo=plan.undo or "",
    )
    return Decision(acting, Reason.ALARM)


def _against(plan: LocalActionConfig, memory: Memory, view: View) -> Reason | None:
    if not view.holding:
        return Reason.NO_ALARM
    is_test = max(view.holding.values()) is Evidence.TEST
    is_fresh = view.since_us is None or view.now_us - view.since_us < plan.delay_us
    checks = {
        Reason.TEST: is_test and not plan.in_test,
        Reason.DELAYED: is_fresh,
        Reason.SERVER_HEARS: plan.only_when_cut_off and not view.is_cut_off,
        Reason.TOO_SOON: _is_young(memory, view, memory.acted_us, plan.at_most_every_us),
    }
    return next((reason for reason, holds in checks.items() if holds), None)


def _is_young(memory: Memory, view: View, from_us: int | None, least_us: int) -> bool:
    """Whether it began, and less than that has passed."""
    return from_us is not None and memory.boot == view.boot and view.now_us - from_us < least_us


def _acting(memory: Memory, view: View) -> Decision:
    if not memory.has_order and not view.holding:
        return Decision(_to(memory, view, Phase.FAILED), Reason.CLEARED)
    if memory.has_order and memory.tries >= TRIES and _has_failed(view):
        return Decision(_to(memory, view, Phase.FAILED), Reason.GAVE_UP)
    return _ordered(memory, view, Phase.ACTED)


def _undoing(memory: Memory, view: View) -> Decision:
    """What holds now and did not when the undoing began is another alarm: it is not spent."""
    if view.holding and not memory.holding:
        is_free = not memory.has_order or _has_failed(view)
        if memory.tries >= TRIES and is_free:
            return Decision(_to(memory, view, Phase.IDLE), Reason.GAVE_UP)
        view = msgspec.structs.replace(view, holding={})
    return _ordered(memory, view, Phase.SPENT if view.holding else Phase.IDLE)


def _has_failed(view: View) -> bool:
    return view.outcome not in (None, Outcome.DONE)


def _spent(memory: Memory, view: View) -> Decision:
    if view.holding:
        return Decision(memory, Reason.HOLDS)
    return Decision(_to(memory, view, Phase.IDLE), Reason.CLEARED)


def _ordered(memory: Memory, view: View, done: Phase) -> Decision:
    if not memory.has_order:
        if _is_young(memory, view, memory.at_us, _pause_us(memory)):
            return Decision(memory, Reason.PAUSE)
        again = _to(memory, view, memory.phase)
        again = msgspec.structs.replace(again, tries=memory.tries + 1, has_order=True)
        return Decision(again, Reason.ALARM)
    if view.outcome is None:
        return Decision(memory, Reason.AWAITED)
    if view.outcome is Outcome.DONE:
        return Decision(_to(memory, view, done), Reason.CONFIRMED)
    waits = _to(memory, view, memory.phase)
    return Decision(msgspec.structs.replace(waits, tries=memory.tries), Reason.PAUSE)


def _holding(plan: LocalActionConfig, memory: Memory, view: View) -> Decision:
    """What was not confirmed may have been done all the same: it is undone like the rest."""
    if _is_asked_again(plan, memory, view):
        return _idle(plan, memory, view)
    is_over = plan.undo_after_us is not None and not _is_young(
        memory, view, memory.at_us, plan.undo_after_us
    )
    if plan.undo is None and not view.holding:
        return Decision(_to(memory, view, Phase.IDLE), Reason.CLEARED)
    if plan.undo is None or (view.holding and not is_over):
        return Decision(msgspec.structs.replace(memory, holding=view.holding), Reason.HOLDS)
    undoing = msgspec.structs.replace(_to(memory, view, Phase.UNDOING), tries=1, has_order=True)
    return Decision(undoing, Reason.LONG_ENOUGH if view.holding else Reason.CLEARED)


def _is_asked_again(plan: LocalActionConfig, memory: Memory, view: View) -> bool:
    """Not to warn is worse than to ask a device that failed once more."""
    if memory.phase is not Phase.FAILED or _is_young(memory, view, memory.at_us, LONGEST_PAUSE_US):
        return False
    return _against(plan, memory, view) is None


def _to(memory: Memory, view: View, phase: Phase) -> Memory:
    return Memory(
        phase=phase,
        number=memory.number,
        boot=view.boot,
        at_us=view.now_us,
        acted_us=memory.acted_us if memory.boot == view.boot else None,
        holding=view.holding,
        detail=view.detail or memory.detail,
        mark=memory.mark,
        device=memory.device,
        undo=memory.undo,
    )
