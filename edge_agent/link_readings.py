"""How good the way to each device is, as readings of the bulk lane under the device's name."""

from collections import deque
from collections.abc import Iterator

import msgspec

from alarm_rules.link import LINK_BAD, LINK_POOR
from alarm_rules.set_point import set_points
from edge_agent.exchange import Sample
from edge_agent.health import DeviceHealth, DeviceState, UnitHealth
from edge_agent.link_count import LinkCount
from edge_agent.poll.report_filter import PointPolicy, ReportFilter, ReportPolicy

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
WINDOW = 10
"""How many minutes `link_bad` looks back."""

_LEAST_POLLS = 10  # of fewer a share says nothing
_MILLISECOND = 0.001
UNITS: dict[str, str] = {
    "link_reply_p50": "s",
    "link_reply_p99": "s",
    LINK_BAD: "/",
    "link_time_outs": "count",
    "link_crc_errors": "count",
    "link_wrong": "count",
    "link_late": "count",
    "link_refused": "count",
}
"""The points, and the SenML unit of each."""
_REPLY = PointPolicy(HOUR_US, MINUTE_US, _MILLISECOND, 0.25)
_SHARE = PointPolicy(
    WINDOW * MINUTE_US, MINUTE_US, 0.02, set_points=set_points([LINK_POOR])[LINK_BAD]
)
_POLICY = ReportPolicy(
    {"link_reply_p50": _REPLY, "link_reply_p99": _REPLY, LINK_BAD: _SHARE}, otherwise_us=HOUR_US
)


class _Link(msgspec.Struct):
    before: deque[tuple[int, int]] = msgspec.field(default_factory=lambda: deque(maxlen=WINDOW + 1))
    reported: ReportFilter = msgspec.field(default_factory=lambda: ReportFilter(_POLICY))


def link_of(unit: UnitHealth) -> LinkCount:
    """The link to a device that is asked."""
    return LinkCount(
        polls=unit.requests,
        good=unit.replies + unit.exceptions,
        time_outs=unit.time_outs,
        crc_errors=unit.crc_errors,
        wrong=unit.wrong_replies + unit.too_early,
        late=unit.stale,
        reply_p50_us=unit.reply_p50_us,
        reply_p99_us=unit.reply_p99_us,
    )


class LinkBook:
    """Looked at once a minute."""

    def __init__(self) -> None:
        self._links: dict[str, _Link] = {}

    def samples(self, device: DeviceHealth, now_us: int) -> list[Sample]:
        """What is to be reported of the link to this device; nothing before its first poll."""
        count = device.link
        if count is None or not count.polls:
            return []
        link = self._links.setdefault(device.device, _Link())
        link.before.append((count.polls, count.good))
        # Silence of a dead device is another alarm's business.
        bad = None if device.state is DeviceState.DEAD else bad_share(link.before)
        said = dict(_values(count, bad))
        return link.reported.admit([Sample(point, value, now_us) for point, value in said.items()])


def bad_share(counts: deque[tuple[int, int]]) -> float | None:
    """Of the polls between the first and the last (polls, good); None of too few."""
    (first_polls, first_good), (polls, good) = counts[0], counts[-1]
    asked = polls - first_polls
    if asked < _LEAST_POLLS:
        return None
    return min(max(1 - (good - first_good) / asked, 0.0), 1.0)


def _values(count: LinkCount, bad: float | None) -> Iterator[tuple[str, float]]:
    if count.reply_p50_us is not None and count.reply_p99_us is not None:
        yield "link_reply_p50", count.reply_p50_us / 1_000_000
        yield "link_reply_p99", count.reply_p99_us / 1_000_000
    if bad is not None:
        yield LINK_BAD, round(bad, 4)
    yield "link_time_outs", float(count.time_outs)
    yield "link_crc_errors", float(count.crc_errors)
    yield "link_wrong", float(count.wrong)
    yield "link_late", float(count.late)
    if count.refused:
        yield "link_refused", float(count.refused)
