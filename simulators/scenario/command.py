"""The sub-command `simulators run`: what it takes, and whether it can begin."""

import argparse
import asyncio
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from runtime.language import table
from runtime.service import run_until_signal
from simulators.broker import BrokerError, Which
from simulators.broker import find as find_broker
from simulators.delivery_text import language_of
from simulators.device_commands import LAST_PORT, UsageError, new_command, say
from simulators.scenario.complaint import ScenarioError
from simulators.scenario.library import load, shipped
from simulators.scenario.model import Scenario
from simulators.scenario.timing import SECOND_US

FINE, INTERRUPTED = 0, 130
EXAMPLE: Final = """\
  simulators run --list
  simulators run underpass-flood --stage --speed 4
  simulators run storm.toml --links ./ports --truth truth.jsonl --record got.jsonl
  simulators run storm.toml --check

--stage runs broker, server, gateway and alarm centre for the scenario's devices. Without it they
are only played, for a gateway of yours; then give the alarm centre's record for a verdict:
  simulators alarm-centre --secret-file hook.secret --record got.jsonl
--speed makes the devices and what they feel live faster, never the wire, the lateness of a fault
or the programs: an alarm may take as long after its scaled time as `within` says.

exit codes: 0 all as expected (or no verdict was asked for), 1 not so, 2 usage, 130 interrupted"""


def add_run(commands: Any) -> None:
    """Add `simulators run` to the sub-commands."""
    made = new_command(
        commands,
        "run",
        _run,
        "play a scenario: what befalls which device when, and which alarms have to come",
        EXAMPLE,
    )
    add = made.add_argument
    add("scenario", nargs="?", help="a TOML file, or the name of a shipped one (see --list)")
    add("--list", action="store_true", help="list what is shipped")
    add("--check", action="store_true", help="read it and rehearse every order, play nothing")
    add("--speed", type=float, default=1.0, metavar="N", help="so many times as fast (1)")
    add("--links", type=Path, metavar="DIR", help="link each pty there under its line's name")
    add("--truth", type=Path, metavar="FILE", help="write what was so when, JSON Lines")
    judges = made.add_mutually_exclusive_group()
    judges.add_argument("--stage", action="store_true", help="run all our programs around it")
    judges.add_argument("--record", type=Path, metavar="FILE", help="an alarm centre's, read live")
    judges.add_argument("--centre", metavar="URL", help="a running alarm centre, asked for its own")
    add("--data", type=Path, metavar="DIR", help="with --stage: keep files and logs here")
    add("--broker", choices=tuple(Which), type=Which, default=Which.AUTO, help="with --stage")
    add("--api", type=int, metavar="PORT", help="HTTP on this machine: /devices, /truth; 0: any")
    default = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    add("--lang", choices=("en", "zh"), default=default, help="(%(default)s)")


def _run(given: argparse.Namespace) -> int:
    if given.list:
        return _list(given)
    if given.scenario is None:
        raise UsageError("which scenario? Name a file, or one of: " + ", ".join(shipped()))
    scenario = _scenario(given.scenario)
    _check_options(given, scenario)
    if given.check:
        counts = {
            "devices": len(scenario.devices),
            "orders": len(scenario.steps),
            "expectations": len(scenario.expectations),
        }
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        say(given, f"{scenario.name}: {told}; all understood", name=scenario.name, **counts)
        return FINE
    return _play(given, scenario)


def _play(given: argparse.Namespace, scenario: Scenario) -> int:
    try:
        player = import_module("simulators.scenario.run")  # devices alone need no aiohttp
        if given.stage:
            find_broker(given.broker)
    except ModuleNotFoundError as missing:
        raise UsageError(f"{missing}; install the extra: pip install lifeline[demo]") from missing
    except BrokerError as missing:
        raise UsageError(str(missing)) from missing
    wanted = player.Wanted(
        scenario,
        given.speed,
        given.lang,
        given.json,
        links=given.links,
        truth=given.truth,
        record=given.record,
        centre=given.centre,
        stage=given.stage,
        data=given.data,
        which=given.broker,
        api=given.api,
    )
    codes: list[int] = []
    stopped_by = asyncio.run(run_until_signal(player.run(wanted, codes)))
    return INTERRUPTED if stopped_by is not None else codes[0]


def _scenario(wanted: str) -> Scenario:
    try:
        return load(wanted)
    except ScenarioError as wrong:
        raise UsageError(str(wrong)) from wrong


def _check_options(given: argparse.Namespace, scenario: Scenario) -> None:
    if not given.speed > 0:
        raise UsageError(f"--speed {given.speed}: must be above 0")
    judged = given.stage or given.record is not None or given.centre is not None
    if judged and given.speed > scenario.fastest:
        told = f"its expectations hold up to {scenario.fastest:g} (`fastest` in the file)"
        raise UsageError(f"--speed {given.speed:g}: {told}")
    if given.api is not None and not 0 <= given.api <= LAST_PORT:
        raise UsageError(f"--api {given.api}: must be from 0 to {LAST_PORT}")
    if given.data is not None and not given.stage:
        raise UsageError("--data: only with --stage; for ports give --links, for truth --truth")
    if given.data is not None and given.data.is_dir() and any(given.data.iterdir()):
        raise UsageError(f"--data {given.data}: not empty; alarms of an earlier run would not come")


def _list(given: argparse.Namespace) -> int:
    found = [_scenario(name) for name in shipped()]
    if given.json:
        for one in found:
            fields = {"title": one.title, "length_s": one.length_us / SECOND_US}
            say(given, "", name=one.name, **fields, fastest=one.fastest)
        return FINE
    rows = [
        (one.name, f"{one.length_us / SECOND_US:g} s", f"≤ {one.fastest:g}×", one.title[given.lang])
        for one in found
    ]
    heads = {"en": ("name", "length", "speed", ""), "zh": ("名称", "时长", "倍速", "")}
    sys.stdout.write("\n".join(table([heads[given.lang], *rows])) + "\n")
    return FINE
