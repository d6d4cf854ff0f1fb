"""How far a reading may be trusted: good, uncertain or bad, why, its limit bits, and test mode."""

import re
from enum import StrEnum

import msgspec

from wire.refusal import Refusal, WireError


class Status(StrEnum):
    """The three classes of OPC UA Part 8 and of ISA practice."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"


class Limit(StrEnum):
    """The limit bits of OPC UA Part 4, 7.39.1: the value is pinned at an end, or can not change."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"
    CONSTANT = "constant"


class Reason(StrEnum):
    """The reasons that our own programs give; on the wire any word of the same grammar is taken."""

    OK = "ok"
    COMM_FAILURE = "comm_failure"
    NOT_CONNECTED = "not_connected"
    DEVICE_FAULT = "device_fault"
    DEVICE_EXCEPTION = "device_exception"
    SENSOR_FAULT = "sensor_fault"
    OUT_OF_RANGE = "out_of_range"
    WARM_UP = "warm_up"
    INHIBITED = "inhibited"
    CALIBRATION = "calibration"
    CONFIGURATION = "configuration"
    STALE = "stale"
    NEVER_READ = "never_read"
    CLOCK_SUSPECT = "clock_suspect"


_GRAMMAR = re.compile(
    r"(test/)?(good|uncertain|bad)/([a-z][a-z0-9_]{0,31})(?:/(low|high|constant))?",
)


class Quality(msgspec.Struct, frozen=True):
    """`test/` + status `/` reason [`/` limit]; plain good is silent on the wire."""

    status: Status = Status.GOOD
    reason: str = Reason.OK
    limit: Limit = Limit.NONE
    test: bool = False

    def __str__(self) -> str:
        test = "test/" if self.test else ""
        limit = "" if self.limit is Limit.NONE else f"/{self.limit}"
        return f"{test}{self.status}/{self.reason}{limit}"


GOOD = Quality()


def bad(reason: str, limit: Limit = Limit.NONE) -> Quality:
    return Quality(Status.BAD, reason, limit)


def uncertain(reason: str, limit: Limit = Limit.NONE) -> Quality:
    return Quality(Status.UNCERTAIN, reason, limit)


def parse_quality(text: str) -> Quality:
    """Read what `str(Quality)` writes; raise WireError(QUALITY_GRAMMAR)."""
    match = _GRAMMAR.fullmatch(text)
    if match is None:
        raise WireError(Refusal.QUALITY_GRAMMAR, f"{text[:80]!r} is not a quality")
    test, status, reason, limit = match.groups()
    return Quality(Status(status), reason, Limit(limit or "none"), test is not None)
