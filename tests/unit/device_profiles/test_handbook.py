from alarm_rules.rule import Words
from device_profiles.handbook import english, said


def test_a_remark_is_said_in_the_language_or_in_english() -> None:
    both = Words("For ducts.", "用于风管。")
    assert said(both, "zh") == "用于风管。"
    assert said(both, "en") == english(both) == "For ducts."
    assert said("For ducts.", "zh") == english("For ducts.") == "For ducts."
