"""The command `simulators`: devices and an alarm centre to play with, on real ports."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from runtime.clock import SystemClock
from simulators.care_radar import CareRadar
from simulators.console import Console, OrderError, radar_console, ug3_console
from simulators.delivery_book import Delivery, Violation
from simulators.delivery_text import Language, delivery_line, language_of, silence_line
from simulators.demo import add_demo
from simulators.serial_line import SerialLine
from simulators.serial_stream import SerialStream
from simulators.smoke_detector import SmokeDetector

FINE, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130
FIRST_UNIT, LAST_UNIT = 1, 247
SECRET_VARIABLE: Final = "ALARM_CENTRE_SECRET"  # noqa: S105 - the name of a variable
HOW_TO_MAKE_ONE: Final = """printf 'whsec_%s\\n' "$(openssl rand -base64 32)" > FILE"""

log = logging.getLogger(__name__)


class UsageError(Exception):
    """The command line or a file it names is wrong; the text says how to right it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one sub-command; returns 0 fine, 1 found a problem, 2 usage, 130 interrupted."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    given = _parser().parse_args(argv)
    try:
        code: int = given.run(given)
    except UsageError as wrong:
        log.error("simulators: %s", wrong)  # noqa: TRY400 - the text is all the user needs
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _stop(*_: object) -> None:
    raise SystemExit(FINE)


# Devices --------------------------------------------------------------------------------------


def _run_ug3(given: argparse.Namespace) -> int:
    if not FIRST_UNIT <= given.unit <= LAST_UNIT:
        raise UsageError(f"--unit {given.unit}: must be from {FIRST_UNIT} to {LAST_UNIT}")
    if given.baud <= 0:
        raise UsageError(f"--baud {given.baud}: must be above 0")
    clock = SystemClock()
    detector = SmokeDetector(given.unit)
    line = SerialLine(
        [detector], baud=given.baud, parity=given.parity, stop_bits=given.stop_bits, link=given.link
    )
    return _play(line, ug3_console(detector, line), lambda: detector.state(clock.mono_us()), given)


def _run_radar(given: argparse.Namespace) -> int:
    radar = CareRadar()
    stream = SerialStream(radar, link=given.link)
    return _play(stream, radar_console(radar, stream), radar.state, given)


def _play(
    port: SerialLine | SerialStream,
    console: Console,
    state: Callable[[], dict[str, Any]],
    given: argparse.Namespace,
) -> int:
    """Obey lines of standard input until `quit`; when it ends otherwise, run until stopped."""
    try:
        port.plug()
    except OSError as wrong:
        raise UsageError(f"--link {given.link}: {wrong}") from wrong
    signal.signal(signal.SIGTERM, _stop)
    try:
        _say(given, f"serial port: {port.path}   (orders: help)", path=port.path)
        for line in sys.stdin:
            if line.strip() == "quit":
                return FINE
            _obey(line, console, state, given)
        signal.pause()
    finally:
        port.unplug()
    return FINE


def _obey(
    line: str, console: Console, state: Callable[[], dict[str, Any]], given: argparse.Namespace
) -> None:
    word = line.strip()
    if word == "help":
        _say(given, f"{console.help()}\n  state\n  help\n  quit", help=console.help().splitlines())
        return
    try:
        if word != "state":
            console.obey(line)
    except OrderError as wrong:
        _say(given, str(wrong), error=str(wrong))
        return
    now = state()
    _say(given, "  ".join(f"{name}={int(value)}" for name, value in now.items()), state=now)


def _say(given: argparse.Namespace, text: str, **fields: Any) -> None:
    print(json.dumps(fields) if given.json else text, flush=True)


# Alarm centre ---------------------------------------------------------------------------------


def _run_centre(given: argparse.Namespace) -> int:
    return asyncio.run(_serve(given, _secrets(given)))


def _secrets(given: argparse.Namespace) -> list[str]:
    text = os.environ.get(SECRET_VARIABLE, "")
    if given.secret_file is not None:
        try:
            text = given.secret_file.read_text()
        except OSError as wrong:
            raise UsageError(f"--secret-file {given.secret_file}: {wrong.strerror}") from wrong
    if not text.split():
        told = (
            f"no secret: give --secret-file FILE or {SECRET_VARIABLE}; make one: {HOW_TO_MAKE_ONE}"
        )
        raise UsageError(told)
    return text.split()


async def _serve(given: argparse.Namespace, secrets: list[str]) -> int:
    try:
        from simulators.alarm_centre import AlarmCentre  # noqa: PLC0415 - devices need no aiohttp
    except ModuleNotFoundError as missing:
        raise UsageError(f"{missing}; install the extra: pip install lifeline[demo]") from missing

    def tell(delivery: Delivery, violations: list[Violation]) -> None:
        fields = {"delivery": delivery.number, "type": delivery.type, "alarm": delivery.alarm_id}
        found = [violation.text for violation in violations]
        line = delivery_line(delivery, violations, given.lang)
        _say(given, line, **fields, verdict=delivery.verdict, complaints=found)

    def tell_silence(violation: Violation) -> None:
        _say(given, silence_line(violation, given.lang), complaints=[violation.text])

    try:
        centre = AlarmCentre(
            secrets,
            given.port,
            host=given.host,
            record=given.record,
            heartbeat_limit_s=given.heartbeat_limit,
            on_delivery=tell,
            on_silence=tell_silence,
        )
        async with centre:
            _say(given, f"alarm centre: {centre.url}", url=centre.url)
            interrupted = await _until_stopped()
    except ValueError as wrong:
        raise UsageError(f"--secret-file: {wrong}; make one: {HOW_TO_MAKE_ONE}") from wrong
    except OSError as wrong:
        raise UsageError(f"--port {given.port} or --record {given.record}: {wrong}") from wrong
    if interrupted:
        return INTERRUPTED
    return PROBLEM if centre.violations else FINE


async def _until_stopped() -> bool:
    """Wait for a signal; tell whether it was Ctrl-C."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    seen: list[int] = []

    def note(number: int) -> None:
        seen.append(number)
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, note, number)
    await stopped.wait()
    return seen[0] == signal.SIGINT


# Command line ---------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="simulators",
        description="Simulated devices and an alarm centre, on real serial ports and sockets.",
        epilog="exit codes: 0 fine, 1 complaints (alarm-centre), 2 usage, 130 interrupted",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_centre(commands)
    _add_ug3(commands)
    _add_radar(commands)
    add_demo(commands)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str, example: str
) -> argparse.ArgumentParser:
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


def _add_centre(commands: Any) -> None:
    made = _command(
        commands,
        "alarm-centre",
        _run_centre,
        "receive webhooks, verify, record, and answer as told",
        "  simulators alarm-centre --port 8099 --secret-file hook.secret --record got.jsonl\n"
        '  curl -d \'{"mode": "503", "count": 3}\' http://127.0.0.1:8099/control/answer\n'
        "  curl http://127.0.0.1:8099/control/record",
    )
    made.add_argument("--port", type=int, default=8099, help="0 takes any free one (%(default)s)")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    made.add_argument(
        "--secret-file", type=Path, help=f"whsec_… secrets, one a line (else {SECRET_VARIABLE})"
    )
    made.add_argument("--record", type=Path, metavar="FILE", help="append deliveries, JSON Lines")
    made.add_argument(
        "--heartbeat-limit", type=float, default=45.0, metavar="SECONDS", help="(%(default)s)"
    )
    default: Language = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    made.add_argument("--lang", choices=("en", "zh"), default=default, help="(%(default)s)")


def _add_ug3(commands: Any) -> None:
    made = _command(
        commands,
        "ug3",
        _run_ug3,
        "a Calectro UG-3 smoke detector: Modbus RTU on a pty; orders on standard input",
        "  simulators ug3 --link ./ttyUG3\n  smoke on\n  late 0.5 3\n  smoke off\n  reset",
    )
    _add_link(made)
    made.add_argument("--baud", type=int, default=9600, help="(%(default)s)")
    made.add_argument(
        "--parity", choices=("N", "E", "O"), default="N", help="for the time it takes"
    )
    made.add_argument("--stop-bits", type=int, choices=(1, 2), default=2, help="(%(default)s)")
    made.add_argument("--unit", type=int, default=1, help="Modbus address (%(default)s)")


def _add_radar(commands: Any) -> None:
    made = _command(
        commands,
        "r60afd1",
        _run_radar,
        "a MicRadar R60AFD1 fall radar: byte stream on a pty; orders on standard input",
        "  simulators r60afd1 --link ./ttyRadar\n  presence on\n  drop fall\n  fall on",
    )
    _add_link(made)


def _add_link(made: argparse.ArgumentParser) -> None:
    made.add_argument("--link", type=Path, metavar="PATH", help="make PATH a link to the port")


if __name__ == "__main__":
    sys.exit(main())
