"""The command `device-profiles`: check profiles, list the catalogue, show one device."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from alarm_rules.in_force import in_force
from device_profiles.load import CatalogError, catalog, load_profile, profile_hash
from device_profiles.model import Profile
from device_profiles.show import describe, summarise
from device_profiles.toml_file import FileProblem

FINE, FOUND_A_PROBLEM, USAGE = 0, 1, 2

_EXAMPLES = """examples:
  device-profiles check                        check the shipped catalogue
  device-profiles check my_gauge.toml          check a profile of your own
  device-profiles list --json                  every device, for a script
  device-profiles show calectro_ug3            points, rules and evidence of one device
  device-profiles show micradar_r60afd1 --lang zh

exit codes: 0 fine, 1 a profile has errors, 2 wrong usage (no such file or device)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; results on stdout, errors on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except CatalogError as error:
        print(error, file=sys.stderr)
        return FOUND_A_PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="device-profiles",
        description="The catalogue of devices: what they tell, and what makes an alarm.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="check | list | show")
    check = commands.add_parser("check", help="check files, or the shipped catalogue")
    check.add_argument("file", nargs="*", type=Path, help="a profile; none: the shipped ones")
    listing = commands.add_parser("list", help="list the catalogue")
    show = commands.add_parser("show", help="show one device in full")
    show.add_argument("id", help="profile id, as `list` prints it")
    for command in (check, listing, show):
        command.add_argument("--json", action="store_true", help="for a script")
        command.add_argument(
            "--lang", choices=("en", "zh"), default=_language(), help="of the texts (%(default)s)"
        )
    return parser


def _language() -> str:
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if locale.startswith("zh") else "en"


def _run(options: argparse.Namespace) -> int:
    if options.command == "check":
        return _check(options.file, as_json=options.json)
    profiles = catalog()
    if options.command == "list":
        return _list([*profiles.values()], options.lang, as_json=options.json)
    if options.id not in profiles:
        known = ", ".join(sorted(profiles))
        print(f"device-profiles: no profile {options.id!r}; there are: {known}", file=sys.stderr)
        return USAGE
    return _show(profiles[options.id], options.lang, as_json=options.json)


def _check(files: Sequence[Path], *, as_json: bool) -> int:
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        print(f"device-profiles: no such file: {', '.join(missing)}", file=sys.stderr)
        return USAGE
    profiles, problems = _load(files)
    if as_json:
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
        return [*catalog()], []
    except CatalogError as error:
        return [], [*error.problems]


def _list(profiles: Sequence[Profile], lang: str, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([_entry(profile) for profile in profiles], ensure_ascii=False))
    else:
        print("\n".join(summarise(profile, lang) for profile in profiles))
    return FINE


def _entry(profile: Profile) -> dict[str, object]:
    return {
        "id": profile.id,
        "version": profile.version,
        "hash": profile_hash(profile),
        "rules_hash": in_force(profile.rules).hash,
        "kind": profile.kind,
        "maker": profile.maker,
        "model": profile.model,
        "grade": profile.evidence.grade,
        "title": profile.title.by_language(),
    }


def _show(profile: Profile, lang: str, *, as_json: bool) -> int:
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(profile), indent=2).decode())
    else:
        print(describe(profile, profile_hash(profile), lang))
    return FINE


if __name__ == "__main__":
    sys.exit(main())
