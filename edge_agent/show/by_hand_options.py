"""The sub-command `device`: its options and examples."""

import argparse
import getpass
from functools import partial

from edge_agent.config.load import ConfigError
from edge_agent.config.source import Source
from edge_agent.show.answer import Answer
from edge_agent.show.despite import despite_errors
from edge_agent.show.on_site_commands import add_common

_EXAMPLES = """examples:
  edge-agent device read smoke-01                       every point of it, now
  edge-agent device read gas-01 --json | jq .detail.lel
  edge-agent device do smoke-01 reset --by "Li Lei"     an action that its profile allows

The running agent asks between two polls, as it does for the server: an action is done at most once,
and who asked and what came of it stands in the log and in the server's list of commands. It works
while the gateway is cut off.

exit codes: 0 done, 1 not done (it is said why), 2 usage or configuration"""

_USAGE = 2


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Its parser."""
    device = commands.add_parser(
        "device",
        help="read one device now, or do what its profile allows",
        description="Reads one device now, or does an action that its profile allows.",
        epilog=_EXAMPLES,
    )
    doing = device.add_subparsers(dest="doing", metavar="read | do", required=True)
    read = doing.add_parser("read", help="every point of it, now")
    read.add_argument("device", metavar="DEVICE", help="its name in agent.toml")
    read.add_argument("--by", metavar="NAME", help="who asks, for the audit (who is logged in)")
    do = doing.add_parser("do", help="an action, such as reset")
    do.add_argument("device", metavar="DEVICE", help="its name in agent.toml")
    do.add_argument("action", metavar="ACTION", help="one of its profile: device-profiles show")
    do.add_argument("--by", metavar="NAME", required=True, help="who asks, for the audit")
    for made in (read, do):
        add_common(made)


def device(chosen: argparse.Namespace) -> Answer:
    """Run it."""
    from edge_agent.show import by_hand as its  # noqa: PLC0415 - rarely wanted

    how = {"json": chosen.json, "language": chosen.lang}
    try:
        config = Source(chosen.config, None).load().config
    except ConfigError as error:
        if chosen.doing != "read":
            return Answer(_USAGE, "", tuple(map(str, error.problems)))
        who = chosen.by or _logged_in()
        asked = partial(its.running_read, device=chosen.device, by=who, **how)
        return despite_errors(chosen.config, error, asked)
    if chosen.doing == "do":
        return its.do(config, chosen.device, chosen.action, chosen.by, **how)
    return its.read(config, chosen.device, chosen.by or _logged_in(), **how)


def _logged_in() -> str:
    """By the name that the environment or the machine gives; who has none is told as that."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
