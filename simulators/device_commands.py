"""Sub-commands that play one simulated device, on a pty or a TCP port, told by its console."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from runtime.clock import SystemClock
from simulators.actor import Actor, State, Troupe
from simulators.console import Console, OrderError
from simulators.device_kinds import KINDS, Kind, Played
from simulators.fault_orders import Transport
from simulators.modbus_tcp import ModbusTcp, RtuOverTcp
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.stream_kinds import STREAMS, StreamKind
from simulators.wire_time import WireFormat
from simulators.world import World

FINE = 0
FIRST_UNIT, LAST_UNIT = 1, 255
LAST_PORT = 65_535

AnyPort = SerialLine | SerialStream | ModbusTcp | RtuOverTcp


class UsageError(Exception):
    """The command line or a file it names is wrong; the text says how to right it."""


def add_devices(commands: Any) -> None:
    """Add a sub-command for each device."""
    for kind in KINDS:
        _add_modbus(commands, kind)
    for stream in STREAMS:
        _add_stream(commands, stream)


def new_command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str, example: str
) -> argparse.ArgumentParser:
    """Add a sub-command with its example and --json."""
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"example:\n{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="print JSON lines instead of text")
    made.set_defaults(run=run)
    return made


def say(given: argparse.Namespace, text: str, **fields: Any) -> None:
    """Print a result, as text or as a JSON line."""
    print(json.dumps(fields) if given.json else text, flush=True)  # noqa: T201 - a result


def stop(*_: object) -> None:
    """End the program at a signal, as after `quit`."""
    raise SystemExit(FINE)


def _add_modbus(commands: Any, kind: Kind) -> None:
    made = new_command(
        commands,
        kind.name,
        partial(_run_modbus, kind),
        f"{kind.text}: Modbus RTU on a pty, or on a TCP port; orders on standard input",
        f"  simulators {kind.name} --link ./tty-{kind.name}\n  {kind.example}\n"
        f"  simulators {kind.name} --tcp 5020",
    )
    where = made.add_mutually_exclusive_group()
    _add_link(where)
    where.add_argument("--tcp", type=int, metavar="PORT", help="Modbus TCP there; 0: any free one")
    where.add_argument("--rtu-tcp", type=int, metavar="PORT", help="RTU frames over TCP there")
    made.add_argument("--host", default="127.0.0.1", help="to listen on (%(default)s)")
    made.add_argument("--baud", type=int, default=kind.wire.baud, help="(%(default)s)")
    made.add_argument(
        "--parity", choices=("N", "E", "O"), default=kind.wire.parity, help="for the time it takes"
    )
    made.add_argument(
        "--stop-bits", type=int, choices=(1, 2), default=kind.wire.stop_bits, help="(%(default)s)"
    )
    if kind.unit is not None:
        made.add_argument("--unit", type=int, default=kind.unit, help="address (%(default)s)")
    _add_api(made)


def _add_stream(commands: Any, kind: StreamKind) -> None:
    made = new_command(
        commands,
        kind.name,
        partial(_run_stream, kind),
        f"{kind.text}: byte stream on a pty; orders on standard input",
        f"  simulators {kind.name} --link ./tty-{kind.name}\n  {kind.example}",
    )
    _add_link(made)
    made.add_argument("--baud", type=int, default=kind.wire.baud, help="(%(default)s)")
    _add_api(made)


def _add_api(made: argparse.ArgumentParser) -> None:
    text = "orders over HTTP on this machine: /devices, /truth; 0: any free one"
    made.add_argument("--api", type=int, metavar="PORT", help=text)


def _add_link(made: Any) -> None:
    made.add_argument("--link", type=Path, metavar="PATH", help="make PATH a link to the port")


def _run_modbus(kind: Kind, given: argparse.Namespace) -> int:
    unit = given.unit if kind.unit is not None else FIRST_UNIT
    if not FIRST_UNIT <= unit <= LAST_UNIT:
        raise UsageError(f"--unit {unit}: must be from {FIRST_UNIT} to {LAST_UNIT}")
    _check_baud(given)
    played = kind.make(unit, SystemClock().mono_us, World(ripple_m=kind.ripple_m))
    transport, port = _port(played, given)
    return _play(
        port, _actor(kind.name, port, played.console(port, transport), played.state), given
    )


def _actor(name: str, port: AnyPort, console: Console, state: State) -> Actor:
    return Actor(name, name, console, state, lambda: port.path)


def _port(
    played: Played, given: argparse.Namespace
) -> tuple[Transport, SerialLine | ModbusTcp | RtuOverTcp]:
    wire = WireFormat(given.baud, given.parity, given.stop_bits)
    for option in ("tcp", "rtu_tcp"):
        if not 0 <= (getattr(given, option) or 0) <= LAST_PORT:
            raise UsageError(f"--{option.replace('_', '-')}: must be from 0 to {LAST_PORT}")
    if given.tcp is not None:
        return Transport.TCP, ModbusTcp(played.units, port=given.tcp, host=given.host)
    if given.rtu_tcp is not None:
        tunnel = RtuOverTcp(played.units, wire, port=given.rtu_tcp, host=given.host)
        return Transport.RTU_OVER_TCP, tunnel
    line = SerialLine(
        played.units,
        baud=wire.baud,
        parity=wire.parity,
        stop_bits=wire.stop_bits,
        link=given.link,
    )
    return Transport.SERIAL, line


def _run_stream(kind: StreamKind, given: argparse.Namespace) -> int:
    _check_baud(given)
    played = kind.make(SystemClock().mono_us, World(ripple_m=kind.ripple_m))
    wire = WireFormat(given.baud, kind.wire.parity, kind.wire.stop_bits)
    stream = SerialStream(played.device, wire=wire, link=given.link)
    return _play(stream, _actor(kind.name, stream, played.console(stream), played.state), given)


def _check_baud(given: argparse.Namespace) -> None:
    if given.baud <= 0:
        raise UsageError(f"--baud {given.baud}: must be above 0")


def _play(port: AnyPort, actor: Actor, given: argparse.Namespace) -> int:
    """Obey lines of standard input until `quit`; when it ends otherwise, run until stopped."""
    try:
        port.plug()
    except OSError as wrong:
        where = f"--link {given.link}" if isinstance(port, SerialLine | SerialStream) else port.path
        raise UsageError(f"{where}: {wrong}") from wrong
    signal.signal(signal.SIGTERM, stop)
    try:
        kind = "serial port" if isinstance(port, SerialLine | SerialStream) else "TCP port"
        say(given, f"{kind}: {port.path}   (orders: help)", path=port.path)
        with ExitStack() as served:
            troupe = _served(actor, given, served)
            for line in sys.stdin:
                if line.strip() == "quit":
                    return FINE
                _obey(line, troupe, actor, given)
            _wait_for_signal()
    finally:
        port.unplug()
    return FINE


def _served(actor: Actor, given: argparse.Namespace, served: ExitStack) -> Troupe:
    """Return what obeys, and let it be told over HTTP too if that is wanted."""
    if given.api is None:
        return Troupe({actor.name: actor}, lambda *_: None)
    if not 0 <= given.api <= LAST_PORT:
        raise UsageError(f"--api {given.api}: must be from 0 to {LAST_PORT}")
    try:
        threads = import_module("simulators.api_thread")  # devices alone need no aiohttp
        api = threads.ApiThread({actor.name: actor}, given.api, SystemClock())
        served.enter_context(api)
    except ModuleNotFoundError as missing:
        raise UsageError(f"{missing}; install the extra: pip install lifeline[demo]") from missing
    except OSError as wrong:
        raise UsageError(f"--api {given.api}: {wrong}") from wrong
    say(given, f"API: {api.url}/devices", api=api.url)
    troupe: Troupe = api.troupe
    return troupe


def _wait_for_signal() -> None:
    """Wait until a handler raises; a signal that came just before is not slept through."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)
    while True:
        os.read(heard, 1)


def _obey(line: str, troupe: Troupe, actor: Actor, given: argparse.Namespace) -> None:
    word = line.strip()
    if word == "help":
        text = f"{actor.console.help()}\n  state\n  help\n  quit"
        say(given, text, help=actor.console.help().splitlines())
        return
    try:
        if word not in ("", "state"):
            troupe.obey(actor.name, line)
    except OrderError as wrong:
        say(given, str(wrong), error=str(wrong))
        return
    now = actor.state()
    say(given, "  ".join(f"{name}={value:g}" for name, value in now.items()), state=now)
