import pytest

from device_profiles.describe import sheet_of
from device_profiles.handbook import said
from device_profiles.model import Profile
from device_profiles.sheet import Command, Facts, Items, Section, Sheet, Table
from device_profiles.show import summarise, terminal, transport_word
from runtime.language import width
from tests.shipped import PROFILES

SHEET = Sheet(
    title="Gauge",
    subtitle="Nobody, none",
    facts=Facts((("kind", "water"), ("a longer name", "one two three"))),
    sections=(
        Section("Points", (Table(("point", "what"), (("level", "how deep it is"),)),)),
        Section("Caveats", (Items(("one two three four", "five"), "Mind"), Command("run", "Try"))),
    ),
)


def squeezed(text: str) -> str:
    """Without what the columns and lines add."""
    return "".join(text.split())


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_every_point_rule_action_and_doubt_is_shown(profile: Profile, lang: str) -> None:
    text = squeezed(terminal(sheet_of(profile, lang, hash_="0" * 16), 100_000, bold=False))
    for one in (*profile.points, *profile.rules, *profile.actions, *profile.settings):
        assert one.id in text
        assert squeezed(getattr(one.title, lang)) in text
    for doubt in (*profile.evidence.caveats, *profile.evidence.verify_on_hardware):
        assert squeezed(said(doubt, lang)) in text


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_it_fits_a_terminal(profile: Profile) -> None:
    lines = terminal(sheet_of(profile, "zh"), 120, bold=False).splitlines()
    wide = [line for line in lines if width(line) > 120]
    assert all(max(map(width, line.split())) > 40 for line in wide), wide


def test_titles_facts_tables_and_lists_are_laid_out() -> None:
    assert terminal(SHEET, 24, bold=False).splitlines() == [
        "Gauge",
        "Nobody, none",
        "  kind           water",
        "  a longer name  one two three",
        "",
        "Points",
        "  point  what",
        "  level  how deep it is",
        "",
        "Caveats",
        "  Mind",
        "  - one two three four",
        "  - five",
        "",
        "  Try",
        "    run",
    ]


def test_titles_may_be_bold() -> None:
    assert terminal(SHEET, 80, bold=True).startswith("\x1b[1mGauge\x1b[0m\n")


def test_a_list_has_one_line_for_each() -> None:
    head, line = summarise([PROFILES["calectro_ug3"]], "zh")
    assert head.split()[:2] == ["档案", "类别"]
    assert line.endswith("Calectro UG-3 风管感烟探测器")
    assert transport_word(PROFILES["calectro_ug3"]) == "modbus"
