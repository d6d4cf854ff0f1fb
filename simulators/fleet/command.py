"""The sub-command `simulators fleet`: what it says while it runs, its report, its exit code."""

import argparse
import asyncio
import logging
import os
import resource
import sys
import time
from typing import Any

import msgspec

from runtime.clock import SystemClock
from runtime.service import run_until_signal
from simulators.delivery_text import language_of
from simulators.device_commands import new_command, say
from simulators.fleet.options import add_options, options_of, plan_of
from simulators.fleet.report import table
from simulators.fleet.run import Fleet
from simulators.fleet.words import WORDS

FINE, NOT_WHOLE, INTERRUPTED = 0, 1, 130
_TELL_US = 500_000
_FEW = 5

_EXAMPLE = """\
  simulators fleet --gateways 1000 --devices 10 --rate 0.2
  simulators fleet --gateways 200 --outage at=20s,for=20s,share=0.5 --storm at=60s,jitter=0s \\
      --duration 90s --json
  simulators fleet --broker mqtt.example:8883 --ca city.pem --user load --password-file load.pass

connections:
  Many gateways share a connection unless --connections is the number of gateways. The broker must
  let the user of a shared one write lifeline/1/up/# and read lifeline/1/down/#: the shipped access
  list, by which a gateway speaks in its own name alone, does not. Give --connections N (and a
  file of N lines GATEWAY:PASSWORD) to be told apart like real gateways. MQTT knows one will a
  connection: a shared one has none, so its loss shows by silence (30 s) and not as `offline`.

profiles:
  A birth names each device's profile with its hash and that of its rules, as the catalogue that is
  installed here lists them. Does the server have another, give --profiles FILE, made there by
    device-profiles list --json > FILE
  A server that knows the profile under another hash takes and judges all readings all the same, but
  raises a sensor-health alarm for each device; of a profile that it lacks it judges nothing.

account:
  lost = readings taken - readings that a receipt covers; it is 0 when all is well. A receipt also
  covers what the server refused: see `rejected` in its ledger (GET /v1/gateways/fleet-0001).
  Afterwards the server misses these gateways: use one that nobody depends on.

exit codes: 0 every reading taken has its receipt, 1 not so, 2 usage, 130 interrupted"""


def add_fleet(commands: Any) -> None:
    """Add `simulators fleet` to the sub-commands."""
    made = new_command(
        commands,
        "fleet",
        _run,
        "thousands of gateways from one process: load, outages, storms; counts every receipt",
        _EXAMPLE,
    )
    add_options(made)
    default = language_of(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
    made.add_argument("--lang", choices=("en", "zh"), default=default, help="(%(default)s)")


def _run(given: argparse.Namespace) -> int:
    plan = plan_of(given)
    connections = options_of(given, plan)
    logging.getLogger("runtime.mqtt").addFilter(FirstFew(_FEW))
    before_s = time.process_time()
    fleet = Fleet(plan, connections, SystemClock(), tell=_teller(given))
    stopped_by = asyncio.run(run_until_signal(fleet.run()))
    found = fleet.report(time.process_time() - before_s, _resident_mb())
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    say(given, table(found, given.lang), **msgspec.to_builtins(found), whole=found.is_whole)
    if stopped_by is not None:
        return INTERRUPTED
    return FINE if found.is_whole else NOT_WHOLE


def _teller(given: argparse.Namespace) -> Any:
    """Writes the progress line, on a terminal only; twice a second."""
    told_us = -_TELL_US

    def tell(fleet: Fleet, passed_us: int) -> None:
        nonlocal told_us
        if not sys.stderr.isatty() or abs(passed_us - told_us) < _TELL_US:
            return
        told_us = passed_us
        text = WORDS[given.lang]["progress"].format(seconds=passed_us / 1e6, **fleet.progress())
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()

    return tell


def _resident_mb() -> int:
    """At most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


class FirstFew(logging.Filter):
    """Thousands of connections say the same: the first few lines are enough to know why."""

    def __init__(self, few: int) -> None:
        super().__init__()
        self._left = few

    def filter(self, record: logging.LogRecord) -> bool:
        self._left -= 1
        if self._left == 0:
            record.msg, record.args = f"{record.getMessage()} (further ones are not shown)", ()
        return self._left >= 0
