"""The command `edge-agent`: run, check, status, frames, device, clock, baseline and so on."""

from runtime.lazy_import import without

with without("_hashlib"):  # OpenSSL is 4 MB; Python's own SHA-256 and BLAKE2 do for what is hashed
    import hashlib  # noqa: F401 - that of all who import it later

import argparse
import json
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from edge_agent.config.load import DEFAULT_PATH, ConfigError
from edge_agent.config.source import Found, Source
from edge_agent.show import baseline_options, by_hand_options, decode_options
from edge_agent.show import on_site_commands as on_site
from edge_agent.show.answer import Answer
from runtime import log as logs
from runtime import small_memory
from runtime.command_line import CommandLine
from runtime.version import VERSION

FINE, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130
log = logging.getLogger("edge_agent")

_EXAMPLES = """examples:
  edge-agent check -c agent.toml          name every error, and what would run
  edge-agent run -c agent.toml            watch until stopped
  edge-agent status -c agent.toml         what it sees, holds and has sent
  edge-agent status --json | jq .lanes    the same for scripts
  edge-agent frames --line shed           the last frames of a line
  edge-agent device read smoke-01         every point of a device, now
  edge-agent config show                  what the server wants of this gateway
  edge-agent clock set "2026-11-21 14:03:00+08:00"
  edge-agent baseline take cover-1 --by "Li Lei"       how it lies when all is well
  edge-agent decode calectro_ug3 "01 02 01 0D 60 4D"   what one frame means

exit codes: 0 fine, 1 a problem was found, 2 usage or configuration, 130 interrupted"""

_FRAMES_EXAMPLES = """examples:
  edge-agent frames -c agent.toml
  edge-agent frames --line shed --json | jq '.[0].frames[-1]'
  edge-agent frames --line shed --pcap shed.pcapng
  wireshark -d rtacser.data,mbrtu shed.pcapng          a serial line, also behind a converter
  wireshark pumps.pcapng                               a line of kind modbus-tcp, as it is

Frames that led to something odd are kept in the folder `frames` beside the buffer as well. In the
file of a modbus-tcp line the addresses and the numbers of TCP are made up, the frames are not.

exit codes: 0 fine, 1 no agent answers, 2 usage"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": _run,
        "check": _check,
        "status": _status,
        "frames": _frames,
        "device": lambda chosen: _print(by_hand_options.device(chosen)),
        "config": lambda chosen: _print(on_site.config(chosen)),
        "clock": lambda chosen: _print(on_site.clock(chosen)),
        "baseline": lambda chosen: _print(baseline_options.baseline(chosen)),
        "decode": lambda chosen: _print(decode_options.decode(chosen)),
    }
    try:
        return commands[chosen.command](chosen)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEM


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = CommandLine(
        prog="edge-agent",
        description="Watches the devices of one gateway and sends what they say.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = parser.add_subparsers(dest="command", metavar="command")
    run = commands.add_parser(
        "run", help="watch until stopped (SIGTERM, Ctrl-C); SIGHUP: read FILE again"
    )
    _add_file(run)
    logs.add_options(run)
    check = commands.add_parser("check", help="name every error of the configuration")
    _add_file(check)
    on_site.add_language(check)
    check.add_argument("--json", action="store_true", help="for scripts")
    check.add_argument("--schema", action="store_true", help="print the JSON Schema of agent.toml")
    status = commands.add_parser("status", help="what the agent sees, holds and has sent")
    _add_file(status)
    on_site.add_language(status)
    how = status.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="for scripts")
    how.add_argument("--prometheus", action="store_true", help="figures as Prometheus text")
    _add_frames(commands)
    by_hand_options.add(commands)
    on_site.add(commands)
    baseline_options.add(commands)
    decode_options.add(commands)
    return parser


def _add_frames(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    frames = commands.add_parser(
        "frames",
        help="the last frames of the lines, sent and heard",
        description="Shows the last 128 frames of each line, with the verdict on what came.",
        epilog=_FRAMES_EXAMPLES,
    )
    _add_file(frames)
    on_site.add_language(frames)
    frames.add_argument("--line", metavar="NAME", help="of this line only")
    how = frames.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="for scripts")
    how.add_argument("--pcap", type=Path, metavar="FILE", help="for Wireshark (pcap-ng)")


class _Version(argparse.Action):
    """Prints the version and leaves."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"edge-agent {VERSION}")
        parser.exit()


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-c", "--config", type=Path, default=DEFAULT_PATH, metavar="FILE", help="(%(default)s)"
    )


def _load(read: Callable[[], Found]) -> Found | None:
    """The configuration, or None after naming every error on stderr."""
    try:
        return read()
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return None


def _run(chosen: argparse.Namespace) -> int:
    small_memory.begin()
    logs.set_up(chosen.log, chosen.log_level)
    source = Source(chosen.config, os.environ)
    found = _load(source.begin)
    if found is None:
        return USAGE
    # asyncio and paho load it if it is there; who needs it (runtime/tls.py) can import it later
    with nullcontext() if found.config.mqtt.tls else without("ssl"):
        import asyncio  # noqa: PLC0415 - see above

        from edge_agent.app import App  # noqa: PLC0415 - the other commands start without it
        from edge_agent.buffer.opening import BufferInUseError  # noqa: PLC0415 - same
        from edge_agent.buffer.rows import NewerBufferError  # noqa: PLC0415 - same
        from runtime.service import run_until_signal  # noqa: PLC0415 - same

    for warning in found.loaded.warnings:
        log.warning("%s", warning)

    async def watch() -> signal.Signals | None:
        app = App(found, source=source)
        return await run_until_signal(app.run(), app.reload)

    try:
        caught = asyncio.run(watch())
    except (BufferInUseError, NewerBufferError) as error:
        log.error("%s", error)  # noqa: TRY400 - a person has to act; a trace would not help
        return USAGE
    except OSError as error:
        log.error("buffer %s: %s", found.config.buffer.path, error)  # noqa: TRY400 - same
        return USAGE
    except sqlite3.Error as error:  # a file that broke after it was looked at: start again
        log.error("buffer %s: %s", found.config.buffer.path, error)  # noqa: TRY400 - same
        return PROBLEM
    return INTERRUPTED if caught is signal.SIGINT else FINE


def _check(chosen: argparse.Namespace) -> int:
    if chosen.schema:
        from edge_agent.config.json_schema import agent_schema  # noqa: PLC0415 - rarely wanted

        print(json.dumps(agent_schema(), indent=2, ensure_ascii=False))
        return FINE
    from edge_agent.show.check import check  # noqa: PLC0415 - it knows drivers and buses

    return _print(check(chosen.config, json=chosen.json, language=chosen.lang))


def _status(chosen: argparse.Namespace) -> int:
    from edge_agent.show import status as its  # noqa: PLC0415 - only this command needs it
    from edge_agent.show.despite import despite_errors  # noqa: PLC0415 - same
    from edge_agent.show.paint import wants_colour  # noqa: PLC0415 - same

    how = {"json": chosen.json, "language": chosen.lang}
    try:
        config = Source(chosen.config, None).load().config
    except ConfigError as error:
        asked = (
            its.running_figures if chosen.prometheus else partial(its.status_despite_errors, **how)
        )
        return _print(despite_errors(chosen.config, error, asked))
    if chosen.prometheus:
        return _print(its.figures_text(config))
    in_colour = wants_colour(os.environ, is_terminal=sys.stdout.isatty())
    return _print(its.status(config, in_colour=in_colour, **how))


def _frames(chosen: argparse.Namespace) -> int:
    from edge_agent.show import frames as its  # noqa: PLC0415 - only this command needs it
    from edge_agent.show.despite import despite_errors  # noqa: PLC0415 - same

    how = {"line": chosen.line, "pcap": chosen.pcap, "json": chosen.json}
    try:
        config = Source(chosen.config, None).load().config
    except ConfigError as error:
        asked = partial(its.running_frames, **how)
        return _print(despite_errors(chosen.config, error, asked))
    return _print(its.frames(config, language=chosen.lang, **how))


def _print(answer: Answer) -> int:
    if answer.text:
        print(answer.text, flush=True)
    for complaint in answer.complaints:
        print(complaint, file=sys.stderr)
    return answer.code


if __name__ == "__main__":
    sys.exit(main())
