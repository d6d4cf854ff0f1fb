import time

import msgspec
import pytest

from alarm_rules.rule import Rule, points_of
from alarm_rules.transition import State
from ingest_server.alarm.judge import (
    RETENTION_US,
    Judgement,
    Mark,
    Standing,
    due_us,
    is_decided,
    judge,
    judge_ancient,
    judge_time,
    read_standing,
    stand,
)
from ingest_server.alarm.record import Seen
from ingest_server.db.evaluation_book import Kept
from tests.alarm_rig import SECOND, SMOKE, reading
from wire.quality import Quality, Reason, bad

T0 = 1_795_000_000 * SECOND
MINUTE = 60 * SECOND


def rule(name: str) -> Rule:
    return next(one for one in SMOKE.rules if one.id == name)


class Bench:
    """One rule and all samples it has been given."""

    def __init__(self, name: str) -> None:
        self.rule = rule(name)
        self.kept: list[Kept] = []
        self.standing: Standing = stand(self.rule, T0)

    def history(self, after_us: int) -> list[Kept]:
        later = [one for one in self.kept if one.reading.time_us > after_us]
        return sorted(later, key=lambda one: one.reading.time_us)

    def give(self, *samples: tuple[int, bool | None], quality: Quality | None = None) -> Judgement:
        point = (points_of(self.rule) or ("smoke",))[0]
        good = quality or Quality()
        new = [
            Kept(reading(at_us, value, point=point, quality=good), "synchronised")
            for at_us, value in samples
        ]
        self.kept += new
        judgement = judge(self.rule, self.standing, new, self.history)
        self.standing = judgement.standing
        return judgement


def bounds(told: tuple[Seen, ...]) -> list[tuple[int, int | None]]:
    return [(one.since - T0, one.until and one.until - T0) for one in told]


def test_in_order_goes_on_from_the_state() -> None:
    bench = Bench("smoke")
    assert bounds(bench.give((T0, False), (T0 + 5, True)).told) == [(5, None)]
    judgement = bench.give((T0 + 9, False))
    assert bounds(judgement.told) == [(5, 9)]
    assert judgement.cleared_us == T0 + 9


def test_the_witness_is_the_sample_that_fired() -> None:
    (seen,) = Bench("smoke").give((T0, False), (T0 + 5, True)).told
    assert (seen.value, seen.quality, seen.clock) == (True, "good/ok", "synchronised")


def test_thousands_of_episodes_find_their_witnesses_without_looking_through_all() -> None:
    """A point that never rests, its history folded anew by one late sample, delays all others."""
    bench = Bench("smoke")
    began = time.process_time()
    told = bench.give(*((T0 + at, bool(at % 2)) for at in range(24_000))).told
    assert len(told) == 12_000
    assert all(seen.value is True for seen in told)
    assert time.process_time() - began < 3


def test_late_samples_are_folded_from_the_mark_before_them() -> None:
    bench = Bench("smoke")
    for minute in range(30):
        bench.give((T0 + minute * MINUTE, minute == 20))
    late = bench.give((T0 + 10 * MINUTE + SECOND, True))
    assert late.window_us < T0 + 10 * MINUTE + SECOND
    assert late.window_us > T0
    assert bounds(late.told) == [
        (10 * MINUTE + SECOND, 11 * MINUTE),
        (20 * MINUTE, 21 * MINUTE),
    ]
    assert late.cleared_us is None


def test_marks_trail_thin_out_and_end_with_the_retention() -> None:
    bench = Bench("service")
    for minute in range(0, 49 * 60, 2):
        bench.give((T0 + minute * MINUTE, False))
    times = [mark.at_us for mark in bench.standing.marks]
    assert times == sorted(set(times))
    assert len(times) < 40
    newest = bench.standing.last_us
    assert newest - times[-1] >= MINUTE
    assert newest - times[1] < RETENTION_US <= newest - times[0] + 30 * 60 * MINUTE
    assert times[0] > 0


def test_a_lane_that_lags_by_seconds_does_not_undo_the_marks() -> None:
    bench = Bench("offline")
    for second in range(0, 1_200, 2):
        bench.give((T0 + (second + 2) * SECOND, False))
        bench.give((T0 + second * SECOND + 1, False))
    assert bench.standing.last_us - bench.standing.marks[-1].at_us <= 3 * MINUTE


@pytest.mark.parametrize("name", ["unreadable", "offline"])
def test_time_alone_ends_delays(name: str) -> None:
    bench = Bench(name)
    bench.give((T0, None), quality=bad(Reason.DEVICE_EXCEPTION))
    due = due_us(bench.rule, bench.standing.state)
    assert due is not None
    assert judge_time(bench.rule, bench.standing, due - 1).told == ()
    judgement = judge_time(bench.rule, bench.standing, due)
    assert bounds(judgement.told) == [(due - T0, None)]
    assert due_us(bench.rule, judgement.standing.state) is None


def test_what_is_older_than_all_marks_is_told_as_over() -> None:
    old = [Kept(reading(T0 + n, value=n == 1), "unset") for n in (1, 2)]
    assert bounds(judge_ancient(rule("smoke"), old)) == [(1, 2)]
    assert bounds(judge_ancient(rule("smoke"), old[:1])) == [(1, 1)]
    assert judge_ancient(rule("offline"), old) == ()


def test_older_samples_that_are_still_to_come_decide_what_began_before_them_alone() -> None:
    silent = rule("offline")
    alive = State(alive_us=T0)
    since = T0 + MINUTE  # what is older may still come
    assert not is_decided(silent, alive, since, since + 29 * SECOND)
    assert is_decided(silent, alive, since, since + 30 * SECOND)
    heard = State(alive_us=since + 10 * SECOND)
    assert not is_decided(silent, heard, since, since + 39 * SECOND)
    assert is_decided(silent, heard, since, since + 40 * SECOND)
    assert not is_decided(silent, State(), since, since + MINUTE)
    delayed = rule("unreadable")
    assert is_decided(delayed, State(turning_us=since), since, since + MINUTE)
    assert not is_decided(delayed, State(turning_us=since - 1), since, since + MINUTE)
    assert not is_decided(delayed, State(), since, since + MINUTE)


def test_a_standing_is_read_as_it_was_written() -> None:
    state = State(seen_us=7)
    standing = Standing(state, (Mark(0, State()), Mark(5, state)))
    written = msgspec.json.encode(standing.state), msgspec.json.encode(standing.marks)
    assert read_standing(*written) == standing
    with pytest.raises(msgspec.MsgspecError):
        read_standing(written[0], b"{")
