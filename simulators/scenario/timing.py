"""When a scenario's times are in real time: its own part is scaled, the programs' part is not."""

from dataclasses import dataclass

from simulators.scenario.model import Expectation

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Timing:
    """A scenario that began at an instant of both clocks (µs), `speed` times as fast as written."""

    speed: float
    mono_us: int
    utc_us: int

    def real_us(self, scenario_us: int) -> int:
        """Return how long after its beginning a time of the scenario comes."""
        return round(scenario_us / self.speed)

    def mono_at(self, scenario_us: int) -> int:
        return self.mono_us + self.real_us(scenario_us)

    def scenario_at(self, mono_us: int) -> int:
        return round((mono_us - self.mono_us) * self.speed)

    def utc_of(self, mono_us: int) -> int:
        return self.utc_us + mono_us - self.mono_us

    def opens(self, one: Expectation) -> int:
        """Return from when on (real µs after the beginning) an alarm counts."""
        return self.real_us(one.from_us)

    def closes(self, one: Expectation) -> int:
        """Return until when: its end as scaled, and what the programs may take, unscaled."""
        return self.real_us(one.to_us) + one.within_us
