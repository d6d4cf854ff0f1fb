"""The configuration in force: its plans of points, profiles and birth, exchanged at one instant."""

import asyncio
import hashlib

from device_profiles.model import Profile
from edge_agent.assembly import point_plans
from edge_agent.buffer.lanes import PointPlan
from edge_agent.config.model import Config


def said_of(config: Config) -> str:
    """What of a configuration a birth tells: the file's hash, and those of the rules in force."""
    rules = ",".join(device.rules.hash for device in config.devices)
    return f"{config.hash}/{hashlib.sha256(rules.encode()).hexdigest()[:16]}"


class ConfigInForce:
    """`config` is in force; `profiles` of its devices change with it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.said = said_of(config)
        """Another one when the birth says something else."""
        self.profiles: dict[str, Profile] = {}
        self.answered = asyncio.Event()
        """Set when there is something to tell the server."""
        self._plans = point_plans(config)
        self._before = self._plans
        self._know(config)

    def plan(self, device: str, point: str) -> PointPlan:
        """Of a device that is gone: as before, for what it said and the disk has not taken yet."""
        try:
            return self._plans[device][point]
        except KeyError:
            return self._before[device][point]

    def kinds(self) -> dict[str, str]:
        """What kind each line is of."""
        return {line.name: line.kind.value for line in self.config.lines}

    def enter(self, config: Config) -> None:
        """From now on it is in force: in plans, profiles and births, all at one instant."""
        self.config = config
        self.said = said_of(config)
        self._before, self._plans = self._plans, point_plans(config)
        self._know(config)
        self.answered.set()

    def _know(self, config: Config) -> None:
        self.profiles.clear()
        self.profiles.update({device.id: device.profile for device in config.devices})
