"""The command `ingest-server`: run it, check its configuration, look at gateways and alarms."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from device_profiles.load import CatalogError, catalog
from ingest_server import asked, commands, configured
from ingest_server.api.server import BindError
from ingest_server.api.token import TokenError
from ingest_server.api.web import release
from ingest_server.api_client import ApiClient, ApiClientError
from ingest_server.app import App
from ingest_server.config import Config, ConfigError, load
from ingest_server.config_schema import server_schema
from ingest_server.db.migrate import NewerDatabaseError
from ingest_server.words import LANGUAGES, language_of, say
from runtime.clock import SystemClock
from runtime.log import add_options, set_up
from runtime.service import run_until_signal
from wire.command import CommandKind

FINE, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130

log = logging.getLogger("ingest_server")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one sub-command; returns 0 fine, 1 found a problem, 2 usage or configuration, 130."""
    given = _parser().parse_args(argv)
    if getattr(given, "schema", False):
        print(json.dumps(server_schema(), ensure_ascii=False, indent=2))
        return FINE
    try:
        config = load(given.config)
        code: int = given.run(config, given)
    except (ConfigError, CatalogError, TokenError, NewerDatabaseError) as error:
        _complain(error)
        return USAGE
    except (ApiClientError, BindError, sqlite3.Error, OSError) as error:
        _complain(error)
        return PROBLEM
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _complain(error: BaseException) -> None:
    sys.stderr.write(f"ingest-server: {error}\n")


def _run(config: Config, given: argparse.Namespace) -> int:
    set_up(given.log, given.log_level)
    app = App(config, SystemClock(), profiles=catalog())
    stopped_by = asyncio.run(run_until_signal(app.run()))
    return INTERRUPTED if stopped_by is signal.SIGINT else FINE


def _check(config: Config, given: argparse.Namespace) -> int:
    profiles = catalog()
    trouble = asyncio.run(commands.try_store(config)) if given.online else None
    text = commands.summary(
        config, len(profiles), given.lang, as_json=given.json, store_trouble=trouble
    )
    print(text)
    return PROBLEM if trouble else FINE


def _receivers(config: Config, given: argparse.Namespace) -> int:
    if given.action is None:
        print(commands.receivers(config, given.lang, as_json=given.json))
        return FINE
    known = {receiver.id for receiver in config.receivers}
    if given.id not in known:
        _complain(LookupError(say(given.lang, "no_receiver", id=given.id, known=", ".join(known))))
        return USAGE
    text, arrived = asyncio.run(commands.test_receiver(config, given.id, as_json=given.json))
    print(text)
    return FINE if arrived else PROBLEM


def _gateways(config: Config, given: argparse.Namespace) -> int:
    if given.action is None:
        print(commands.gateways(config, given.lang, as_json=given.json))
        return FINE
    if given.id is None or (given.set is not None and given.expected is None):
        _complain(LookupError(say(given.lang, "say_which")))
        return USAGE
    if (given.withdraw and given.set is not None) or (given.wanted and not given.withdraw):
        _complain(LookupError(say(given.lang, "set_or_withdraw")))
        return USAGE
    text, is_fine = configured.answer(ApiClient(config), given)
    print(text)
    return FINE if is_fine else PROBLEM


def _alarms(config: Config, given: argparse.Namespace) -> int:
    print(commands.alarms(config, given.lang, state=given.state, as_json=given.json))
    return FINE


def _quarantine(config: Config, given: argparse.Namespace) -> int:
    api = ApiClient(config)
    if given.action == "list":
        print(
            asked.quarantine(
                api, given.lang, gateway=given.gateway, reason=given.reason, as_json=given.json
            )
        )
        return FINE
    if given.id is None:
        _complain(LookupError(f"quarantine {given.action}: say which message: its number"))
        return USAGE
    if given.action == "show":
        print(asked.quarantined(api, given.id, as_json=given.json))
    else:
        print(asked.replay(api, given.lang, given.id, given.actor, as_json=given.json))
    return FINE


def _commands(config: Config, given: argparse.Namespace) -> int:
    api = ApiClient(config)
    if given.kind is None:
        print(asked.commands(api, given.lang, given.gateway, as_json=given.json))
        return FINE
    wish = asked.Wish(
        gateway=given.gateway,
        kind=given.kind,
        device=given.device,
        action=given.action,
        actor=given.actor,
        comment=given.comment,
        expires_in=given.expires_in,
    )
    text, is_done = asked.ask(api, wish, as_json=given.json)
    print(text)
    return FINE if is_done else PROBLEM


# Command line ---------------------------------------------------------------------------------

_EXAMPLES = """examples:
  ingest-server check -c server.toml
  ingest-server run -c server.toml
  ingest-server receivers -c server.toml test alarm-centre
  ingest-server gateways -c server.toml --json
  ingest-server gateways -c server.toml config gw-001
  ingest-server quarantine -c server.toml show 7
  ingest-server commands -c server.toml gw-001 action --device smoke-1 --action reset

exit codes: 0 fine, 1 it found a problem, 2 usage or configuration, 130 interrupted"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ingest-server",
        description="Takes in what gateways send, stores it, raises alarms, tells alarm centres.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {release()}")
    commands_of = parser.add_subparsers(required=True, metavar="COMMAND")
    run = _command(commands_of, "run", _run, "run until SIGTERM or Ctrl-C", "run -c server.toml")
    add_options(run)
    check = _command(
        commands_of, "check", _check, "find errors without starting", "check -c server.toml"
    )
    check.add_argument("--schema", action="store_true", help="print the file's JSON Schema")
    check.add_argument(
        "--online", action="store_true", help="ask InfluxDB, too, if it is the store"
    )
    receivers = _command(
        commands_of,
        "receivers",
        _receivers,
        "list the receivers, or send one a receiver.test and show its answer",
        "receivers -c server.toml\n  ingest-server receivers -c server.toml test alarm-centre",
    )
    receivers.add_argument("action", nargs="?", choices=["test"], help="send a test")
    receivers.add_argument("id", nargs="?", help="of a receiver of server.toml")
    gateways = _add_gateways(commands_of)
    alarms = _command(
        commands_of,
        "alarms",
        _alarms,
        "alarms, asked of the running server",
        "alarms -c server.toml --state all",
    )
    alarms.add_argument("--state", choices=["open", "all"], default="open", help="(%(default)s)")
    asking = (_add_quarantine(commands_of), _add_commands(commands_of))
    for made in (check, receivers, gateways, alarms, *asking):
        made.add_argument("--json", action="store_true", help="print JSON instead of text")
    return parser


def _add_gateways(to: Any) -> argparse.ArgumentParser:
    made = _command(
        to,
        "gateways",
        _gateways,
        "gateways with their ledgers; or what one is configured as, and what it is to be",
        "gateways -c server.toml --json\n"
        "  ingest-server gateways -c server.toml config gw-001\n"
        "  ingest-server gateways -c server.toml config gw-001 --set lines.toml \\\n"
        "      --expected 3f8a… --comment 'poll the well faster'\n"
        "  ingest-server gateways -c server.toml config gw-001 --withdraw --comment 'as it was'",
    )
    configured.add_arguments(made)
    _add_actor(made)
    return made


def _add_quarantine(to: Any) -> argparse.ArgumentParser:
    made = _command(
        to,
        "quarantine",
        _quarantine,
        "list the messages that were refused, show one whole, or let one through after all",
        "quarantine -c server.toml --reason not_json\n"
        "  ingest-server quarantine -c server.toml show 7\n"
        "  ingest-server quarantine -c server.toml replay 7",
    )
    made.add_argument(
        "action",
        nargs="?",
        choices=["list", "show", "replay"],
        default="list",
        help="(%(default)s)",
    )
    made.add_argument("id", nargs="?", type=int, help="the number of a message")
    made.add_argument("--gateway", help="of one gateway only")
    made.add_argument("--reason", help="of one reason only")
    _add_actor(made)
    return made


def _add_commands(to: Any) -> argparse.ArgumentParser:
    made = _command(
        to,
        "commands",
        _commands,
        "what a gateway was asked and answered; or ask it something and wait for the answer",
        "commands -c server.toml gw-001\n"
        "  ingest-server commands -c server.toml gw-001 action --device smoke-1 --action reset\n"
        "  ingest-server commands -c server.toml gw-001 read --device smoke-1\n"
        "  ingest-server commands -c server.toml gw-001 diagnostics --json",
    )
    made.add_argument("gateway", help="its id")
    made.add_argument("kind", nargs="?", choices=[one.value for one in CommandKind])
    made.add_argument("--device", help="of this gateway")
    made.add_argument("--action", help="one that the device's profile allows")
    made.add_argument("--comment", help="why")
    made.add_argument("--expires-in", type=int, default=60, help="seconds (%(default)s)")
    _add_actor(made)
    return made


def _add_actor(made: argparse.ArgumentParser) -> None:
    default = os.environ.get("USER") or "operator"
    made.add_argument("--actor", default=default, help="who asks, for the audit (%(default)s)")


def _command(
    to: Any,
    name: str,
    run: Callable[[Config, argparse.Namespace], int],
    text: str,
    example: str,
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = to.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"example:\n  ingest-server {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "-c", "--config", type=Path, default=Path("server.toml"), help="(%(default)s)"
    )
    default = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    made.add_argument("--lang", choices=LANGUAGES, default=default, help="(%(default)s)")
    made.set_defaults(run=run)
    return made


if __name__ == "__main__":
    sys.exit(main())
