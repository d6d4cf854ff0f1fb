"""Where a rule stands when the times it was told were others, or time itself goes on elsewhere."""

from collections.abc import Callable
from typing import Any

import msgspec

from alarm_rules.transition import State
from ingest_server.alarm.judge import Mark, Standing
from ingest_server.db.retime import Moves, Retime

Move = Callable[[int], int]


def moved_standing(standing: Standing, said: Retime) -> Standing:
    """As if every sample had come at its other time; or as if the clock had never stopped.

    When the clock goes on elsewhere, delays and silence last as long as they would have, what has
    begun keeps its beginning, and what still comes from before is judged on its own.
    """
    if said.moves is Moves.TIMES:
        state = _moved(standing.state, said.moved)
        marks = [Mark(said.moved(at_us), _moved(old, said.moved)) for at_us, old in _told(standing)]
        return Standing(state, _ascending(marks))
    now_us = standing.last_us + said.delta_us
    state = msgspec.structs.replace(
        # A device is awaited from when the server heard of it, which may be later than `now_us`.
        _moved(standing.state, lambda at_us: min(at_us + said.delta_us, now_us)),
        active_since_us=standing.state.active_since_us,
    )
    return Standing(state, (Mark(now_us, state),))


def moved_due(due_us: int | None, said: Retime) -> int | None:
    """Rather too early: then nothing happens, and the right time is found."""
    return None if due_us is None else min(due_us, due_us + said.delta_us)


def _told(standing: Standing) -> list[tuple[int, State]]:
    return [(mark.at_us, mark.state) for mark in standing.marks]


def _moved(state: State, move: Move) -> State:
    moved: State = _each(state, move)
    return moved


def _each(value: Any, move: Move, name: str = "") -> Any:
    """Every field whose name ends in `_us`, however deep."""
    if isinstance(value, int) and name.endswith("_us"):
        return move(value)
    if isinstance(value, msgspec.Struct):
        fields = {one: _each(getattr(value, one), move, one) for one in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None)
        if names is None:
            return tuple(_each(one, move) for one in value)
        return type(value)(*(_each(one, move, of) for of, one in zip(names, value, strict=True)))
    return value


def _ascending(marks: list[Mark]) -> tuple[Mark, ...]:
    """A mark that came to stand before an older one is of no use any more."""
    kept = marks[:1]
    kept += [mark for mark in marks[1:] if mark.at_us > kept[0].at_us]
    return tuple(sorted(kept, key=lambda mark: mark.at_us))
