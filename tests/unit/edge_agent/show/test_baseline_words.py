"""Every word of baselines in both languages, with the same places to fill in."""

import re

import pytest

from edge_agent.baseline.taken import Standing
from edge_agent.show.baseline_words import Words
from runtime.language import Language

EN, ZH = Words(Language.EN), Words(Language.ZH)


@pytest.mark.parametrize("name", [*Standing, "done", "before", "refused", "cleared", "contact"])
def test_both_say_the_same(name: str) -> None:
    assert EN(name) != ZH(name)
    places = [sorted(re.findall(r"{\w+}", words(name))) for words in (EN, ZH)]
    assert places[0] == places[1]


def test_an_unknown_word_stands_for_itself() -> None:
    assert EN("of_a_newer_agent") == "of_a_newer_agent"
