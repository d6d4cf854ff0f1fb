"""An error names its key, and what is nearest."""

import msgspec
import pytest

from simulators.scenario.complaint import Complaint, told, unknown
from simulators.scenario.tables import ScenarioFile

WHOLE = {
    "title": {"en": "a", "zh": "b"},
    "devices": {"ok": {"kind": "ug3"}, "odd": {"kind": "ug3"}},
    "timeline": [{"at": "0s"}],
}


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"devises": 1}, "unknown key 'devises'; did you mean 'devices'?"),
        (
            {"devices": {"ok": {"kind": "ug3"}, "odd": {"kid": "ug3"}}},
            "devices.odd: unknown key 'kid'; did you mean 'kind'?",
        ),
        (
            {"devices": {"ok": {"kind": "ug3"}, "odd": {"kind": 3}}},
            "devices.odd.kind: Expected `str`, got `int`",
        ),
        ({"devices": {"Odd": {"kind": "ug3"}}}, "devices.Odd: a name is small letters"),
        (
            {"timeline": [{"at": "0s"}, {"at": "1s", "expect": [{"withn": "2s"}]}]},
            "timeline[1].expect[0]: unknown key 'withn'; did you mean 'within'?",
        ),
        ({"timeline": [{"at": 3}]}, "timeline[0].at: Expected `str`, got `int`"),
        ({"title": {"en": "a", "fr": "b", "zh": "c"}}, "title: unknown key 'fr'; known: en, zh"),
    ],
)
def test_the_key_stands_in_front(wrong: dict[str, object], text: str) -> None:
    found = WHOLE | wrong
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(found, ScenarioFile)
    complaint = told(str(refused.value), found)
    assert f"{complaint.key}: {complaint.text}".removeprefix(": ").startswith(text)


@pytest.mark.parametrize(
    ("complaint", "text"),
    [
        (Complaint("lines.pole", "odd"), "a.toml:3: lines.pole: odd"),
        (Complaint("lines.pole", "odd", "lines.pole.x"), "a.toml:4: lines.pole: odd"),
        (Complaint("lines.pole.port", "missing"), "a.toml:3: lines.pole.port: missing"),
        (Complaint("", "unknown key 'b'", "b"), "a.toml:1: unknown key 'b'"),
        (Complaint("devices", "missing"), "a.toml: devices: missing"),
    ],
)
def test_the_line_is_that_of_the_key_or_of_what_lacks_it(complaint: Complaint, text: str) -> None:
    assert str(complaint.of("a.toml", "b = 1\n\n[lines.pole]\nx = 2\n")) == text


def test_without_a_near_one_all_are_named() -> None:
    assert unknown("line", "q", ["pole", "bus"]) == "unknown line 'q'; known: pole, bus"
    assert unknown("line", "q", []) == "unknown line 'q'; known: none"
