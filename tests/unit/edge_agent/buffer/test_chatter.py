"""A point that chatters is told by name, once."""

from edge_agent.buffer.chatter import LOOK_US, Chatter
from edge_agent.buffer.pace import Budget, Pace

MINUTE_US = 60_000_000


def test_it_is_told_when_it_begins_and_again_after_a_rest() -> None:
    told = list[str]()
    pace = Pace(point=Budget(1, 1))
    chatter = Chatter(pace, told.append)
    pace.judge(("shed", "smoke"), 0)
    chatter.look(0)
    assert told == []
    pace.judge(("shed", "smoke"), 1)
    chatter.look(1)
    assert told == []  # it looked within this second
    chatter.look(LOOK_US)
    chatter.look(2 * LOOK_US)
    assert len(told) == 1
    assert told[0].startswith("shed:smoke changes without end")
    chatter.look(2 * MINUTE_US)
    pace.judge(("shed", "smoke"), 2 * MINUTE_US)
    pace.judge(("shed", "smoke"), 2 * MINUTE_US + 1)
    chatter.look(2 * MINUTE_US + LOOK_US)
    assert len(told) == 2
