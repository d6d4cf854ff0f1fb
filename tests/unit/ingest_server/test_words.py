"""The words of the command line: both languages have all of them, with the same fields."""

import string

import pytest

from ingest_server.words import _WORDS, LANGUAGES, language_of, say


@pytest.mark.parametrize("word", _WORDS)
def test_both_languages_say_the_same(word: str) -> None:
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(_WORDS[word][language]) if name}
        for language in LANGUAGES
    ]
    assert fields[0] == fields[1]


def test_the_locale_chooses() -> None:
    assert [language_of(one) for one in ("zh_CN.UTF-8", "ZH", "en_GB", "", "C")] == [
        "zh",
        "zh",
        "en",
        "en",
        "en",
    ]


def test_values_are_filled_in() -> None:
    assert say("en", "no_receiver", id="a", known="b") == "there is no receiver a; known: b"
