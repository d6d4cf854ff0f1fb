"""Readings become points: nothing is lost, quality and clock become texts."""

from ingest_server.store.point import Point, points_of
from wire.quality import Reason, bad
from wire.reading import Reading


def test_each_reading_is_one_point_in_order() -> None:
    readings = [
        Reading("gas-01", "lel", 5, 0.2, "/"),
        Reading("gas-01", "lel", 4, None, None, bad(Reason.COMM_FAILURE)),
    ]
    assert points_of("gw-001", "unset", readings) == [
        Point("gw-001", "gas-01", "lel", 5, 0.2, "/", "good/ok", "unset"),
        Point("gw-001", "gas-01", "lel", 4, None, None, "bad/comm_failure", "unset"),
    ]
