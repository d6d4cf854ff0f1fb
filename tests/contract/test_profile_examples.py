"""The frames that a profile shows: each is known from elsewhere, and means something to us."""

import json
from pathlib import Path

import pytest

from device_profiles.handbook import Example
from device_profiles.model import Profile
from edge_agent.__main__ import main
from tests.shipped import PROFILES

PRINTED = {
    one["hex"]
    for one in json.loads(Path(__file__).with_name("device_frames.json").read_text("utf-8"))
}
EXAMPLES = [
    pytest.param(profile, example, id=f"{profile.id}: {example.title.en}")
    for profile in PROFILES.values()
    for example in profile.examples
]


def test_every_shipped_profile_shows_a_frame() -> None:
    assert [profile.id for profile in PROFILES.values() if not profile.examples] == []


@pytest.mark.parametrize(("profile", "example"), EXAMPLES)
def test_it_is_known_from_elsewhere_and_decoded(
    profile: Profile, example: Example, capsys: pytest.CaptureFixture[str]
) -> None:
    assert example.frame in PRINTED
    assert example.request is None or example.request in PRINTED
    request = [] if example.request is None else ["--request", example.request]
    assert main(["decode", profile.id, example.frame, *request, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["frame"] == "ok"
    assert told["points"]
