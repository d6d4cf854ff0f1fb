"""Plays a scenario's orders to devices that nobody sees: each must be understood in its place."""

from simulators.console import OrderError
from simulators.scenario.cast import actors_of
from simulators.scenario.model import Scenario
from simulators.scenario.read import ScenarioError

LONG_SINCE_US = 3_600_000_000


class _NoPort:
    """A port that is nowhere."""

    path = ""

    def plug(self) -> None:
        """Be plugged in nowhere."""

    def unplug(self) -> None:
        """Be pulled out of nowhere."""


def rehearse(scenario: Scenario, file: str) -> None:
    """Obey every order at its time. Raises ScenarioError for the first that is not understood."""
    now_us = LONG_SINCE_US
    actors = actors_of(scenario, lambda: now_us, lambda *_: _NoPort())
    for step in scenario.steps:
        now_us = LONG_SINCE_US + step.at_us
        try:
            actors[step.device].console.obey(step.order)
        except OrderError as wrong:
            told = f"{file}: timeline[{step.number}].do: {step.order!r}: {wrong}"
            raise ScenarioError(told) from wrong
