import string

import pytest

from alarm_rules.rule import Mark, Severity
from device_profiles.model import DeviceKind, Grade, ValueKind
from device_profiles.sheet_words import _WORDS, heads, joined, listed, say, value_text
from device_profiles.transport import Carrier


@pytest.mark.parametrize("word", _WORDS)
def test_both_languages_say_the_same(word: str) -> None:
    english, chinese = _WORDS[word]
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in (english, chinese)
    ]
    assert fields[0] == fields[1]


@pytest.mark.parametrize("words", [DeviceKind, Grade, ValueKind, Severity, Mark, Carrier])
def test_every_word_of_a_profile_has_a_name(words: type) -> None:
    assert all(say("zh", word) for word in words)  # type: ignore[attr-defined]  # an enum


def test_sentences_are_joined_as_each_language_does() -> None:
    assert joined("en", ["a", "", "b"]) == "a; b"
    assert joined("zh", ["a", "b"]) == "a；b"
    assert listed("zh", ["a", "b"]) == "a、b"
    assert heads("en", "point", "unit_of") == ("point", "unit")


def test_values_are_told_as_people_read_them() -> None:
    assert [value_text("zh", one) for one in (True, 2.0, "warm_up")] == ["真", "2", "warm_up"]
