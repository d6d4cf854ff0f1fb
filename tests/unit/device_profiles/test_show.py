import pytest

from device_profiles.load import catalog
from device_profiles.model import Profile, said
from device_profiles.show import describe, summarise

PROFILES = catalog()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_every_point_rule_and_doubt_is_shown(profile: Profile, lang: str) -> None:
    shown = profile
    text = describe(shown, "0123456789abcdef", lang)
    for one in (*shown.points, *shown.rules, *shown.actions):
        assert one.id in text
        assert getattr(one.title, lang) in text
    for doubt in (*shown.evidence.caveats, *shown.evidence.verify_on_hardware):
        assert said(doubt, lang) in text


def test_a_list_has_one_line_for_each() -> None:
    assert summarise(PROFILES["calectro_ug3"], "zh").endswith("Calectro UG-3 风管感烟探测器")
