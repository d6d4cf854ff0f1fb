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
}
"""The points, and the SenML unit of each; `disk_written` is bytes a day."""
_POLICY = ReportPolicy(
    {
        "cpu_temperature": PointPolicy(_HOUR_US, _MINUTE_US, 2.0),
        "disk_free": PointPolicy(_HOUR_US, _MINUTE_US, 64.0 * _MEBI, 0.05),
        "memory": PointPolicy(_HOUR_US, _MINUTE_US, 4.0 * _MEBI),
        "disk_written": PointPolicy(_HOUR_US, _MINUTE_US, 10.0 * _MEBI, 0.25),
        "clock_offset": PointPolicy(_HOUR_US, _MINUTE_US, 0.1),
        "buffer_fill": PointPolicy(_HOUR_US, _MINUTE_US, 0.05),
    }
)


class GatewayBook:
    """Looked at once a minute; remembers what was reported."""

    def __init__(self) -> None:
        self._reported = ReportFilter(_POLICY)

    def samples(self, health: AgentHealth) -> list[Sample]:
        """What is to be reported; what this machine does not say is left out."""
        return self._reported.admit(
            [Sample(point, value, health.now_us) for point, value in _values(health)]
        )


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
