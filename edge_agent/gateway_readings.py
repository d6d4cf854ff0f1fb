"""What the gateway says of itself, as readings of the bulk lane under the device `gateway`."""

from collections.abc import Iterator

from edge_agent.exchange import Sample
from edge_agent.health import AgentHealth
from edge_agent.poll.report_filter import PointPolicy, ReportFilter, ReportPolicy

_HOUR_US = 3_600_000_000
_MINUTE_US = 60_000_000
_MEBI = 1024 * 1024
UNITS: dict[str, str | None] = {
    "cpu_temperature": "Cel",
    "disk_free": "B",
    "memory": "B",
    "disk_written": "B",
    "clock_offset": "s",
    "buffer_fill": "/",
    "in_test": "count",
}
"""The points, and the SenML unit of each; `disk_written` is bytes a day.

`in_test`: how many devices are in test mode; not told before the first one is.
"""
_POLICY = ReportPolicy(
    {
        "cpu_temperature": PointPolicy(_HOUR_US, _MINUTE_US, 2.0),
        "disk_free": PointPolicy(_HOUR_US, _MINUTE_US, 64.0 * _MEBI, 0.05),
        "memory": PointPolicy(_HOUR_US, _MINUTE_US, 4.0 * _MEBI),
        "disk_written": PointPolicy(_HOUR_US, _MINUTE_US, 10.0 * _MEBI, 0.25),
        "clock_offset": PointPolicy(_HOUR_US, _MINUTE_US, 0.1),
        "buffer_fill": PointPolicy(_HOUR_US, _MINUTE_US, 0.05),
        "in_test": PointPolicy(_HOUR_US, 0, 0.0),
    }
)


class GatewayBook:
    """Looked at once a minute; remembers what was reported."""

    def __init__(self) -> None:
        self._reported = ReportFilter(_POLICY)
        self._has_tested = False

    def samples(self, health: AgentHealth) -> list[Sample]:
        """What is to be reported; what this machine does not say is left out."""
        values = [*_values(health)]
        in_test = sum(one.is_test for one in health.devices)
        self._has_tested = self._has_tested or in_test > 0
        if self._has_tested:
            values.append(("in_test", float(in_test)))
        return self._reported.admit([Sample(*value, health.now_us) for value in values])


def _values(health: AgentHealth) -> Iterator[tuple[str, float]]:
    machine = health.machine
    said = {
        "cpu_temperature": machine.temperature,
        "disk_free": machine.disk_free,
        "memory": machine.memory,
        "disk_written": sum(health.wear.per_day.values()) or None,
        "clock_offset": _seconds(health.clock_offset_us),
        "buffer_fill": buffer_fill(health),
    }
    for point, value in said.items():
        if value is not None:
            yield point, float(value)


def buffer_fill(health: AgentHealth) -> float | None:
    """The share of its bound that the buffer holds; None while the bound is not known."""
    if not health.buffer_size:
        return None
    return round(sum(lane.size for lane in health.lanes) / health.buffer_size, 4)


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else round(microseconds / 1_000_000, 3) + 0.0  # no -0.0
