"""The likest of the known names, or none."""

from runtime.likeness import nearest

LINES = ("shed", "street", "wells")


def test_the_likest_first_and_no_more_than_wanted() -> None:
    assert nearest("shad", LINES) == ["shed"]
    assert nearest("stret", iter(LINES), most=3, least=0.5) == ["street"]


def test_what_is_like_none_of_them_has_none() -> None:
    assert nearest("attic", LINES) == []
    assert nearest("shad", LINES, least=0.8) == []
