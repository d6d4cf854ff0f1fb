"""The configuration in force and its lines, for baselines: they remember how they were retuned."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from edge_agent.baseline.keeper import Baselines, Speaker
from edge_agent.buffer.timebase import Timekeeper
from edge_agent.config.model import Config, DeviceConfig
from edge_agent.exchange import Sample
from tests.standing_clock import StandingClock

S = 1_000_000
BY = "Li Lei"


class Voice:
    tap: Callable[[Sequence[Sample]], None] | None = None


class Gateway:
    """The configuration in force, and lines that remember how they were retuned."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.told: list[str] = []
        clock = Timekeeper(StandingClock())
        self.keeper = Baselines(folder, clock, self._tell, most_s=0.05)
        self.read = config
        self.config = self.keeper.adjust(config)
        self.voices: dict[str, Voice] = {one.id: Voice() for one in config.devices}
        self.retuned: list[tuple[Config, Config]] = []
        self.keeper.attend(self, self)

    def _tell(self, text: str) -> None:
        if text:
            self.told.append(text)

    def voice(self, device: DeviceConfig) -> Speaker | None:
        return self.voices.get(device.id)

    def retune(self, old: Config, new: Config) -> None:
        self.retuned.append((old, new))

    async def readjust(self, retune: Callable[[Config, Config], None]) -> None:
        old, self.config = self.config, self.keeper.adjust(self.read)
        if self.config != old:
            retune(old, self.config)

    def baseline(self, name: str) -> object:
        return next(one.baseline for one in self.config.devices if one.id == name)

    async def says(self, name: str, *rows: Sequence[Sample]) -> None:
        """Once somebody listens."""
        voice = self.voices[name]
        while voice.tap is None:
            await asyncio.sleep(0)
        for row in rows:
            voice.tap(row)


def lying(second: int, z: float = 9.8) -> list[Sample]:
    at = {"acceleration_x": 0.0, "acceleration_y": 0.1, "acceleration_z": z}
    return [Sample(point, value, second * S) for point, value in at.items()]


AT_REST = [lying(second) for second in range(5)]
