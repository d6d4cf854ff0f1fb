"""TOML files to Profiles: the shipped catalogue or a file, and the hash of what was read."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from device_profiles.check import check_profile
from device_profiles.model import Profile
from device_profiles.typed_toml import Problem, read_table

SHIPPED = Path(__file__).parent / "catalog"
_canonical = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One error and the file it stands in."""

    file: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}"


class CatalogError(Exception):
    """The profiles can not be used; `problems` names every file, table, key and remedy."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load_profile(path: Path) -> Profile:
    """Read and cross-check one file; raise CatalogError with all that is wrong with it."""
    read = _read(path)
    problems = read if isinstance(read, tuple) else check_profile(read)
    if problems or isinstance(read, tuple):
        raise CatalogError([FileProblem(str(path), problem) for problem in problems])
    return read


def _read(path: Path) -> Profile | tuple[Problem, ...]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return (Problem("", "", f"can not be read: {error.strerror}"),)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return (Problem("", "", f"is not TOML: {error}"),)
    return read_table(raw, Profile)


def catalog(path: Path | None = None) -> dict[str, Profile]:
    """Every profile below a folder (default: the shipped ones), by id; raise CatalogError."""
    folder = SHIPPED if path is None else path
    found: dict[str, Profile] = {}
    problems: list[FileProblem] = []
    for file in sorted(folder.rglob("*.toml")):
        try:
            profile = load_profile(file)
        except CatalogError as error:
            problems.extend(error.problems)
            continue
        if profile.id in found:
            again = Problem("", "id", f"{profile.id!r} is the id of another file too")
            problems.append(FileProblem(str(file), again))
        found[profile.id] = profile
    if problems:
        raise CatalogError(problems)
    return found


def profile_hash(profile: Profile) -> str:
    """16 hex digits of SHA-256 over the canonical JSON: layout and comments do not count."""
    return hashlib.sha256(_canonical.encode(profile)).hexdigest()[:16]
