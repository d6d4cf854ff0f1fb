"""A clock that moves when it is told to."""

from dataclasses import dataclass


@dataclass
class VirtualClock:
    """Fulfils runtime.clock.Clock."""

    utc: int = 1_763_700_000_000_000
    mono: int = 5_000_000
    trusted: bool = True
    boot: str = "boot-1"

    def utc_us(self) -> int:
        return self.utc

    def mono_us(self) -> int:
        return self.mono

    def is_trusted(self) -> bool:
        return self.trusted

    def advance(self, seconds: float) -> None:
        self.utc += round(seconds * 1e6)
        self.mono += round(seconds * 1e6)
