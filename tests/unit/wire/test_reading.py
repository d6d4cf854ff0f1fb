"""A reading that may travel, and those that may not."""

import pytest

from wire.quality import Limit, Quality, Status, bad, uncertain
from wire.reading import ID, POINT, Reading, check_reading
from wire.refusal import Refusal, WireError


@pytest.mark.parametrize(
    "reading",
    [
        Reading("smoke-01", "smoke", 0, True),
        Reading("0", "p", 0, -1.5e300, "m"),
        Reading("a", "p", 0, 3, "count"),
        Reading("a", "p", 0, ""),
        Reading("a", "p", 0, "烟雾 🔥"),
        Reading("a", "p", 0, None, None, bad("stale")),
        Reading("a", "p", 0, 1.0, "m", uncertain("stale", Limit.HIGH)),
    ],
)
def test_may_travel(reading: Reading) -> None:
    check_reading(reading)


@pytest.mark.parametrize(
    ("reason", "reading"),
    [
        (Refusal.NAME_GRAMMAR, Reading("A", "p", 0, 1.0)),
        (Refusal.NAME_GRAMMAR, Reading("a", "p-1", 0, 1.0)),
        (Refusal.VALUE_MISSING, Reading("a", "p", 0, None)),
        (Refusal.BAD_WITH_VALUE, Reading("a", "p", 0, 1.0, None, bad("stale"))),
        (Refusal.NOT_FINITE, Reading("a", "p", 0, float("nan"))),
        (Refusal.NOT_FINITE, Reading("a", "p", 0, float("-inf"))),
        (Refusal.NOT_FINITE, Reading("a", "p", 0, 10**400)),
        (Refusal.UNIT_UNKNOWN, Reading("a", "p", 0, 1.0, "furlong")),
        (Refusal.TEXT_TOO_LONG, Reading("a", "p", 0, "x" * 4097)),
        (Refusal.VALUE_KIND, Reading("a", "p", 0, "\ud800")),
        (Refusal.QUALITY_GRAMMAR, Reading("a", "p", 0, 1.0, None, Quality(Status.GOOD, "Not OK"))),
    ],
)
def test_may_not_travel(reason: Refusal, reading: Reading) -> None:
    with pytest.raises(WireError) as refused:
        check_reading(reading)
    assert refused.value.reason is reason


def test_the_grammars() -> None:
    assert ID.fullmatch("a" * 64)
    assert not ID.fullmatch("a" * 65)
    assert not ID.fullmatch("-a")
    assert not ID.fullmatch("a_b")
    assert POINT.fullmatch("a" * 32)
    assert not POINT.fullmatch("a" * 33)
    assert not POINT.fullmatch("1a")
