"""The sub-command `simulators demo`: what it takes, and whether it can begin."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import Any, Final

from runtime.service import run_until_signal
from simulators.broker import BrokerError, Which
from simulators.broker import find as find_broker
from simulators.delivery_text import language_of
from simulators.influxd import InfluxError
from simulators.influxd import find as find_influxd

USAGE: Final = 2
INTERRUPTED: Final = 130


def add_demo(commands: Any) -> None:
    """Add `simulators demo` to the sub-commands."""
    made: argparse.ArgumentParser = commands.add_parser(
        "demo",
        help="play the scene: flood, theft, gas, smoke, a fall, the uplink cut, all cleared",
        description="Runs broker, server, two gateways and their devices on this machine, plays a"
        " scene of a minute and a half and tells what arrived, how soon, and what was lost.",
        epilog="example:\n  simulators demo --broker iotcore --lang zh\n  simulators demo --keep\n"
        "  simulators demo --influx",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--broker", choices=tuple(Which), type=Which, default=Which.AUTO)
    made.add_argument("--keep", action="store_true", help="stay up after the scene, until Ctrl-C")
    made.add_argument(
        "--data", type=Path, help="keep files and logs here, not in a temporary place"
    )
    made.add_argument(
        "--influx", action="store_true", help="store readings in an InfluxDB 2 of its own"
    )
    default = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    made.add_argument("--lang", choices=("en", "zh"), default=default, help="(%(default)s)")
    made.set_defaults(run=_run_demo)


def _run_demo(given: argparse.Namespace) -> int:
    """2 when it can not begin, 130 when it was interrupted; what was started is stopped first."""
    try:
        from simulators.demo import Wanted, demo  # noqa: PLC0415 - devices need no aiohttp

        find_broker(given.broker)
        if given.influx:
            find_influxd()
        if given.data is not None:
            given.data.mkdir(parents=True, exist_ok=True)
    except ModuleNotFoundError as error:
        told = f"simulators demo: {error}; install the extra: pip install lifeline[demo]"
        print(told, file=sys.stderr)  # noqa: T201 - a result
        return USAGE
    except (BrokerError, InfluxError, OSError) as error:
        print(f"simulators demo: {error}", file=sys.stderr)  # noqa: T201 - a result
        return USAGE
    wanted = Wanted(given.broker, given.lang, given.keep, given.data, given.influx)
    codes: list[int] = []
    stopped_by = asyncio.run(run_until_signal(demo(wanted, codes)))
    return INTERRUPTED if stopped_by is not None else codes[0]
