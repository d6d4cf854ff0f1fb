"""The command `simulators`: devices and an alarm centre to play with, on real ports."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from simulators.delivery_book import Delivery, Violation
from simulators.delivery_text import Language, delivery_line, language_of, silence_line
from simulators.demo_command import add_demo
from simulators.device_commands import UsageError, add_devices, new_command, say
from simulators.fleet.command import add_fleet
from simulators.scenario.command import add_run

FINE, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130
SECRET_VARIABLE: Final = "ALARM_CENTRE_SECRET"  # noqa: S105 - the name of a variable
HOW_TO_MAKE_ONE: Final = """printf 'whsec_%s\\n' "$(openssl rand -base64 32)" > FILE"""

log = logging.getLogger(__name__)


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
        say(given, line, **fields, verdict=delivery.verdict, complaints=found)

    def tell_silence(violation: Violation) -> None:
        say(given, silence_line(violation, given.lang), complaints=[violation.text])

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
            say(given, f"alarm centre: {centre.url}", url=centre.url)
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
        epilog="exit codes: 0 fine, 1 complaints (alarm-centre), no receipt (fleet), other than"
        " expected (run), 2 usage, 130 interrupted",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_centre(commands)
    add_devices(commands)
    add_demo(commands)
    add_fleet(commands)
    add_run(commands)
    return parser


def _add_centre(commands: Any) -> None:
    made = new_command(
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


if __name__ == "__main__":
    sys.exit(main())
