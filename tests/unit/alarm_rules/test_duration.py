import pytest

from alarm_rules.duration import duration_text, parse_duration


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("500ms", 500_000),
        ("1s", 1_000_000),
        ("1.5s", 1_500_000),
        ("10min", 600_000_000),
        ("2 h", 7_200_000_000),
        ("1d", 86_400_000_000),
        ("7us", 7),
    ],
)
def test_reads_what_people_write(text: str, microseconds: int) -> None:
    assert parse_duration(text) == microseconds


@pytest.mark.parametrize("text", ["", "5", "s", "-1s", "1e3s", "1 sec", "0.5us", "1s\n", "１s"])
def test_refuses_the_rest_and_says_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 500ms|finer than"):
        parse_duration(text)


@pytest.mark.parametrize("microseconds", [0, 1, 1_500, 90_000_000, 3_600_000_000])
def test_text_reads_back(microseconds: int) -> None:
    assert parse_duration(duration_text(microseconds)) == microseconds
