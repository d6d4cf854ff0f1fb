"""What tells a relay test of the UG-3 from a fire: a table by hand of its four inputs in time."""

from collections.abc import Sequence

import pytest

from alarm_rules.evaluate import fold
from alarm_rules.transition import Episode
from alarm_rules.verdict import Sample
from edge_agent.driver.modbus import ModbusDriver
from edge_agent.exchange import Failure, Fault, Reply
from tests.shipped import PROFILES

UG3 = PROFILES["calectro_ug3"]
RULE = "relay_test_too_long"
SECOND = 1_000_000

# mounted, service, smoke, relay (1x0001 to 1x0004); None: no answer
REST = (1, 0, 0, 0)
TEST = (1, 0, 0, 1)
FIRE = (1, 0, 1, 1)
FIRE_WITHOUT_RELAY = (1, 0, 1, 0)
DIRTY_TEST = (1, 1, 0, 1)
HEAD_OFF = (0, 0, 0, 0)
SILENT = None
Inputs = tuple[int, int, int, int] | None
Told = Sequence[tuple[int, Inputs]]


def episodes(told: Told) -> tuple[Episode, ...]:
    """What the rule makes of these inputs, each for so many seconds, as the agent's driver says."""
    driver = ModbusDriver(UG3, unit=1)
    (rule,) = (one for one in UG3.rules if one.id == RULE)
    point = getattr(rule, "point", "")
    samples = []
    second = 0
    for seconds, inputs in told:
        for _ in range(seconds):
            second += 1
            at = second * SECOND
            assert driver.due(at) is not None
            found = (
                driver.failed(Failure(Fault.TIME_OUT, at), at)
                if inputs is None
                else driver.received(Reply(inputs, at, at), at)
            )
            samples += [Sample(at, one.value, one.quality) for one in found if one.point == point]
    return fold(rule, samples, second * SECOND)


@pytest.mark.parametrize(
    ("told", "starts"),
    [
        ([(5, REST), (299, TEST), (60, REST)], []),
        ([(5, REST), (600, TEST)], [306]),
        ([(5, REST), (600, DIRTY_TEST)], [306]),
        ([(5, REST), (3600, FIRE)], []),
        ([(5, REST), (3600, FIRE_WITHOUT_RELAY)], []),
        ([(5, REST), (200, TEST), (600, FIRE)], []),
        ([(5, REST), (1200, FIRE), (299, TEST), (5, REST)], []),
        ([(5, REST), (1200, FIRE), (600, TEST)], [1506]),
        ([(5, REST), (200, TEST), (30, HEAD_OFF), (200, TEST), (5, REST)], []),
        ([(5, REST), (3600, SILENT)], []),
        ([(5, REST), (200, TEST), (30, SILENT), (200, TEST)], [334]),  # 28 s are unknown
    ],
    ids=[
        "a short test",
        "a test that nobody ends",
        "the same of a detector that wants service",
        "a real fire of an hour",
        "a fire whose relay does not act",
        "a fire during a test",
        "a relay that lets go soon after the fire",
        "a relay that stays after the fire",
        "the head comes off between two short tests",
        "a detector that is silent",
        "a short silence within a test",
    ],
)
def test_a_relay_that_acts_without_smoke_is_a_test_and_one_with_smoke_is_none(
    told: Told, starts: list[int]
) -> None:
    assert [one.start_us // SECOND for one in episodes(told)] == starts


def test_it_ends_when_a_fire_breaks_out_or_the_test_is_ended() -> None:
    for after in (FIRE, REST):
        (episode,) = episodes([(5, REST), (600, TEST), (10, after)])
        assert episode.end_us == 606 * SECOND
