"""What a gateway says of its time, against what its messages show: which zero a boot stands on.

A boot's clock never steps, so all of a boot stands on one zero, in order. It can not be later than
any arrival less the time of publishing, nor earlier than the end of the boot before. Within these
bounds the gateway is believed at first; later only when it comes nearer to what the arrivals show.
Otherwise what it says is marked, and placed by the zero that holds.
"""

from enum import StrEnum

from ingest_server.db.boot import Boot

STEP_US = 2_000_000
"""Less is drift, a small correction, or the way of a message."""

TOLERANCE_US = 5_000_000
"""A gateway's clock may differ from ours by its NTP error and ours."""

CLONE_US = 60_000_000
"""A boot that still speaks so long after the next one began: two gateways with one id."""


class Said(StrEnum):
    """What a zero stated by the gateway is to the server."""

    AGREES = "agrees"
    ANCHORS = "anchors"  # the first of this boot that can be believed
    STEPS = "steps"  # the gateway's clock was behind, and went forward
    CORRECTS = "corrects"  # it was ahead, and went back
    SUSPECT = "suspect"


def judge(boot: Boot, stated_us: int) -> Said:
    latest_us = boot.latest_us
    is_late = latest_us is not None and stated_us > latest_us + TOLERANCE_US
    if is_late or stated_us < boot.earliest_us - TOLERANCE_US:
        return Said.SUSPECT
    if not boot.is_anchored:
        return Said.ANCHORS
    if abs(stated_us - boot.zero_us) < STEP_US:
        return Said.AGREES
    if latest_us is not None and not _is_nearer(latest_us, stated_us, boot.zero_us):
        return Said.SUSPECT
    if stated_us > boot.zero_us:
        return Said.STEPS
    return Said.SUSPECT if latest_us is None else Said.CORRECTS


def _is_nearer(to_us: int, stated_us: int, standing_us: int) -> bool:
    """Messages are on their way for a while, and most of them not for long."""
    return abs(to_us - stated_us) < abs(to_us - standing_us)


def lowered(boot: Boot) -> int | None:
    """The zero it must have instead, when it can not be as late as it stands."""
    slack_us = TOLERANCE_US if boot.is_anchored else STEP_US
    latest_us = boot.latest_us
    return latest_us if latest_us is not None and boot.zero_us > latest_us + slack_us else None


def overlapping(boot: Boot) -> int | None:
    """The zero it must have instead, when its end lies in the boot that followed.

    That is its `latest_us` now. Between two clocks that were both set a little is allowed.
    """
    slack_us = TOLERANCE_US if boot.is_anchored else 0
    latest_us = boot.latest_us
    return latest_us if latest_us is not None and boot.zero_us > latest_us + slack_us else None


def is_clone(boot: Boot, mono_us: int, after: Boot) -> bool:
    """Whether the boot speaks, at `mono_us` of its clock, although `after` began long ago."""
    return boot.zero_us + mono_us > after.zero_us + CLONE_US
