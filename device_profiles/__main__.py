"""The command `device-profiles`: check, list, show, begin a profile, write pages and schema."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from alarm_rules.in_force import in_force
from device_profiles.handbook import english
from device_profiles.load import CatalogError, catalog, load_profile, profile_hash
from device_profiles.model import DeviceKind, Grade, Profile
from device_profiles.toml_file import FileProblem
from device_profiles.version_lock import VERSIONS, version_problems, write_versions
from runtime.language import Language, from_locale

FINE, FOUND_A_PROBLEM, USAGE = 0, 1, 2
_TRANSPORTS = ("modbus", "stream")
_WIDEST = 160

_EXAMPLES = """examples:
  device-profiles check                        check the shipped catalogue
  device-profiles check my_gauge.toml          check a profile of your own
  device-profiles list --kind radar --json     devices, for a script
  device-profiles show calectro_ug3            wiring, points, alarms and doubts of one device
  device-profiles show my_gauge.toml --lang zh
  device-profiles new my_gauge --kind water --transport modbus
  device-profiles docs --check                 whether docs/devices is of this catalogue
  device-profiles lock                         write down what each version of a profile means
  device-profiles schema > device-profile.schema.json

exit codes: 0 fine, 1 a profile has errors, a version was not raised or a page is stale,
2 wrong usage
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; results on stdout, errors on stderr."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return FOUND_A_PROBLEM
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND_A_PROBLEM
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="device-profiles",
        description="The catalogue of devices: what they tell, and what makes an alarm.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_reading(commands)
    _add_writing(commands)
    return parser


def _add_reading(commands: Any) -> None:
    check = commands.add_parser("check", help="name every error of profiles, with file and line")
    check.add_argument("file", nargs="*", type=Path, help="a profile; none: the shipped ones")
    check.add_argument("--json", action="store_true", help="for a script")
    check.set_defaults(run=_check)
    listing = commands.add_parser("list", help="list the catalogue")
    listing.add_argument("--kind", choices=[one.value for one in DeviceKind], help="only these")
    listing.add_argument("--grade", choices=[one.value for one in Grade], help="only these")
    listing.add_argument("--transport", choices=_TRANSPORTS, help="only these")
    listing.set_defaults(run=_list)
    show = commands.add_parser("show", help="show one device as a technician wants to read it")
    show.add_argument("id", help="profile id, as `list` prints it, or a TOML file")
    show.set_defaults(run=_show)
    for command in (listing, show):
        command.add_argument("--json", action="store_true", help="for a script")
        command.add_argument(
            "--lang",
            type=Language,
            choices=list(Language),
            default=from_locale(os.environ),
            help="of the texts (by locale)",
        )


def _add_writing(commands: Any) -> None:
    new = commands.add_parser("new", help="begin a profile: a commented file to fill in")
    new.add_argument("id", help="its name: small letters, digits and _, such as my_gauge")
    new.add_argument("--kind", choices=[one.value for one in DeviceKind], required=True)
    new.add_argument("--transport", choices=_TRANSPORTS, required=True)
    new.add_argument("--out", type=Path, metavar="FILE", help="(ID.toml)")
    new.set_defaults(run=_new)
    docs = commands.add_parser("docs", help="write a page of each device, an index, all keys")
    docs.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="(%(default)s)")
    docs.add_argument("--check", action="store_true", help="write nothing, name what is stale")
    docs.set_defaults(run=_docs)
    lock = commands.add_parser("lock", help="write down what each version of a profile means")
    lock.add_argument("--file", type=Path, default=VERSIONS, help="(the shipped one)")
    lock.set_defaults(run=_lock)
    schema = commands.add_parser("schema", help="print the JSON Schema of a profile, for editors")
    schema.set_defaults(run=_schema)


# Reading ---------------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    missing = [str(file) for file in options.file if not file.is_file()]
    if missing:
        return _complain(f"no such file: {', '.join(missing)}")
    profiles, problems = _load(options.file)
    if options.json:
        print(json.dumps({"checked": profiles, "problems": [one.plain() for one in problems]}))
    else:
        for problem in problems:
            print(problem)
        print(f"{len(profiles)} profiles are sound, {len(problems)} errors")
    return FOUND_A_PROBLEM if problems else FINE


def _load(files: Sequence[Path]) -> tuple[list[str], list[FileProblem]]:
    """The ids of the sound profiles, and every error of the others."""
    sound: list[str] = []
    problems: list[FileProblem] = []
    for file in files:
        try:
            sound.append(load_profile(file).id)
        except CatalogError as error:
            problems.extend(error.problems)
    if files:
        return sound, problems
    try:
        shipped = catalog()
    except CatalogError as error:
        return [], [*error.problems]
    return [*shipped], version_problems(shipped)


def _list(options: argparse.Namespace) -> int:
    from device_profiles.show import summarise  # noqa: PLC0415 - `check` starts without it

    profiles = [one for one in catalog().values() if _is_wanted(one, options)]
    if options.json:
        print(json.dumps([_entry(profile) for profile in profiles], ensure_ascii=False))
    else:
        print("\n".join(summarise(profiles, options.lang)))
    return FINE


def _is_wanted(profile: Profile, options: argparse.Namespace) -> bool:
    found = {
        "kind": profile.kind,
        "grade": profile.evidence.grade,
        "transport": profile.transport.__struct_config__.tag,
    }
    return all(getattr(options, key) in (None, value) for key, value in found.items())


def _entry(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.id,
        "version": profile.version,
        "hash": profile_hash(profile),
        "rules_hash": in_force(profile.rules).hash,
        "kind": profile.kind,
        "maker": english(profile.maker),
        "model": english(profile.model),
        "grade": profile.evidence.grade,
        "transport": profile.transport.__struct_config__.tag,
        "title": profile.title.by_language(),
    }


def _show(options: argparse.Namespace) -> int:
    from device_profiles.describe import sheet_of  # noqa: PLC0415 - `check` starts without it
    from device_profiles.show import terminal  # noqa: PLC0415 - same

    profiles = catalog()
    profile = _named(options.id, profiles)
    if profile is None:
        known = ", ".join(sorted(profiles))
        return _complain(f"no profile and no file {options.id!r}; there are: {known}")
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(profile), indent=2).decode())
        return FINE
    sheet = sheet_of(profile, options.lang, hash_=profile_hash(profile))
    columns = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
    print(terminal(sheet, columns, bold=_may_be_bold()))
    return FINE


def _named(name: str, profiles: Mapping[str, Profile]) -> Profile | None:
    if name in profiles:
        return profiles[name]
    return load_profile(Path(name)) if name.endswith(".toml") and Path(name).is_file() else None


def _may_be_bold() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _complain(message: str) -> int:
    print(f"device-profiles: {message}", file=sys.stderr)
    return USAGE


# Writing ---------------------------------------------------------------------------------------


def _new(options: argparse.Namespace) -> int:
    from device_profiles.start import name_trouble, next_steps, start_text  # noqa: PLC0415 - same

    file: Path = options.out or Path(f"{options.id}.toml")
    trouble = name_trouble(options.id, catalog())
    if trouble is not None:
        return _complain(trouble)
    text = start_text(options.id, DeviceKind(options.kind), options.transport)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        return _complain(f"{file} is there already: it is not written over; name another by --out")
    except OSError as error:
        return _complain(f"{file} can not be written: {error.strerror}")
    print(next_steps(file))
    return FINE


def _docs(options: argparse.Namespace) -> int:
    from device_profiles.page_files import stale_pages, write_pages  # noqa: PLC0415 - same
    from device_profiles.pages import all_pages  # noqa: PLC0415 - same

    pages = all_pages(catalog())
    if options.check:
        stale = stale_pages(options.out, pages)
        for path, why in stale.items():
            print(f"{path}: {why}")
        print(f"{len(pages)} pages, {len(stale)} stale")
        return FOUND_A_PROBLEM if stale else FINE
    written = write_pages(options.out, pages)
    print(f"{len(pages)} pages in {options.out}, {written} of them written anew")
    return FINE


def _lock(options: argparse.Namespace) -> int:
    profiles = catalog()
    try:
        problems = write_versions(profiles, options.file)
    except OSError as error:
        return _complain(f"{options.file} can not be written: {error.strerror}")
    for problem in problems:
        print(problem)
    if not problems:
        print(f"the versions of {len(profiles)} profiles are written down in {options.file}")
    return FOUND_A_PROBLEM if problems else FINE


def _schema(_options: argparse.Namespace) -> int:
    from device_profiles.profile_schema import schema_text  # noqa: PLC0415 - same

    print(schema_text(), end="")
    return FINE


if __name__ == "__main__":
    sys.exit(main())
