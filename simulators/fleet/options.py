"""The options of `simulators fleet`: read from the command line into a plan and connections."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from runtime.mqtt_words import Options, is_loopback
from simulators.device_commands import UsageError
from simulators.fleet.account_file import AccountError, Passwords
from simulators.fleet.gateway import FleetGateway
from simulators.fleet.incident import (
    OrderError,
    parse_duration,
    parse_outage,
    parse_share,
    parse_storm,
)
from simulators.fleet.kind import KINDS, MAKE_FILE, FleetKind, KindError, with_hashes
from simulators.fleet.plan import Plan, PlanError

PASSWORD_VARIABLE: Final = "FLEET_PASSWORD"  # noqa: S105 - the name of a variable
_PORT, _TLS_PORT = 1883, 8883
_SESSION_S = 3_600
_LISTING = (sys.executable, "-m", "device_profiles", "list", "--json")


def add_options(made: argparse.ArgumentParser) -> None:
    """Add all of them, in groups."""
    _add_load(made)
    _add_trouble(made)
    _add_broker(made)


def _add_load(made: argparse.ArgumentParser) -> None:
    add = made.add_argument_group("load").add_argument
    add("--gateways", type=int, default=100, metavar="N", help="(%(default)s)")
    add("--devices", type=int, default=10, metavar="M", help="of each gateway (%(default)s)")
    add(
        "--rate",
        type=float,
        default=0.2,
        metavar="R",
        help="readings a second of each device, so N x M x R in all (%(default)s)",
    )
    add(
        "--urgent-share",
        type=_order(parse_share),
        default=0.5,
        metavar="SHARE",
        help="of the readings that are of points of the urgent lane (%(default)s)",
    )
    add(
        "--alarm-every",
        type=_order(parse_duration),
        default=0,
        metavar="TIME",
        help="so often some device goes into alarm for 10 s; 0: never (0)",
    )
    add(
        "--kinds",
        default=",".join(KINDS),
        metavar="LIST",
        help="of devices, in turn (%(default)s)",
    )
    add("--duration", type=_order(parse_duration), default=60_000_000, metavar="TIME", help="(60s)")
    add(
        "--drain-timeout",
        type=_order(parse_duration),
        default=60_000_000,
        metavar="TIME",
        help="for the receipts of what was taken (60s)",
    )
    add("--seed", type=int, default=1, help="of moments, values and who is struck (%(default)s)")
    add("--prefix", default="fleet", help="of the gateways' ids (%(default)s)")
    add("--profiles", type=Path, metavar="FILE", help="see below")
    add(
        "--memory",
        type=int,
        default=512,
        metavar="MIB",
        help="for all rows; beyond its share a gateway drops, bulk first (%(default)s)",
    )


def _add_trouble(made: argparse.ArgumentParser) -> None:
    add = made.add_argument_group("trouble").add_argument
    add(
        "--outage",
        type=_order(parse_outage),
        action="append",
        default=[],
        metavar="at=30s,for=20s,share=0.5,jitter=5s",
        help="that share of the connections is away; back within jitter after it. Repeatable",
    )
    add(
        "--storm",
        type=_order(parse_storm),
        action="append",
        default=[],
        metavar="at=60s,jitter=5s",
        help="all connections drop at once and come straight back; jitter=0s: together. Repeatable",
    )
    add(
        "--duplicates",
        type=_order(parse_share),
        default=0.0,
        metavar="SHARE",
        help="of the batches that are sent twice (%(default)s)",
    )


def _add_broker(made: argparse.ArgumentParser) -> None:
    add = made.add_argument_group("broker").add_argument
    add("--broker", default="127.0.0.1", metavar="HOST[:PORT]", help="(%(default)s)")
    add(
        "--connections",
        type=int,
        metavar="C",
        help="for all gateways together (50, or one for each when there are fewer)",
    )
    add("--tls", action="store_true", help="also on loopback; beyond it there is always TLS")
    add("--ca", type=Path, metavar="FILE", help="who vouches for the broker (the system's)")
    add("--cert", type=Path, metavar="FILE", help="client certificate")
    add("--key", type=Path, metavar="FILE", help="its key")
    add("--user", help="of every connection (with one for each gateway: the gateway's id)")
    add(
        "--password-file",
        type=Path,
        metavar="FILE",
        help=f"one password, or lines USER:PASSWORD (else {PASSWORD_VARIABLE}; none: anonymous)",
    )


def _order(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return parse(text)
        except OrderError as wrong:
            raise argparse.ArgumentTypeError(str(wrong)) from wrong

    return read


def plan_of(given: argparse.Namespace) -> Plan:
    """What the fleet is to do. Raise UsageError."""
    try:
        return Plan(
            gateways=given.gateways,
            devices=given.devices,
            rate=given.rate,
            kinds=tuple(_kinds(given)),
            connections=given.connections,
            urgent_share=given.urgent_share,
            alarm_every_us=given.alarm_every,
            duration_us=given.duration,
            drain_us=given.drain_timeout,
            incidents=(*given.outage, *given.storm),
            duplicates=given.duplicates,
            seed=given.seed,
            prefix=given.prefix,
            memory=given.memory << 20,
        )
    except PlanError as wrong:
        raise UsageError(str(wrong)) from wrong


def _kinds(given: argparse.Namespace) -> Sequence[FleetKind]:
    names = [name for name in given.kinds.split(",") if name]
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise UsageError(f"--kinds: no {', '.join(unknown)}; there are: {', '.join(KINDS)}")
    source, listed = _listed(given.profiles)
    try:
        return with_hashes([KINDS[name] for name in names], listed)
    except KindError as wrong:
        raise UsageError(f"{source}: {wrong}") from wrong


def _listed(file: Path | None) -> tuple[str, bytes]:
    """Where the catalogue's list comes from, and the list: plain data, as for any outsider."""
    try:
        if file is not None:
            return f"--profiles {file}", file.read_bytes()
        made = subprocess.run(_LISTING, capture_output=True, check=True)  # noqa: S603 - our own
    except OSError as wrong:
        raise UsageError(f"--profiles {file}: {wrong.strerror}") from wrong
    except subprocess.CalledProcessError as wrong:
        told = "no catalogue is installed here: give --profiles FILE, made at the server with"
        raise UsageError(f"{told} `{MAKE_FILE}`") from wrong
    return "device-profiles list --json", made.stdout


def options_of(
    given: argparse.Namespace, plan: Plan
) -> Callable[[int, Sequence[FleetGateway]], Options]:
    """How each connection is made. Raise UsageError."""
    host, port = _address(given.broker)
    is_tls = bool(given.tls or given.ca or given.cert or not is_loopback(host))
    _check_files(given)
    passwords = _passwords(given.password_file)
    run = f"{os.getpid():x}"

    def make(number: int, gateways: Sequence[FleetGateway]) -> Options:
        name = f"{plan.prefix}-{run}-{number:04d}" if plan.is_shared else gateways[0].name
        user = given.user or (None if plan.is_shared or passwords is None else name)
        return Options(
            host=host,
            port=port or (_TLS_PORT if is_tls else _PORT),
            client_id=name,
            username=user,
            password=None if user is None or passwords is None else passwords.of(user),
            ca_file=given.ca,
            cert_file=given.cert,
            key_file=given.key,
            tls=is_tls,
            session_expiry_s=0 if plan.is_shared else _SESSION_S,
        )

    return _told(make)


def _told(
    make: Callable[[int, Sequence[FleetGateway]], Options],
) -> Callable[[int, Sequence[FleetGateway]], Options]:
    def checked(number: int, gateways: Sequence[FleetGateway]) -> Options:
        try:
            return make(number, gateways)
        except AccountError as wrong:
            raise UsageError(f"--password-file: {wrong}") from wrong

    return checked


def _address(text: str) -> tuple[str, int | None]:
    """Host and port of `host`, `host:port`, `::1`, `[::1]:port`."""
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        return text.strip("[]"), None
    if not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise UsageError(f"--broker {text}: write HOST or HOST:PORT")
    return host.strip("[]"), int(port)


def _check_files(given: argparse.Namespace) -> None:
    for option in ("ca", "cert", "key"):
        file = getattr(given, option)
        if file is not None and not file.is_file():
            raise UsageError(f"--{option} {file}: no such file")
    if (given.cert is None) != (given.key is None):
        raise UsageError("--cert and --key belong together")


def _passwords(file: Path | None) -> Passwords | None:
    """None: nobody has one."""
    text = os.environ.get(PASSWORD_VARIABLE, "")
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as wrong:
            raise UsageError(f"--password-file {file}: can not be read: {wrong}") from wrong
    return Passwords(text) if text.strip() else None
