"""A rule's standing at other times: as if the samples had come there, or as if time had jumped."""

import msgspec

from alarm_rules.memory import Extreme, Memory
from alarm_rules.transition import State
from ingest_server.alarm.judge import Mark, Standing
from ingest_server.alarm.move_time import moved_due, moved_standing
from ingest_server.db.retime import Moves, Retime

BOOT, END, DELTA = 1_000, 2_000, -300
TIMES = Retime(Moves.TIMES, BOOT, END, DELTA)
CLOCK = Retime(Moves.CLOCK, BOOT, END, 5_000)
STATE = State(
    seen_us=1_900,
    through_us=1_950,
    active_since_us=1_500,
    turning_us=1_800,
    alive_us=500,
    memory=Memory(lows=(Extreme(1_100, 7.0, is_test=False),), held=1_234.0, held_us=1_200),
)
STANDING = Standing(STATE, (Mark(0, State()), Mark(900, State()), Mark(1_400, STATE)))


def test_every_time_within_the_span_moves_and_nothing_else_does() -> None:
    moved = moved_standing(STANDING, TIMES)
    assert moved.state == State(
        seen_us=1_600,
        through_us=1_650,
        active_since_us=1_200,
        turning_us=1_500,
        alive_us=500,
        memory=Memory(lows=(Extreme(800, 7.0, is_test=False),), held=1_234.0, held_us=900),
    )
    assert [mark.at_us for mark in moved.marks] == [0, 900, 1_100]
    assert moved.marks[-1].state == moved.state
    assert moved.last_us == 1_650


def test_marks_stay_in_order_and_the_oldest_stays() -> None:
    far = msgspec.structs.replace(TIMES, delta_us=-1_200)
    assert [mark.at_us for mark in moved_standing(STANDING, far).marks] == [0, 200, 900]
    farther = msgspec.structs.replace(TIMES, delta_us=-1_400)
    assert [mark.at_us for mark in moved_standing(STANDING, farther).marks] == [0, 900]


def test_a_clock_that_goes_on_elsewhere_keeps_delays_and_beginnings() -> None:
    moved = moved_standing(STANDING, CLOCK)
    assert moved.state.active_since_us == 1_500
    assert (moved.state.turning_us, moved.state.through_us) == (6_800, 6_950)
    assert moved.state.alive_us == 5_500
    assert moved.marks == (Mark(6_950, moved.state),)


def test_what_is_due_is_looked_at_rather_too_early() -> None:
    assert moved_due(None, TIMES) is None
    assert moved_due(1_700, TIMES) == 1_400
    assert moved_due(1_700, CLOCK) == 1_700
