"""Which exchanges are worth keeping the frames of: those that nobody expects on a sound line."""

from collections import deque

from edge_agent.bus.outcome import Outcome
from edge_agent.exchange import Anomaly, Failure, Fault, Reply

_ILLEGAL_ADDRESS = 2
_LOOKED_BACK, _BURST = 16, 3
_QUIET_US = 600_000_000
"""The same anomaly of a line is kept again after this."""


_OF_FAULT = {Fault.WRONG_REPLY: Anomaly.WRONG_REPLY, Fault.TOO_EARLY: Anomaly.TOO_EARLY}


class Lookout:
    """Told of every exchange of one line."""

    def __init__(self) -> None:
        self._spoilt: deque[bool] = deque(maxlen=_LOOKED_BACK)
        self._noticed_us: dict[Anomaly, int] = {}

    def judge(self, outcome: Outcome) -> Anomaly | None:
        """What is odd about it, unless the same was noticed a while ago."""
        if not outcome.out_of_step and isinstance(outcome.result, Reply):  # nearly always
            self._spoilt.append(False)
            return None
        found = self._found(outcome)
        if found is None:
            return None
        last_us = self._noticed_us.get(found)
        if last_us is not None and outcome.ended_us - last_us < _QUIET_US:
            return None
        self._noticed_us[found] = outcome.ended_us
        return found

    def _found(self, outcome: Outcome) -> Anomaly | None:
        result = outcome.result
        failure = result if isinstance(result, Failure) else None
        self._spoilt.append(failure is not None and failure.fault is Fault.CRC)
        if outcome.out_of_step:
            return Anomaly.OUT_OF_STEP
        if failure is None:
            return None
        if failure.fault is Fault.EXCEPTION:
            return Anomaly.ILLEGAL_ADDRESS if failure.code == _ILLEGAL_ADDRESS else None
        if failure.fault is Fault.CRC:
            return Anomaly.CRC_BURST if sum(self._spoilt) >= _BURST else None
        return _OF_FAULT.get(failure.fault)
