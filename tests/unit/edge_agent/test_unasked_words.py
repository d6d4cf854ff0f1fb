"""What a line hears unasked is said with what to look for, in both languages."""

from edge_agent.health import Unasked
from edge_agent.unasked_words import doubled_text, heard_text, loud_text
from runtime.language import Language


def test_both_languages_name_device_line_and_remedy() -> None:
    assert "device smoke-01: two devices may have this address" in doubled_text("shed", "smoke-01")
    said = doubled_text("shed", "smoke-01", Language.ZH)
    assert "smoke-01" in said
    assert "shed" in said
    loud = Unasked(1_500, 0.026)
    assert "1500 bytes a minute that nobody asked for (3 %" in loud_text("shed", loud)
    assert "1500 字节" in loud_text("shed", loud, Language.ZH)


def test_of_a_quiet_line_nothing_is_said() -> None:
    assert heard_text("shed", Unasked()) == ""
    assert heard_text("shed", Unasked(3)) == "line shed: 3 bytes a minute that nobody asked for"
