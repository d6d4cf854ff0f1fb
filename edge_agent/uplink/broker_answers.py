"""Logs what the broker thinks of our batches: a line when it changes, not one for each batch."""

import logging

from runtime.mqtt import Outcome
from wire.topic import Lane

log = logging.getLogger(__name__)


class BrokerAnswers:
    """Of one lane. A lost connection is the session's to tell: it says nothing of the broker."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._last = Outcome.ACCEPTED

    def heard(self, outcome: Outcome) -> None:
        """What is set aside is told each time."""
        if outcome is Outcome.TOO_LARGE:
            log.error("the broker refuses a batch of %s as too large: set aside", self._lane)
        elif outcome not in (Outcome.LOST, self._last):
            if outcome is Outcome.ACCEPTED:
                log.info("the broker takes batches of %s again", self._lane)
            else:
                log.warning("the broker answers %s to batches of %s", outcome, self._lane)
            self._last = outcome
