"""A whole scenario is read; what is wrong is refused with file, key and what would be right."""

import pytest

from simulators.scenario.complaint import ScenarioError
from simulators.scenario.model import Carrier, Line, Others
from simulators.scenario.read import read_scenario
from tests.unit.simulators.scenario.storm import other_storm, storm

SECOND = 1_000_000


def test_what_a_file_says() -> None:
    found = storm()
    assert found.title == {"en": "A storm", "zh": "暴雨"}
    assert (found.fastest, found.others, found.length_us) == (10, Others.REFUSED, 30 * SECOND)
    ruler, gauge, panel = found.devices
    assert (ruler.line, ruler.place, ruler.unit, ruler.profile) == ("pole", "road", 3, "bcd_ruler")
    assert (gauge.unit, gauge.place) == (7, "road")
    assert (panel.line, panel.place, panel.unit) == ("panel", "panel", None)
    assert found.lines == (Line("pole", Carrier.TCP), Line("panel"))
    assert [(one.at_us, one.device, one.order) for one in found.steps] == [
        (0, "ruler", "level 0.02"),
        (10 * SECOND, "ruler", "rise 0.6/min 0.3"),
    ]
    assert found.steps[1].text["zh"] == "下雨"


def test_windows_of_expectations() -> None:
    first, second, none = storm().expectations
    assert (first.device, first.rule, first.severity) == ("ruler", "water_notice", "notice")
    assert (first.from_us, first.to_us, first.within_us) == (
        10 * SECOND,
        23 * SECOND,
        2 * SECOND,
    )
    assert (first.least, first.most, first.type) == (1, None, "alarm.raised")
    assert (second.device, second.most, second.within_us) == ("gauge", 1, 5 * SECOND)
    assert (none.device, none.rule, none.least, none.most) == ("panel", None, 0, 0)


def test_a_length_may_be_longer() -> None:
    assert storm(fastest='length = "1min"').length_us == 60 * SECOND


@pytest.mark.parametrize(
    ("swapped", "line", "told"),
    [
        ({"title": 'titel = "x"'}, 1, "unknown key 'titel'; did you mean 'title'?"),
        ({"kind": 'kind = "bcd-rule"'}, 8, "devices.ruler.kind: unknown kind 'bcd-rule'; did you"),
        ({"kind": 'kind = "manhole"'}, 8, "devices.ruler.kind: manhole is two devices"),
        ({"carrier": 'carrier = "bus"'}, 5, "lines.pole.carrier: Invalid enum value 'bus'"),
        ({"line": "[lines.pool]"}, 4, "lines.pool: no device names this line"),
        (
            {"line": ""},
            8,
            "devices.ruler.line: unknown line 'pole'; known: none; write [lines.pole]",
        ),
        ({"carrier": 'carrier = "pty"\nport = 1'}, 6, "lines.pole.port: a pty has none"),
        ({"panel": 'kind = "gst9000"\nline = "pole"'}, 4, "lines.pole: panel talks by itself"),
        (
            {"panel": 'kind = "gst9000"\nunit = 1'},
            21,
            "devices.panel.unit: a gst9000 has no address",
        ),
        (
            {"name": '[lines.panel]\ncarrier = "tcp"\n[devices.panel]'},
            20,
            'lines.panel.carrier: panel speaks on a "pty" only',
        ),
        ({"unit": "unit = 3"}, 16, "devices.gauge.unit: ruler has unit 3 on pole; give another"),
        ({"at": 'at = "soon"'}, 28, "timeline[1].at: 'soon' is not a duration: write 500ms"),
        (
            {"told": 'device = "rular"\ndo = "level 0"'},
            24,
            "timeline[0].device: unknown device 'rular'",
        ),
        ({"told": 'do = "level 0.02"'}, 22, "timeline[0].device: missing: which device"),
        ({"zero": ""}, 22, "timeline[0]: nothing happens; write `do`, or `expect`"),
        ({"rule": 'severity = "notice"'}, 33, "timeline[1].expect[0].rule: missing"),
        ({"window": 'for = "x"'}, 33, "timeline[1].expect[0].for: 'x' is not a duration"),
        ({"most": "most = 0"}, 34, "timeline[1].expect[1].most: is at least 1"),
        (
            {"nothing": "nothing = true, least = 2"},
            35,
            "timeline[1].expect[2].nothing: stands without",
        ),
        ({"fastest": 'length = "5s"'}, 2, "length: 5s is before 30s; time does not go back"),
        ({"fastest": "fastest ="}, 2, "storm.toml:2: Invalid value"),
    ],
)
def test_what_is_wrong_is_named(swapped: dict[str, str], line: int, told: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read_scenario(other_storm(swapped), name="storm", file="storm.toml")
    assert str(refused.value).startswith(f"storm.toml:{line}: ")
    assert told in str(refused.value)


def test_time_does_not_go_back() -> None:
    back = '[[timeline]]\nat = "9s"\ndevice = "ruler"\ndo = "level 0"\n'
    with pytest.raises(
        ScenarioError, match=r"toml:38: timeline\[2\].at: 9s is before 10s; time does not"
    ):
        read_scenario(other_storm({}) + back, name="storm", file="storm.toml")


def test_an_alarm_is_of_a_device() -> None:
    nobody = '[[timeline]]\nat = "11s"\nexpect = [{ rule = "smoke" }]\n'
    with pytest.raises(ScenarioError, match=r"timeline\[2\].expect\[0\].device: missing"):
        read_scenario(other_storm({}) + nobody, name="storm", file="storm.toml")


def test_what_is_cut_off_has_no_line() -> None:
    with pytest.raises(ScenarioError, match=r"^storm\.toml: .*\(at end of document\)$"):
        read_scenario('title = { en = "A storm"', name="storm", file="storm.toml")
