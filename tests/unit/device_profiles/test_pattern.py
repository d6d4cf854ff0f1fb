import pytest

from device_profiles.pattern import unsafe


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\d{3})-\d{3}",
        r"\x1b9\s*(.+?)\n",
        r"(?:\d{2}/){2}(\d+)",
        r"(首次火警|火警|系统复位)",
        r"[(+]*(a)",
        r"\(+(a)\)+",
        r"(?:a|b)?(c+)",
        r"(\d{1,3})(?=\.)",
    ],
)
def test_plain_ones_are_safe(pattern: str) -> None:
    assert unsafe(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(a", "is no regular expression: missing ), unterminated subpattern"),
        ("a+", "has 0 groups: put () around the one part that is the value"),
        ("(a)(b)", "has 2 groups"),
        ("(a+)+", "repeats what itself repeats"),
        ("(a{1,9})*", "repeats what itself repeats"),
        ("(?:a|ab)+(c)", "repeats what itself repeats or branches"),
        ("(?:(?:x+)y)*(z)", "repeats what itself repeats"),
    ],
)
def test_others_say_what_is_wrong(pattern: str, told: str) -> None:
    message = unsafe(pattern)
    assert message is not None
    assert message.startswith(told)
