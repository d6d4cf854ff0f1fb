"""The settings that a device keeps over a reboot, unless its memory is made to fail."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


class KeptSettings(dict[str, Value]):
    """The settings in force; what a host sets is written here."""

    def __init__(self, factory: Mapping[str, Value], given: Mapping[str, Value]) -> None:
        """Start with the factory's settings, and those given in their place."""
        super().__init__({**factory, **given})
        self._factory = dict(factory)
        self._saved: dict[str, Value] | None = None

    def save(self) -> None:
        """Save what is set, and what will be."""
        self._saved = None

    def forget(self) -> None:
        """Lose at the next reboot what is set from now on."""
        self._saved = dict(self)

    def restart(self) -> None:
        """Come back from a reboot, with what was saved."""
        if self._saved is not None:
            self.update(self._saved)

    def restore_factory(self) -> None:
        """Set everything as the maker did."""
        self.update(self._factory)
