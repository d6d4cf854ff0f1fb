"""A moment as people and receivers read it: RFC 3339 in UTC, to the microsecond."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(utc_us: int) -> str:
    """UTC microseconds as `2026-11-21T09:04:05.000006Z`; exact, for no float is involved."""
    moment = EPOCH + timedelta(microseconds=utc_us)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def rfc3339_or_none(utc_us: int | None) -> str | None:
    return None if utc_us is None else rfc3339(utc_us)
