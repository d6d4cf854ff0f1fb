"""Which values may be believed by what other points of the device say: gates and ceilings."""

from collections.abc import Mapping

from device_profiles.model import Gate, Point
from edge_agent.driver.decode import Decoded
from wire.quality import Limit, Reason, bad
from wire.reading import Value


def gated(point: Point, decoded: Decoded, raw: Mapping[str, Decoded]) -> Decoded:
    """The value if all gates are open by `raw`, else bad by the first that is not.

    A gate whose point `raw` does not have makes it bad/never_read.
    """
    for gate in point.valid_when:
        if gate.saturated_passes and _is_saturated(decoded):
            continue
        if gate.point not in raw:
            return Decoded(None, bad(Reason.NEVER_READ))
        value = raw[gate.point].value
        if not is_same(value, gate.equals):
            return Decoded(None, bad(_reason(gate, value)))
    return decoded


def bounded(point: Point, decoded: Decoded, raw: Mapping[str, Decoded]) -> Decoded:
    """The value unless it is above the point's ceiling, or that ceiling is not known."""
    if point.ceiling is None or not isinstance(decoded.value, float):
        return decoded
    ceiling = raw.get(point.ceiling)
    if ceiling is None:
        return Decoded(None, bad(Reason.NEVER_READ))
    if not isinstance(ceiling.value, float) or ceiling.value <= 0:
        return Decoded(None, bad(Reason.CONFIGURATION))
    if decoded.value > ceiling.value:
        return Decoded(None, bad(Reason.OUT_OF_RANGE, Limit.HIGH))
    return decoded


def is_same(value: Value | None, wanted: Value) -> bool:
    """True is not 1.0 here, though Python says so."""
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _reason(gate: Gate, value: Value | None) -> str:
    return gate.reasons.get(value, gate.otherwise) if isinstance(value, str) else gate.otherwise


def _is_saturated(decoded: Decoded) -> bool:
    return decoded.quality == bad(Reason.OUT_OF_RANGE, Limit.HIGH)
