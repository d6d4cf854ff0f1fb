"""Which units rest after a time-out, so that a late reply finds nobody waiting for it."""

from enum import StrEnum

import msgspec

from edge_agent.bus.modbus import is_same_shape
from edge_agent.exchange import Request

# Above late_max: the reply's own time on the wire (256 characters at 9600 baud take 0.27 s).
_MARGIN_US = 300_000


class Standing(StrEnum):
    """Whether a unit may be asked now, and with what."""

    FREE = "free"
    RESTING = "resting"
    NEEDS_OTHER_SHAPE = "needs_other_shape"


class _Unanswered(msgspec.Struct, frozen=True):
    request: Request
    until_us: int


class RestBook:
    """The units of one line that owe a reply to a request that nobody waits for any more.

    A unit rests for longer than the lateness that its profile admits. The first request after the
    rest should have another length or function, so that even a later reply does not fit it. The
    book can only say so: whether the device's map has another shape to ask for is known above.
    """

    def __init__(self) -> None:
        self._unanswered: dict[int, _Unanswered] = {}
        self._all_until_us = 0

    def rest_all(self, until_us: int) -> None:
        """Let the whole line rest: what was asked before it was opened is unknown."""
        self._all_until_us = max(self._all_until_us, until_us)

    def rest(self, request: Request, now_us: int, late_max_us: int) -> None:
        """Note that the request got no answer by now."""
        until = now_us + late_max_us + _MARGIN_US
        self._unanswered[request.unit] = _Unanswered(request, until)

    def answered(self, unit: int) -> None:
        """Note that the unit answered what it was asked."""
        self._unanswered.pop(unit, None)

    def until_us(self, unit: int) -> int:
        """When the unit may be asked again; a time that has passed, or 0, if it may be now."""
        known = self._unanswered.get(unit)
        return max(self._all_until_us, known.until_us if known else 0)

    def standing(self, unit: int, now_us: int) -> Standing:
        if now_us < self.until_us(unit):
            return Standing.RESTING
        return Standing.NEEDS_OTHER_SHAPE if unit in self._unanswered else Standing.FREE

    def is_other_shape(self, request: Request) -> bool:
        """Tell whether no reply that the unit still owes could be taken for one to this request."""
        known = self._unanswered.get(request.unit)
        return known is None or not is_same_shape(known.request, request)
