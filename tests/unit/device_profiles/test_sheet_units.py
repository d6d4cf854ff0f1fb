import pytest

from device_profiles.sheet_units import amount, time_text, unit_text


@pytest.mark.parametrize(
    ("microseconds", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (60, "60 µs", "60 微秒"),
        (500_000, "500 ms", "500 毫秒"),
        (150_000_000, "150 s", "150 秒"),
        (300_000_000, "5 min", "5 分钟"),
        (43_200_000_000, "12 h", "12 小时"),
        (604_800_000_000, "7 d", "7 天"),
    ],
)
def test_times(microseconds: int, english: str, chinese: str) -> None:
    assert (time_text("en", microseconds), time_text("zh", microseconds)) == (english, chinese)


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (0.25, "m", "0.25 m", "0.25 m"),
        (0.2, "/", "0.2 (20 %)", "0.2 (20 %)"),
        (3.0, None, "3", "3"),
        (3.0, "count", "3", "3"),
        (10.0, "deg", "10°", "10°"),
        (-5.0, "Cel", "-5 °C", "-5 °C"),
        (25.0, "1/min", "25 1/min", "25 次/分钟"),
        (20.0, "s", "20 s", "20 s"),
        (300.0, "s", "5 min", "5 分钟"),
        (604_800.0, "s", "7 d", "7 天"),
    ],
)
def test_amounts_have_their_unit(value: float, unit: str, english: str, chinese: str) -> None:
    assert (amount("en", value, unit), amount("zh", value, unit)) == (english, chinese)


def test_units_as_people_know_them() -> None:
    assert [unit_text("en", one) for one in ("/", "Cel", "m")] == ["ratio", "°C", "m"]
    assert [unit_text("zh", one) for one in ("/", "beat/min", "V")] == ["比值", "次/分钟", "V"]
