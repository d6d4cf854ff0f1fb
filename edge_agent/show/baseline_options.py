"""The sub-command `baseline`: how a device is when all is well, as a person at it vouches."""

import argparse
import sys
from functools import partial

from edge_agent.config.load import ConfigError
from edge_agent.config.source import Source
from edge_agent.show.answer import Answer
from edge_agent.show.despite import despite_errors
from edge_agent.show.on_site_commands import add_common

_EXAMPLES = """examples:
  edge-agent baseline take cover-1 --by "Li Lei"                    cover closed and at rest
  edge-agent baseline take gauge-1 --by "Han Mei" --note "tape: 2.51 m, dry"
  edge-agent baseline show                                          what counts, and from whom
  edge-agent baseline show --json | jq '.baselines[] | select(.standing == "absent")'
  edge-agent baseline clear cover-1 --by "Li Lei"                   back to agent.toml, or to none

A baseline is what a device shows when all is well: the acceleration of a closed cover, the distance
to a dry road. It is measured from five polls in a row (nothing more is sent to the device), refused
when one of them is bad, when the device moves, or while a contact at the same place says open. It
is kept beside the buffer, counts at once, and is void when the device turns out to be another.

exit codes: 0 fine, 1 refused or a point has none, 2 usage or configuration"""

_USAGE = 2


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Its parser."""
    baseline = commands.add_parser(
        "baseline",
        help="take, show or clear what a device is judged against",
        description="Takes, shows or clears what a device is judged against.",
        epilog=_EXAMPLES,
    )
    doing = baseline.add_subparsers(dest="doing", metavar="take|show|clear", required=True)
    take = doing.add_parser("take", help="measure it now: the device is as it is when all is well")
    _add_device(take)
    take.add_argument("--note", metavar="TEXT", default="", help="what else should be remembered")
    show = doing.add_parser("show", help="what counts for each point that needs one, and from whom")
    clear = doing.add_parser("clear", help="forget what was taken here")
    _add_device(clear)
    for made in (take, show, clear):
        add_common(made)


def baseline(chosen: argparse.Namespace) -> Answer:
    """Run it."""
    from edge_agent.show import baseline as its  # noqa: PLC0415 - it knows drivers
    from edge_agent.show.baseline_words import Words  # noqa: PLC0415 - rarely wanted

    words = Words(chosen.lang)
    try:
        config = Source(chosen.config, None).load().config
    except ConfigError as error:
        if chosen.doing != "show":
            return Answer(_USAGE, "", tuple(map(str, error.problems)))
        asked = partial(its.running_baselines, json=chosen.json, words=words)
        return despite_errors(chosen.config, error, asked)
    given = _given(chosen)
    if chosen.doing == "show":
        return its.show(config, json=chosen.json, words=words)
    if chosen.doing == "clear":
        return its.clear(config, given, json=chosen.json, words=words)
    return its.take(config, given, json=chosen.json, words=words, announce=_say)


def _say(text: str) -> None:
    """At once: whoever reads it has to do it while the command waits."""
    sys.stderr.write(f"{text}\n")


def _given(chosen: argparse.Namespace) -> dict[str, str]:
    """What the order needs, of what was chosen."""
    names = ("device", "point", "by", "note")
    return {name: value for name in names if (value := getattr(chosen, name, None)) is not None}


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", metavar="DEVICE", help="its name in agent.toml")
    parser.add_argument("--point", metavar="POINT", help="if it has several that need one")
    parser.add_argument("--by", metavar="NAME", required=True, help="who vouches for it")
