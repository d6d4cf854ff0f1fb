"""One local action as it stands: its plan, its trigger, what it remembers, and words about it."""

from enum import StrEnum

import msgspec
from msgspec.structs import replace

from alarm_rules.verdict import Evidence
from edge_agent.config.local_plan import LocalActionConfig
from edge_agent.local_action.decide import (
    TRIES,
    Decision,
    Memory,
    Phase,
    Reason,
    moments_us,
    order_id,
    resumed,
)
from edge_agent.local_action.trigger import Trigger
from edge_agent.own_health import LocalActionHealth
from wire.bounds import WORD
from wire.command import Command, CommandKind

_HOPELESS = ("no_device", "not_allowed")  # as edge_agent.buffer.permission.Verdict says it
_MAY_BE_ON = frozenset({Phase.ACTING, Phase.ACTED, Phase.FAILED, Phase.UNDOING})


class Succession(StrEnum):
    """What becomes of a local action when another configuration comes into force."""

    SAME = "same"
    GOES_ON = "goes_on"  # changed, but what it switched on it still knows how to switch off
    ENDS = "ends"


class Standing(msgspec.Struct):
    """`is_owed`: its order was decided, and the table of commands may not have it yet."""

    plan: LocalActionConfig
    memory: Memory
    trigger: Trigger
    reason: Reason = Reason.NO_ALARM
    is_owed: bool = False

    def enter(self, decision: Decision) -> bool:
        """Take the step; whether its phase is another now."""
        before, self.memory = self.memory, decision.memory
        if self.memory.has_order and order_id(self.plan, before) != self.order_id:
            self.is_owed = True
        return self.memory.phase is not before.phase

    @property
    def is_hopeless(self) -> bool:
        """Whether this gateway no longer has the device, or its profile the action."""
        return self.memory.tries >= TRIES and self.memory.detail.startswith(_HOPELESS)

    @property
    def order_id(self) -> str:
        return order_id(self.plan, self.memory)

    def order(self) -> Command:
        """The command that it wants carried out."""
        action = self.plan.undo if self.memory.phase is Phase.UNDOING else self.plan.action
        why = ", ".join(self.memory.holding)
        by = f"local action {self.plan.name}" + (f" ({why})" if why else "")
        device = self.plan.device
        return Command(self.order_id, CommandKind.ACTION, by[:WORD], device, action)

    @property
    def is_watched(self) -> bool:
        """Whether it waits for what nobody tells: an answer, or that the server hears no more."""
        return self.memory.has_order or self.is_owed or self.reason is Reason.SERVER_HEARS

    def next_us(self, now_us: int) -> int | None:
        """When time alone may make it take a step; None while nothing of that kind is awaited."""
        moments = (
            *self.trigger.ends_us(),
            *moments_us(self.plan, self.memory, self.trigger.since_us),
        )
        return min((one for one in moments if one > now_us), default=None)

    def text(self) -> str:
        """Such as "siren acted: siren-01, smoke-01/smoke"."""
        holding = self.memory.holding
        why = ", ".join(holding) or self.reason.value
        said = f"{self.plan.name} {self.memory.phase}: {self.plan.device}, {why}"
        is_test = bool(holding) and max(holding.values()) is Evidence.TEST
        return f"test: {said}" if is_test else said

    def health(self) -> LocalActionHealth:
        return LocalActionHealth(
            name=self.plan.name,
            device=self.plan.device,
            action=self.plan.action,
            state=self.memory.phase.value,
            reason=self.reason.value,
            since_us=self.memory.at_us if self.memory.number else None,
            holding=tuple(self.trigger.holding),
            detail=self.memory.detail,
        )


def stand(plan: LocalActionConfig, memory: Memory, now_us: int) -> Standing:
    """As it begins, or goes on after a restart: what held then holds until it is known not to."""
    held = {} if memory.phase is Phase.IDLE else memory.holding
    return Standing(plan, memory, Trigger(plan.when, now_us, held), is_owed=memory.has_order)


def farewell(plan: LocalActionConfig, memory: Memory, boot: str, now_us: int) -> Standing | None:
    """What undoes it when it is no more; None when nothing is on, or nothing undoes it.

    It hears nothing and is at its end when it is idle.
    """
    if plan.undo is None or memory.phase not in _MAY_BE_ON:
        return None
    if memory.phase is not Phase.UNDOING:
        memory = msgspec.structs.replace(
            memory,
            phase=Phase.UNDOING,
            tries=1,
            has_order=True,
            boot=boot,
            at_us=now_us,
            holding={},
            device=plan.device,
            undo=plan.undo,
        )
    memory = msgspec.structs.replace(resumed(memory, boot, now_us), holding={})
    return stand(replace(plan, when=()), memory, now_us)


def remembered(name: str, memory: Memory) -> LocalActionConfig | None:
    """The plan that undoes what another configuration has begun; None when it told nothing."""
    if not memory.device or not memory.undo:
        return None
    undo = memory.undo
    return LocalActionConfig(
        name, (), memory.device, undo, undo, None, 0, 0, only_when_cut_off=False, in_test=False
    )


def succession(old: LocalActionConfig, new: LocalActionConfig | None) -> Succession:
    """`new`: of the same name, if there is one."""
    if new is None or (old.device, old.undo) != (new.device, new.undo):
        return Succession.ENDS
    return Succession.SAME if old == new else Succession.GOES_ON
