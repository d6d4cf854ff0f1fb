"""The words that all radars of the R60 family share, and how one of them lists its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Key = tuple[int, int]

QUERY_BIT: Final = 0x80
RESET: Final = (0x01, 0x02)
INIT_QUERY: Final = (0x05, 0x81)
IDENTITY: Final = 0x02
MODEL, ID, HARDWARE, FIRMWARE = 0xA1, 0xA2, 0xA3, 0xA4


@dataclass(frozen=True, slots=True)
class R60Setting:
    """One number the host can set and query; the query's command is the setting's with bit 7.

    `asked` is the query's command where the maker chose another.
    """

    control: int
    command: int
    width: int
    least: int
    most: int
    default: int
    asked: int = 0

    @property
    def key(self) -> Key:
        return self.control, self.command

    @property
    def query(self) -> Key:
        return self.control, self.asked or self.command | QUERY_BIT

    def decode(self, data: bytes) -> int | None:
        """Return the number that the data of a setting carries, None if the device ignores it."""
        value = int.from_bytes(data, "big")
        return value if len(data) == self.width and self.allows(value) else None

    def allows(self, value: int) -> bool:
        return self.least <= value <= self.most

    def encode(self, value: int) -> bytes:
        return value.to_bytes(self.width, "big")


@dataclass(frozen=True, slots=True)
class R60Words:
    """A radar's words: reports by name, queries of what a report tells, settings by name."""

    reports: Mapping[str, Key]
    queries: Mapping[Key, str]
    settings: Mapping[str, R60Setting]
    name_of_report: dict[Key, str] = field(init=False)
    set_by: dict[Key, str] = field(init=False)
    asked_by: dict[Key, str] = field(init=False)

    def __post_init__(self) -> None:
        """Index the words by what stands in a frame."""
        by_key = {key: name for name, key in self.reports.items()}
        by_set = {setting.key: name for name, setting in self.settings.items()}
        by_query = {setting.query: name for name, setting in self.settings.items()}
        object.__setattr__(self, "name_of_report", by_key)
        object.__setattr__(self, "set_by", by_set)
        object.__setattr__(self, "asked_by", by_query)

    @property
    def factory(self) -> dict[str, int]:
        return {name: setting.default for name, setting in self.settings.items()}

    def checked(self, given: Mapping[str, int]) -> dict[str, int]:
        """Return settings that the radar can have. Raises ValueError for any other."""
        for name, value in given.items():
            if name not in self.settings or not self.settings[name].allows(value):
                raise ValueError(f"the radar has no setting {name} = {value}")
        return dict(given)
