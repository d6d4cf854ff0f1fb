"""Both languages say the same things."""

from simulators.fleet.words import WORDS


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert all(text.strip() for words in WORDS.values() for text in words.values())


def test_the_progress_line_takes_the_same_figures() -> None:
    figures = {"seconds": 1.0, "up": 1, "links": 2, "taken": 3, "receipted": 4, "outstanding": 5}
    for words in WORDS.values():
        assert "1/2" in words["progress"].format(**figures)
