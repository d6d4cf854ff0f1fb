"""What a radar has decided, by name: sensed or set by hand, told on change, stuck if it must be."""

from collections import deque
from collections.abc import Mapping
from typing import Final

CHANGES_KEPT: Final = 10_000


class Conditions:
    """Numbers by name. May be set from another thread.

    What is set by hand stays so until `follow`; until then what the radar senses of that name is
    not taken. A stuck name is told as it was, whatever happens. Unknown names raise KeyError.
    """

    def __init__(self, rest: Mapping[str, float]) -> None:
        """Start with what is told of an empty room."""
        self._true = dict(rest)
        self._stuck: dict[str, float] = {}
        self._by_hand: set[str] = set()
        self._changes: deque[tuple[str, float]] = deque(maxlen=CHANGES_KEPT)

    def __getitem__(self, name: str) -> float:
        """Return what is told of a name."""
        true = self._true[name]
        return self._stuck.get(name, true)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._true)

    @property
    def have_changed(self) -> bool:
        return bool(self._changes)

    def put(self, name: str, value: float) -> None:
        """Set by hand."""
        self._set(name, value)
        self._by_hand.add(name)

    def sense(self, name: str, value: float) -> None:
        """Set by what the radar sees, unless a hand was there before."""
        if name not in self._by_hand:
            self._set(name, value)

    def follow(self) -> None:
        """Let the radar's eye decide everything again."""
        self._by_hand.clear()

    def stick(self, name: str) -> None:
        """Tell from now on what is true of a name now."""
        self._stuck[name] = self._true[name]

    def loosen(self) -> None:
        """Tell the truth again; what became different meanwhile is a change now."""
        for name in tuple(self._stuck):
            if self._stuck.pop(name) != self._true[name]:
                self._note(name)

    def take_changes(self) -> list[tuple[str, float]]:
        """Return what has changed since the last time, in order."""
        taken = []
        while self._changes:
            taken.append(self._changes.popleft())
        return taken

    def _set(self, name: str, value: float) -> None:
        if self._true[name] == value:
            return
        self._true[name] = int(value) if isinstance(value, bool) else value
        if name not in self._stuck:
            self._note(name)

    def _note(self, name: str) -> None:
        self._changes.append((name, self._true[name]))
