"""What a person at the gateway decides: which configuration counts, and what time it is."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from edge_agent import by_hand
from edge_agent.baseline.keeper import Baselines
from edge_agent.baseline.orders import doings as baseline_doings
from edge_agent.buffer import clock_note
from edge_agent.buffer.timebase import ClockSaid, Setting, Timekeeper
from edge_agent.by_hand import Orders
from edge_agent.config.desired import Decision
from edge_agent.configuration import Configuration
from edge_agent.local_orders import Desk, Doing, LocalAnswer

ACCEPT, REJECT = "config.accept", "config.reject"
CLOCK_SET, CLOCK_SHOW = "clock.set", "clock.show"
NO_NUMBER = "no_number"


def desk(
    baselines: Baselines, configuration: Configuration, timekeeper: Timekeeper, orders: Orders
) -> Desk:
    """All that people at the gateway may ask of the running agent."""
    theirs = {**baseline_doings(baselines), **by_hand.doings(orders)}
    return Desk({**theirs, **doings(configuration, timekeeper)})


def doings(configuration: Configuration, timekeeper: Timekeeper) -> dict[str, Doing]:
    """The orders about time and configuration."""

    async def accept(_: Mapping[str, str]) -> LocalAnswer:
        return _decided(await configuration.decide(accept=True), configuration)

    async def reject(_: Mapping[str, str]) -> LocalAnswer:
        return _decided(await configuration.decide(accept=False), configuration)

    async def clock_set(given: Mapping[str, str]) -> LocalAnswer:
        number = given.get("utc_us", "")
        if not number.isdecimal():
            return LocalAnswer(is_done=False, reason=NO_NUMBER, detail=number[:80])
        setting = timekeeper.set_by_person(int(number), force="force" in given)
        return LocalAnswer(
            is_done=setting is Setting.SET,
            reason="" if setting is Setting.SET else setting.value,
            said=plain(timekeeper.said()),
        )

    async def clock_show(_: Mapping[str, str]) -> LocalAnswer:
        return LocalAnswer(is_done=True, said=plain(timekeeper.said()))

    return {ACCEPT: accept, REJECT: reject, CLOCK_SET: clock_set, CLOCK_SHOW: clock_show}


def plain(said: ClockSaid) -> object:
    """As JSON carries it."""
    return msgspec.to_builtins(said)


def _decided(decision: Decision, configuration: Configuration) -> LocalAnswer:
    is_done = decision in (Decision.TAKEN, Decision.REJECTED, Decision.IN_FORCE)
    detail = "" if is_done else configuration.book.detail
    return LocalAnswer(
        is_done=is_done, reason="" if is_done else decision.value, detail=detail, said=decision
    )


def take_note(folder: Path, timekeeper: Timekeeper) -> str:
    """The time that a person set while the agent was stopped; what is to be told of it."""
    note = clock_note.take(folder)
    if note is None:
        return ""
    now = timekeeper.now()
    if note.boot != now.boot:
        return "the time that was set before the machine was started anew is of no use: set it anew"
    utc_us = note.utc_us + now.mono_us - note.mono_us
    setting = timekeeper.set_by_person(utc_us, force=note.is_forced)
    return "" if setting is Setting.SET else f"the time that was set is not taken: {setting}"
