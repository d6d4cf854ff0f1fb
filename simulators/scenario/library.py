"""The scenarios that are shipped: `simulators run underpass-flood` takes one by its name."""

from importlib import resources
from pathlib import Path
from typing import Final

from simulators.scenario.complaint import ScenarioError, unknown
from simulators.scenario.model import Scenario
from simulators.scenario.read import read_scenario
from simulators.scenario.rehearsal import rehearse

FOLDER: Final = resources.files("simulators") / "scenarios"
SUFFIX: Final = ".toml"


def shipped() -> list[str]:
    """Return the names, in order."""
    found = (one.name for one in FOLDER.iterdir())
    return sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX))


def load(wanted: str) -> Scenario:
    """Return a shipped scenario by its name, or that of a file, all its orders understood.

    Raises ScenarioError.
    """
    if wanted in shipped():
        file = wanted + SUFFIX
        text = (FOLDER / file).read_text(encoding="utf-8")
    else:
        file, text = wanted, _text_of(wanted)
    name = Path(file).name.removesuffix(SUFFIX)
    scenario = read_scenario(text, name=name, file=file)
    rehearse(scenario, file, text)
    return scenario


def _text_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except FileNotFoundError as wrong:
        told = unknown("scenario", file, shipped())
        raise ScenarioError(f"{told}; or the name of a file") from wrong
    except (OSError, UnicodeDecodeError) as wrong:
        raise ScenarioError(f"{file}: {wrong}") from wrong
