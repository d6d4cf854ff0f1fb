"""The file that keeps which version of a profile means what: read, written, told with lines."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from device_profiles.load import SHIPPED
from device_profiles.meaning import Finding, Kept, VersionFault, judge, keep
from device_profiles.model import Profile
from device_profiles.toml_file import FileProblem, TomlFile, UnreadableError, read_toml
from device_profiles.typed_toml import Problem, read_table

VERSIONS: Final = Path(__file__).with_name("versions.toml")
_HEAD: Final = """\
# Which version of a shipped profile means what, written by `device-profiles lock`; do not edit.
# A profile whose points, rules, transport or actions change gets a higher version first.
"""
_NO_TABLE: Final = (Problem("", "", "is no table: take this file from the repository again"),)
_MENDED_BY_WRITING: Final = frozenset({VersionFault.NOT_KEPT, VersionFault.GONE})


def version_problems(
    profiles: Mapping[str, Profile], file: Path = VERSIONS, folder: Path = SHIPPED
) -> list[FileProblem]:
    """Every fault of a version, at its line of the profile's file; none: all versions are true."""
    kept, problems, told = _read(file)
    if problems or told is None:
        return problems
    return [_placed(one, told, folder) for one in judge(profiles, kept)]


def write_versions(
    profiles: Mapping[str, Profile], file: Path = VERSIONS, folder: Path = SHIPPED
) -> list[FileProblem]:
    """Write down what the versions mean; what only a higher version mends comes back unwritten.

    A file that is not there is begun. Raise OSError.
    """
    if file.exists():
        kept, problems, told = _read(file)
        if problems or told is None:
            return problems
        stops = [one for one in judge(profiles, kept) if one.fault not in _MENDED_BY_WRITING]
        if stops:
            return [_placed(one, told, folder) for one in stops]
    file.write_text(_HEAD + "".join(_entry(*one) for one in keep(profiles).items()), "utf-8")
    return []


def _entry(name: str, kept: Kept) -> str:
    return f'\n[{name}]\nversion = {kept.version}\nmeaning = "{kept.meaning}"\n'


def _read(file: Path) -> tuple[dict[str, Kept], list[FileProblem], TomlFile | None]:
    try:
        told = read_toml(file, "run `device-profiles lock`")
    except UnreadableError as error:
        return {}, [error.problem], None
    kept: dict[str, Kept] = {}
    problems: list[Problem] = []
    for name, table in told.raw.items():
        one = read_table(table, Kept) if isinstance(table, dict) else _NO_TABLE
        if isinstance(one, Kept):
            kept[name] = one
        else:
            problems += [Problem(name, wrong.key, wrong.message) for wrong in one]
    return kept, told.placed(problems), told


def _placed(finding: Finding, told: TomlFile, folder: Path) -> FileProblem:
    """At the version in the profile's own file; of what is gone, where it is kept."""
    if finding.fault is VersionFault.GONE:
        return told.placed([Problem(finding.profile, "", finding.remedy)])[0]
    wrong = Problem("", "version", finding.remedy)
    for path in folder.rglob(f"{finding.profile}.toml"):
        return read_toml(path).placed([wrong])[0]
    return FileProblem(finding.profile, wrong)
