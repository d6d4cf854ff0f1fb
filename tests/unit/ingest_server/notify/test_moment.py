"""Moments are exact to the microsecond and name their zone."""

from datetime import datetime

import pytest

from ingest_server.notify.moment import rfc3339, rfc3339_or_none


@pytest.mark.parametrize("us", [0, 1, 999_999, 1_795_251_845_000_006, 4_102_444_799_999_999])
def test_a_moment_reads_back_as_itself(us: int) -> None:
    moment = datetime.fromisoformat(rfc3339(us))
    assert moment.utcoffset() is not None
    assert round(moment.timestamp() * 1_000_000) == us


def test_the_zone_is_named() -> None:
    assert rfc3339(1) == "1970-01-01T00:00:00.000001Z"
    assert rfc3339_or_none(None) is None
    assert rfc3339_or_none(0) == "1970-01-01T00:00:00.000000Z"
