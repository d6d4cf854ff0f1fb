"""The sub-commands `config` and `clock`: what a person at the gateway decides."""

import argparse
import os
from functools import partial
from pathlib import Path

from edge_agent.config.load import DEFAULT_PATH, ConfigError
from edge_agent.config.source import Source
from edge_agent.show.answer import Answer
from edge_agent.show.despite import despite_errors
from runtime.language import Language, from_locale

_PROBLEM, _USAGE = 1, 2
_CONFIG_EXAMPLES = """examples:
  edge-agent config show -c agent.toml          what is in force, what the server wants
  edge-agent config show --toml > wanted.toml   its lines and devices, to look at
  edge-agent config accept                      the server's count from now on
  edge-agent config reject                      the site's own go on, and the server is told

exit codes: 0 fine, 1 something waits for a decision or is not taken, 2 usage or configuration"""

_CLOCK_EXAMPLES = """examples:
  edge-agent clock show --json
  edge-agent clock set "2026-11-21 14:03:00+08:00"

It is refused while NTP (or clock.trust = "system") vouches for the machine's own clock, and, but
for --force, before the last good time and before the day on which this program was made. Receipts
of the server go on correcting it.

exit codes: 0 fine, 1 unset, stopped or not taken, 2 usage or configuration"""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The parsers of both."""
    config = commands.add_parser(
        "config",
        help="what the server wants of this gateway, and what counts",
        description="Lines and devices may be wanted by the server; the file is the site's.",
        epilog=_CONFIG_EXAMPLES,
    )
    config.add_argument("action", choices=["show", "accept", "reject"])
    config.add_argument("--toml", action="store_true", help="show: what the server wants, whole")
    clock = commands.add_parser(
        "clock",
        help="what the gateway holds the time to be; set it",
        description="The agent's own time: the machine's clock is never set by it.",
        epilog=_CLOCK_EXAMPLES,
    )
    actions = clock.add_subparsers(dest="action", metavar="show | set", required=True)
    show = actions.add_parser("show", help="state, origin, how far off it may be")
    setting = actions.add_parser("set", help="it is so late now")
    setting.add_argument("time", metavar="TIME", help='with its zone: "2026-11-21 14:03:00+08:00"')
    setting.add_argument("--force", action="store_true", help="against what is known")
    for made in (config, show, setting):
        add_common(made)


def add_common(made: argparse.ArgumentParser) -> None:
    """The options that every such command has."""
    made.add_argument(
        "-c", "--config", type=Path, default=DEFAULT_PATH, metavar="FILE", help="(%(default)s)"
    )
    add_language(made)
    made.add_argument("--json", action="store_true", help="for scripts")


def add_language(made: argparse.ArgumentParser) -> None:
    """`--lang`: what a person reads, in which language."""
    made.add_argument(
        "--lang",
        type=Language,
        choices=list(Language),
        default=from_locale(os.environ),
        help="language of the output (by locale)",
    )


def config(chosen: argparse.Namespace) -> Answer:
    """Run it."""
    from edge_agent.show import config as its  # noqa: PLC0415 - rarely wanted

    source = Source(chosen.config, None)
    try:
        if chosen.action == "show":
            return its.config_show(source, json=chosen.json, toml=chosen.toml, language=chosen.lang)
        accept = chosen.action == "accept"
        return its.config_decide(source, accept=accept, json=chosen.json, language=chosen.lang)
    except ConfigError as error:
        if chosen.action != "show" or chosen.toml:
            return Answer(_USAGE, "", tuple(map(str, error.problems)))
        asked = partial(its.running_config, json=chosen.json, language=chosen.lang)
        return despite_errors(chosen.config, error, asked)
    except OSError as error:
        return Answer(_PROBLEM, "", (str(error),))


def clock(chosen: argparse.Namespace) -> Answer:
    """Run it."""
    from edge_agent.show.clock import clock_set, clock_show, running_clock  # noqa: PLC0415 - rarely wanted

    try:
        its = Source(chosen.config, None).load().config
        if chosen.action == "show":
            return clock_show(its, json=chosen.json, language=chosen.lang)
        return clock_set(
            its, chosen.time, force=chosen.force, json=chosen.json, language=chosen.lang
        )
    except ConfigError as error:
        if chosen.action != "show":
            return Answer(_USAGE, "", tuple(map(str, error.problems)))
        asked = partial(running_clock, json=chosen.json, language=chosen.lang)
        return despite_errors(chosen.config, error, asked)
    except OSError as error:
        return Answer(_PROBLEM, "", (str(error),))
