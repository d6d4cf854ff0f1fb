"""Every word is in both languages, and a sentence has the same gaps in both."""

import re

from edge_agent.show.status_words import _TEXTS, Words
from runtime.language import Language


def test_both_languages_have_the_same_gaps() -> None:
    for name, (english, chinese) in _TEXTS.items():
        gaps = [sorted(re.findall(r"\{\w*", text)) for text in (english, chinese)]
        assert gaps[0] == gaps[1], name


def test_an_unknown_name_stands_for_itself() -> None:
    assert Words(Language.ZH)("urgent_full") == "urgent_full"
