"""Plays a scenario's orders to devices that nobody sees: each must be understood in its place."""

from simulators.console import OrderError
from simulators.scenario.cast import actors_of
from simulators.scenario.complaint import Complaint
from simulators.scenario.model import Scenario

LONG_SINCE_US = 3_600_000_000


class _NoPort:
    """A port that is nowhere."""

    path = ""

    def plug(self) -> None:
        """Be plugged in nowhere."""

    def unplug(self) -> None:
        """Be pulled out of nowhere."""


def rehearse(scenario: Scenario, file: str, text: str) -> None:
    """Obey every order at its time. Raises ScenarioError for the first that is not understood.

    `text` is that of the file, for the line of the order.
    """
    now_us = LONG_SINCE_US
    actors = actors_of(scenario, lambda: now_us, lambda *_: _NoPort())
    for step in scenario.steps:
        now_us = LONG_SINCE_US + step.at_us
        try:
            actors[step.device].console.obey(step.order)
        except OrderError as wrong:
            told = Complaint(f"timeline[{step.number}].do", f"{step.order!r}: {wrong}")
            raise told.of(file, text) from wrong
