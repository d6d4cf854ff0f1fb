"""Colours on a terminal alone, never against NO_COLOR, and columns stay where they are."""

import re

from edge_agent.show.paint import painted, wants_colour
from edge_agent.show.status_words import Words
from runtime.language import Language


def test_when_colours_are_wanted() -> None:
    assert wants_colour({}, is_terminal=True)
    assert not wants_colour({}, is_terminal=False)
    assert not wants_colour({"NO_COLOR": "1"}, is_terminal=True)
    assert not wants_colour({"TERM": "dumb"}, is_terminal=True)


def test_states_are_painted_and_nothing_else() -> None:
    lines = ["smoke-01  shed  dead       x", "dead-end  shed  answering  deadly"]
    done = painted(lines, Words(Language.EN))
    assert done == [
        "smoke-01  shed  \x1b[31mdead\x1b[0m       x",
        "dead-end  shed  \x1b[32manswering\x1b[0m  deadly",
    ]
    assert [re.sub("\x1b\\[\\d+m", "", line) for line in done] == lines


def test_in_chinese_too() -> None:
    (done,) = painted(["smoke-01  shed  失联  x"], Words(Language.ZH))
    assert "\x1b[31m失联\x1b[0m" in done
