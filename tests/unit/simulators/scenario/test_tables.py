"""The tables of a file are typed and bounded."""

import msgspec
import pytest

from simulators.scenario.tables import ScenarioFile

LEAST = {
    "title": {"en": "a", "zh": "b"},
    "devices": {"x": {"kind": "ug3"}},
    "timeline": [{"at": "0s"}],
}


def test_the_least_that_a_file_holds() -> None:
    found = msgspec.convert(LEAST, ScenarioFile)
    assert found.devices["x"].kind == "ug3"
    assert (found.fastest, found.others) == (1.0, "refused")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": {"en": "a"}},
        {"devices": {}},
        {"timeline": []},
        {"fastest": 0},
        {"others": "ignored"},
        {"lines": {"x": {"carrier": "usb"}}},
        {"lines": {"x": {"port": 65_536}}},
        {"devices": {"x": {"kind": "ug3", "unit": 256}}},
        {"timeline": [{"at": "0s", "do": " "}]},
        {"timeline": [{"at": "0s", "expect": [{"type": "heartbeat"}]}]},
        {"timeline": [{"at": "0s", "expect": [{"severity": "bad"}]}]},
        {"timeline": [{"at": "0s", "expect": [{"least": -1}]}]},
    ],
)
def test_what_is_out_of_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(LEAST | wrong, ScenarioFile)
