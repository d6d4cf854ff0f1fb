import tomllib
from typing import Annotated, Any

import msgspec
import pytest

from device_profiles.encoding import FrameCode
from device_profiles.toml_words import remedy_for, wrong_value

Small = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]+\Z", extra={"means": "small letters"})]
Filled = Annotated[str, msgspec.Meta(min_length=1)]


def told(raw: Any, to: Any) -> str:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(raw, to)
    return wrong_value(raw, to, str(caught.value))


@pytest.mark.parametrize(
    ("raw", "to", "words"),
    [
        ("0x0005", int, "is '0x0005': expected `int`, got `str`; write 0x0005 without quotes"),
        ("0.25", float, "is '0.25': expected `float`, got `str`; write 0.25 without quotes"),
        ("five", int, "is 'five': expected `int`, got `str`; write a number"),
        (5, str, "is 5: expected `str`, got `int`; write it in quotes"),
        (
            "true",
            bool,
            "is 'true': expected `bool`, got `str`; write true or false, without quotes",
        ),
        ("a", list[str], "is 'a': expected `array`, got `str`; write it in [ ]"),
        (
            [1],
            dict[str, int],
            "is [1]: expected `object`, got `array`; write it as { key = value }",
        ),
        ("", Filled, "is '': expected `str` of length >= 1: it must not be empty"),
        (70000, Annotated[int, msgspec.Meta(le=9)], "is 70000: expected `int` <= 9"),
        ("BIG", Small, "is 'BIG', should be small letters"),
        ({"BIG": 1}, dict[Small, int], "is {'BIG': 1}, should be small letters"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(raw: Any, to: Any, words: str) -> None:
    assert told(raw, to) == words


def test_a_code_is_told_with_an_example() -> None:
    assert "such as '83 01'" in told("8301", FrameCode)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("[a]\nb = 1\n[[a]]\n", "[[name]]"),
        ("a = { b = 1 c = 2 }", "comma"),
        ("a = [1 2]", "comma"),
        ('a = "b\n', "quote"),
        ("[a\n", "[name]"),
        ("a: 1\n", "key = value"),
        ("a = True\n", "small letters"),
        ("a = b\n", "quotes"),
        ("a = 1 b = 2\n", "line of its own"),
        ("a = 1\na = 2\n", "twice"),
        ("a = { b = 1 }\n[a.c]\n", ""),
        ('a = "x\x00"', "character"),
    ],
)
def test_what_is_no_toml_is_told_with_what_was_likely_meant(text: str, remedy: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert remedy in remedy_for(str(caught.value)), caught.value


def test_an_unknown_complaint_has_no_remedy() -> None:
    assert remedy_for("Something new") == ""
