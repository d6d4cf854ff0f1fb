"""What a zero stated by a gateway is to the server, within the bounds of what it saw."""

import pytest

from ingest_server.db.boot import Boot
from ingest_server.intake.timeline import (
    STEP_US,
    TOLERANCE_US,
    Said,
    is_clone,
    judge,
    lowered,
    overlapping,
)

ZERO = 1_763_700_000_000_000
HOUR = 3_600_000_000
SECOND = 1_000_000


def live(*, anchored: bool = True) -> Boot:
    """Heard within a second of its sending."""
    return Boot(ZERO, is_anchored=anchored, latest_us=ZERO + SECOND)


@pytest.mark.parametrize(
    ("boot", "stated_us", "said"),
    [
        (live(anchored=False), ZERO, Said.ANCHORS),
        (live(anchored=False), ZERO - HOUR, Said.ANCHORS),
        (live(anchored=False), ZERO + TOLERANCE_US, Said.ANCHORS),
        (live(anchored=False), ZERO + HOUR, Said.SUSPECT),
        (Boot(ZERO, earliest_us=ZERO - HOUR), ZERO - 2 * HOUR, Said.SUSPECT),
        (Boot(ZERO), ZERO + HOUR, Said.ANCHORS),
        (live(), ZERO + STEP_US - 1, Said.AGREES),
        (live(), ZERO + 1 - STEP_US, Said.AGREES),
        (live(), ZERO + 3 * SECOND, Said.SUSPECT),
        (live(), ZERO + HOUR, Said.SUSPECT),
        (live(), ZERO - HOUR, Said.SUSPECT),
        (live(), ZERO - 3 * SECOND, Said.SUSPECT),
        (Boot(ZERO, is_anchored=True, latest_us=ZERO - 4 * SECOND), ZERO - HOUR, Said.SUSPECT),
        (
            Boot(ZERO, is_anchored=True, latest_us=ZERO - 4 * SECOND),
            ZERO - 5 * SECOND,
            Said.CORRECTS,
        ),
        (Boot(ZERO, is_anchored=True), ZERO + HOUR, Said.STEPS),
        (Boot(ZERO - HOUR, is_anchored=True, latest_us=ZERO), ZERO, Said.STEPS),
        (Boot(ZERO, is_anchored=True), ZERO - HOUR, Said.SUSPECT),
    ],
)
def test_a_stated_zero(boot: Boot, stated_us: int, said: Said) -> None:
    assert judge(boot, stated_us) is said


def test_a_zero_that_can_not_be_so_late_is_lowered() -> None:
    assert lowered(Boot(ZERO)) is None
    assert lowered(Boot(ZERO, latest_us=ZERO - STEP_US)) is None
    assert lowered(Boot(ZERO, latest_us=ZERO - STEP_US - 1)) == ZERO - STEP_US - 1
    set_us = ZERO - TOLERANCE_US
    assert lowered(Boot(ZERO, is_anchored=True, latest_us=set_us)) is None
    assert lowered(Boot(ZERO, is_anchored=True, latest_us=set_us - 1)) == set_us - 1


def test_a_boot_whose_end_lies_in_the_next_one_makes_room() -> None:
    assert overlapping(Boot(ZERO)) is None
    assert overlapping(Boot(ZERO, latest_us=ZERO)) is None
    assert overlapping(Boot(ZERO, latest_us=ZERO - 1)) == ZERO - 1
    assert overlapping(Boot(ZERO, is_anchored=True, latest_us=ZERO - TOLERANCE_US)) is None
    far_us = ZERO - TOLERANCE_US - 1
    assert overlapping(Boot(ZERO, is_anchored=True, latest_us=far_us)) == far_us


def test_two_boots_that_speak_at_the_same_time_are_of_two_gateways() -> None:
    after = Boot(ZERO + HOUR)
    assert not is_clone(Boot(ZERO), HOUR, after)
    assert is_clone(Boot(ZERO), HOUR + 61 * SECOND, after)
