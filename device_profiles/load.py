"""TOML files to Profiles: the shipped catalogue or a file, and the hash of what was read."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from device_profiles.check import check_profile
from device_profiles.check_text import before_reading
from device_profiles.model import Profile
from device_profiles.toml_file import FileProblem, TomlFile, UnreadableError, read_toml
from device_profiles.typed_toml import Problem, read_table

SHIPPED = Path(__file__).parent / "catalog"
_canonical = msgspec.json.Encoder(order="deterministic")


class CatalogError(Exception):
    """The profiles can not be used; `problems` names every file, table, key and remedy."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def load_profile(path: Path) -> Profile:
    """Read and cross-check one file; raise CatalogError with all that is wrong with it."""
    return _profile(_read(path))


def _read(path: Path) -> TomlFile:
    try:
        return read_toml(path)
    except UnreadableError as error:
        raise CatalogError([error.problem]) from error


def _profile(file: TomlFile) -> Profile:
    stops = tuple(before_reading(file.raw))
    read = stops or read_table(file.raw, Profile)
    problems = read if isinstance(read, tuple) else check_profile(read)
    if problems or isinstance(read, tuple):
        raise CatalogError(file.placed(problems))
    return read


def catalog(path: Path | None = None) -> dict[str, Profile]:
    """Every profile below a folder (default: the shipped ones), by id; raise CatalogError."""
    folder = SHIPPED if path is None else path
    found: dict[str, Profile] = {}
    problems: list[FileProblem] = []
    for path_of_one in sorted(folder.rglob("*.toml")):
        try:
            file = _read(path_of_one)
            profile = _profile(file)
        except CatalogError as error:
            problems.extend(error.problems)
            continue
        if profile.id in found:
            again = Problem("", "id", f"{profile.id!r} is the id of another file too")
            problems.extend(file.placed([again]))
        found[profile.id] = profile
    if problems:
        raise CatalogError(problems)
    return found


class Shelf(Mapping[str, Profile]):
    """The shipped catalogue, of which each profile is read when it is asked for.

    A file is named by its profile's id. Reading one raises CatalogError, as `catalog` does.
    `own`: profiles that stand beside them; a shipped one goes before another of its name.
    """

    def __init__(self, own: Mapping[str, Profile] | None = None, folder: Path = SHIPPED) -> None:
        self._files = {path.stem: path for path in sorted(folder.rglob("*.toml"))}
        other = {} if own is None else own
        self._read = {name: one for name, one in other.items() if name not in self._files}
        self._names = (*self._files, *self._read)

    def __getitem__(self, name: str) -> Profile:
        if name not in self._read:
            self._read[name] = load_profile(self._files[name])
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def profile_hash(profile: Profile) -> str:
    """16 hex digits of SHA-256 over the canonical JSON: layout and comments do not count."""
    return hashlib.sha256(_canonical.encode(profile)).hexdigest()[:16]
