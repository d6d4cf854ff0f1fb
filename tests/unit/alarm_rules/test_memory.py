from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from alarm_rules.evaluate import fold, replay
from alarm_rules.memory import NOTHING, Memory, recall
from alarm_rules.rule import (
    AlarmClass,
    DeviationRule,
    Direction,
    Mark,
    PointRule,
    RateRule,
    Severity,
    Source,
    StuckRule,
    Words,
)
from alarm_rules.transition import Episode, State
from alarm_rules.verdict import Evidence, Sample, Verdict
from wire.quality import GOOD, Limit, Quality, Reason, bad, uncertain
from wire.reading import Value

WORDS = Words("a", "一")
COMMON: dict[str, Any] = {
    "id": "a",
    "alarm_class": AlarmClass.HAZARD,
    "severity": Severity.HIGH,
    "title": WORDS,
    "guidance": WORDS,
    "source": Source("here", Mark.ENGINEERING),
    "point": "level",
}
S = 1_000_000
TILT = DeviationRule(**COMMON, limit=10.0, baseline=0.0, deadband=2.0, needed=3, of=3)
RISING = RateRule(**COMMON, limit=0.05, window=300 * S)
FROZEN = StuckRule(**COMMON, duration=60 * S)
F, C, U = Verdict.FIRES, Verdict.CLEARS, Verdict.UNKNOWN
TEST = Quality(test=True)
LOST = bad(Reason.COMM_FAILURE)
DOUBTFUL = uncertain(Reason.CALIBRATION)
SATURATED = bad(Reason.OUT_OF_RANGE, Limit.HIGH)


def said(rule: PointRule, *samples: tuple[float, Value | None, Quality]) -> list[Verdict]:
    """(seconds, value, quality) in order."""
    memory, seen_us, verdicts = NOTHING, None, []
    for second, value, quality in samples:
        sample = Sample(int(second * S), value, quality)
        verdict, memory = recall(rule, memory, seen_us, sample)
        seen_us = sample.time_us
        verdicts.append(verdict)
    return verdicts


def test_three_of_three_samples() -> None:
    values = (12.0, 3.0, 12.0, 12.0, 12.0, 9.0, 3.0)
    samples = [(second, value, GOOD) for second, value in enumerate(values)]
    assert said(TILT, *samples) == [U, C, U, U, F, U, C]


def test_two_of_three_hold_while_one_of_them_denies() -> None:
    values = (12.0, 0.0, 12.0, 0.0, 0.0)
    samples = [(second, value, GOOD) for second, value in enumerate(values)]
    assert said(replace(TILT, needed=2), *samples) == [U, C, F, C, C]


def test_bad_and_doubtful_samples_have_no_vote_against() -> None:
    samples = [(0, 12.0, GOOD), (1, 12.0, GOOD), (2, None, LOST), (3, 0.0, DOUBTFUL)]
    assert said(TILT, *samples, (4, 12.0, GOOD)) == [U, U, U, U, F]
    assert said(TILT, *samples, (4, 12.0, DOUBTFUL))[-1] is F


def test_saturated_needs_no_votes() -> None:
    assert said(TILT, (0, None, SATURATED)) == [F]


def test_test_samples_vote_among_themselves() -> None:
    real = [(0, 12.0, GOOD), (1, 12.0, GOOD)]
    assert said(TILT, *real, (2, 12.0, TEST), (3, 0.0, GOOD)) == [U, U, U, C]
    tried = [(second, 12.0, TEST) for second in range(3)]
    assert said(TILT, *tried) == [U, U, F]


def test_votes_of_a_test_end_with_it() -> None:
    tried = [(0, 12.0, TEST), (1, 12.0, TEST), (2, 0.0, GOOD), (3, 12.0, TEST)]
    assert said(TILT, *tried) == [U, U, C, U]


def test_a_rise_within_the_window_in_source_time() -> None:
    flat = [(second, 0.10, GOOD) for second in range(0, 360, 60)]
    slow = [(360, 0.12, GOOD), (480, 0.14, GOOD), (600, 0.149, GOOD)]
    assert said(RISING, *flat, *slow)[6:] == [C, C, C]
    assert said(RISING, *flat, (420, 0.16, GOOD))[-1] is F
    assert said(replace(RISING, direction=Direction.LOW), *flat, (420, 0.16, GOOD))[-1] is C
    assert said(replace(RISING, direction=Direction.LOW), *flat, (420, 0.05, GOOD))[-1] is F


def test_a_rise_clears_after_a_whole_window_of_good_samples_only() -> None:
    risen = [(0, 0.10, GOOD), (60, 0.20, GOOD)]
    stays = [(second, 0.20, GOOD) for second in range(120, 481, 60)]
    assert said(RISING, *risen, *stays) == [U, F, F, F, F, F, C, C, C]
    after_a_gap = [(2_000, 0.20, GOOD), *((2_000 + 100 * n, 0.20, GOOD) for n in range(1, 4))]
    assert said(RISING, *risen, *after_a_gap)[2:] == [U, U, U, C]
    assert said(RISING, *risen, *stays[:-1], (480, 0.20, DOUBTFUL))[-1] is U
    assert said(RISING, *risen, *stays[:-1], (480, None, LOST))[-1] is U


def test_one_lost_sample_does_not_hold_a_rise_for_another_window() -> None:
    risen = [(0, 0.10, GOOD), (60, 0.20, GOOD), (120, None, LOST)]
    stays = [(second, 0.20, GOOD) for second in range(180, 421, 60)]
    assert said(RISING, *risen, *stays)[-1] is C


def test_a_rise_has_a_deadband_and_a_saturated_end() -> None:
    rule = replace(RISING, deadband=0.02)
    flat = [(second, 0.10, GOOD) for second in range(0, 360, 60)]
    assert said(rule, *flat, (360, 0.14, GOOD), (420, 0.12, GOOD))[-2:] == [U, C]
    assert said(rule, (0, None, SATURATED), (1, 0.1, uncertain(Reason.OK, Limit.HIGH))) == [F, F]
    assert said(rule, (0, None, bad(Reason.OUT_OF_RANGE, Limit.LOW))) == [U]
    assert said(rule, (0, "dry", GOOD)) == [U]


def test_a_test_takes_no_part_in_a_real_rise() -> None:
    tried = [(0, 0.5, GOOD), (10, 0.0, TEST), (20, 0.2, TEST), (30, 0.5, GOOD)]
    assert said(RISING, *tried) == [U, U, F, U]


def test_what_a_rate_rule_remembers_is_bounded() -> None:
    samples = [Sample(n * S, 0.0001 * n) for n in range(3_000)]
    state = replay(replace(RISING, limit=9.0), samples).state
    assert 50 <= len(state.memory.lows) <= 61
    assert len(msgspec.json.encode(state)) < 4_000
    assert msgspec.json.decode(msgspec.json.encode(state), type=State) == state


def test_a_value_that_stands_is_stuck_until_it_moves() -> None:
    samples = [Sample(second * S, 4.2) for second in range(0, 100, 10)]
    moved = [Sample(100 * S, 4.3), Sample(110 * S, 4.3)]
    assert fold(FROZEN, [*samples, *moved]) == (Episode(60 * S, 100 * S, Evidence.FIRM),)


@pytest.mark.parametrize(
    ("value", "is_stuck"), [(4.2, True), (4.25, True), (4.4, False), ("dry", False), (True, False)]
)
def test_a_tolerance_says_what_counts_as_a_move(value: Value, *, is_stuck: bool) -> None:
    rule = replace(FROZEN, tolerance=0.1)
    samples = [(second, 4.2, GOOD) for second in range(0, 60, 10)]
    assert (said(rule, *samples, (60, value, GOOD))[-1] is F) is is_stuck


@pytest.mark.parametrize("quality", [LOST, TEST])
def test_a_bad_or_test_sample_starts_the_count_anew(quality: Quality) -> None:
    value = None if quality is LOST else 9.9
    samples = [(0, 4.2, GOOD), (30, value, quality), (50, 4.2, GOOD), (80, 4.2, GOOD)]
    assert said(FROZEN, *samples) == [U, U, U, U]
    assert said(FROZEN, *samples, (110, 4.2, GOOD))[-1] is F


def test_a_gap_is_no_proof_of_standing_still() -> None:
    assert said(FROZEN, (0, 4.2, GOOD), (3_600, 4.2, GOOD), (3_620, 4.2, GOOD)) == [U, U, U]


def test_a_doubtful_move_does_not_clear() -> None:
    samples = [(second, 4.2, GOOD) for second in range(0, 70, 10)]
    assert said(FROZEN, *samples, (70, 5.0, DOUBTFUL))[-2:] == [F, U]


def test_a_memory_of_nothing_takes_no_room() -> None:
    assert msgspec.json.encode(Memory()) == b"{}"
    assert msgspec.json.encode(State()) == b"{}"
