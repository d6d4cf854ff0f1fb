"""The demo says the same in both languages, and says nothing that it has no words for."""

import ast
import inspect
import string

import pytest

from simulators import demo, demo_incidents, demo_scene
from simulators.delivery_text import Language
from simulators.demo_words import TEXTS

ENGLISH, CHINESE = TEXTS["en"], TEXTS["zh"]
SOURCE = "\n".join(inspect.getsource(one) for one in (demo, demo_scene, demo_incidents))
HAN = range(0x4E00, 0xA000)


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def told() -> dict[str, set[str]]:
    """The keys that are told with a name written out, each with the words it gives."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(SOURCE)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".tell"):
            key = node.args[1]
            if isinstance(key, ast.Constant):
                found[str(key.value)] = {str(word.arg) for word in node.keywords}
    return found


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(ENGLISH) == list(CHINESE)


@pytest.mark.parametrize("key", ENGLISH)
def test_a_text_has_the_same_placeholders_in_both_languages(key: str) -> None:
    assert placeholders(ENGLISH[key]) == placeholders(CHINESE[key])
    assert "" not in placeholders(ENGLISH[key])


@pytest.mark.parametrize("language", TEXTS)
def test_no_two_events_are_told_alike(language: Language) -> None:
    texts = list(TEXTS[language].values())
    assert all(text.strip() == text != "" for text in texts)
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("key", ENGLISH)
def test_each_is_in_its_language(key: str) -> None:
    assert not any(ord(letter) in HAN for letter in ENGLISH[key])
    assert any(ord(letter) in HAN for letter in CHINESE[key])


def test_the_scene_gives_each_text_the_words_it_needs() -> None:
    assert len(told()) > 10
    for key, words in told().items():
        assert words == set(placeholders(ENGLISH[key])), key


@pytest.mark.parametrize("key", ENGLISH)
def test_no_text_is_left_over(key: str) -> None:
    assert f'"{key}"' in SOURCE
