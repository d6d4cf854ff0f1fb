"""Cross-checks of what founds a profile: its grade, and doubts that somebody has to try out."""

from collections.abc import Iterator

from device_profiles.handbook import english
from device_profiles.model import Grade, Profile
from device_profiles.typed_toml import Problem

_DOUBTS = (
    "assume",
    "believe",
    "from memory",
    "not documented",
    "not stated",
    "not verified",
    "undocumented",
    "unverified",
)


def check_evidence(profile: Profile) -> Iterator[Problem]:
    """Memory alone is not shipped; a doubt that a caveat names is to be tried on hardware."""
    evidence = profile.evidence
    if evidence.grade is Grade.C:
        message = "is C: what is only remembered is not shipped; find the maker's document"
        yield Problem("evidence", "grade", message)
    if evidence.verify_on_hardware:
        return
    for index, caveat in enumerate(evidence.caveats):
        text = english(caveat).lower()
        doubt = next((word for word in _DOUBTS if word in text), None)
        if doubt is not None:
            message = f"is missing: caveats[{index}] says {doubt!r}, so say what is to be tried"
            yield Problem("evidence", "verify_on_hardware", message)
            return
