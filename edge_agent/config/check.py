"""Cross-checks of agent.toml: what the types of single keys can not see."""

import math
from collections.abc import Iterator, Mapping

import msgspec

from alarm_rules.duration import duration_text
from alarm_rules.in_force import OverrideError, in_force
from alarm_rules.override import Refused
from alarm_rules.rule import AbsenceRule
from device_profiles.model import Profile
from device_profiles.transport import Modbus
from device_profiles.typed_toml import Problem
from edge_agent.config.check_lines import check_lines, kinds_of, line_warnings
from edge_agent.config.check_local_actions import check_local_actions, local_action_warnings
from edge_agent.config.listen import parse_place
from edge_agent.config.nearest import not_there
from edge_agent.config.reach import check_allowed
from edge_agent.config.sections import Sections
from edge_agent.config.size import parse_size
from edge_agent.config.tables import BufferTable, DeviceTable, HealthTable, LineTable
from runtime.mqtt_words import is_loopback
from wire.bounds import DEVICES
from wire.reading import ID, ITSELF

LEAST_PERIOD_US = 20_000
LEAST_BUFFER = 1024 * 1024
LEAST_TEST_US, LONGEST_TEST_US = 1_000_000, 8 * 3_600_000_000
"""A test is a shift's work; who forgets it is not to be without alarms for days."""
_GRAMMAR = "write small letters, digits and hyphens, at most 64, the first no hyphen"


class Findings(msgspec.Struct):
    """Errors keep the agent from starting; warnings are shown and logged."""

    errors: list[Problem] = msgspec.field(default_factory=list)
    warnings: list[Problem] = msgspec.field(default_factory=list)


def check_sections(
    found: Sections, profiles: Mapping[str, Profile], real_ports: Mapping[str, str]
) -> Findings:
    """Judge what could be read. `real_ports`: by line, the port or address, all links resolved."""
    findings = Findings()
    findings.errors += [
        *_gateway(found),
        *_buffer(found.buffer),
        *_mqtt(found),
        *_health(found.health),
        *_names("lines", found.named_lines),
        *_names("devices", found.devices),
        *check_lines(found, profiles, real_ports),
        *check_local_actions(found, profiles),
    ]
    for name, device in found.devices.items():
        findings.errors += _device(name, device, found, profiles)
        findings.warnings += _device_warnings(name, device, profiles)
    findings.warnings += [
        *local_action_warnings(found),
        *line_warnings(found),
        *_warnings(found),
    ]
    return findings


def _gateway(found: Sections) -> Iterator[Problem]:
    if found.gateway is None:
        return
    if not ID.fullmatch(found.gateway.id):
        yield Problem("gateway", "id", f"is {found.gateway.id!r}: {_GRAMMAR}")
    yield from check_allowed(found.gateway)


def _names(section: str, names: frozenset[str] | dict[str, DeviceTable]) -> Iterator[Problem]:
    for name in sorted(names):
        if not ID.fullmatch(name):
            yield Problem(f"{section}.{name}", "", f"is not a good name: {_GRAMMAR}")
        if section == "devices" and name == ITSELF:
            remedy = "the gateway tells of itself under this name: give the device another"
            yield Problem(f"{section}.{name}", "", remedy)
    if len(names) > DEVICES:
        yield Problem(section, "", f"are {len(names)}; at most {DEVICES}: use another gateway")


def _buffer(table: BufferTable | None) -> Iterator[Problem]:
    if table is None:
        return
    wrong = [*_sizes(table)]
    yield from wrong
    if wrong:
        return
    size, reserved = parse_size(table.size), parse_size(table.reserved_for_urgent)
    if size < LEAST_BUFFER:
        yield Problem("buffer", "size", f"is {table.size}: write at least 1MiB")
    elif reserved >= size:
        remedy = f"write less than the size of the buffer, {table.size}"
        yield Problem("buffer", "reserved_for_urgent", f"is {table.reserved_for_urgent}: {remedy}")


def _sizes(table: BufferTable) -> Iterator[Problem]:
    for key in ("size", "reserved_for_urgent", "card_endurance"):
        try:
            parse_size(getattr(table, key))
        except ValueError as error:
            yield Problem("buffer", key, str(error))


def _mqtt(found: Sections) -> Iterator[Problem]:
    table = found.mqtt
    if table is None:
        return
    if not table.tls and not is_loopback(table.host):
        remedy = f"plain text is for loopback only, and {table.host} is not: write tls = true"
        yield Problem("mqtt", "tls", f"is false: {remedy}")
    if not table.tls and table.ca_file is not None:
        yield Problem("mqtt", "ca_file", "is of no use without TLS: write tls = true, or leave it")
    if table.password_file is not None and table.password_env is not None:
        yield Problem("mqtt", "password_env", "stands beside password_file: keep one of the two")


def _health(table: HealthTable | None) -> Iterator[Problem]:
    if table is None or table.listen is None:
        return
    try:
        host, _ = parse_place(table.listen)
    except ValueError as error:
        yield Problem("health", "listen", str(error))
        return
    if not is_loopback(host):
        remedy = "figures are for this very machine: write 127.0.0.1, and let a scraper run here"
        yield Problem("health", "listen", f"is {table.listen}: {remedy}")


def _device(
    name: str, device: DeviceTable, found: Sections, profiles: Mapping[str, Profile]
) -> Iterator[Problem]:
    table = f"devices.{name}"
    if device.line not in found.named_lines:
        yield Problem(table, "line", not_there(device.line, found.named_lines, "line"))
    profile = profiles.get(device.profile)
    if profile is None:
        yield Problem(table, "profile", not_there(device.profile, profiles, "profile"))
        return
    yield from _transport(table, device, profile, found.lines.get(device.line))
    if isinstance(profile.transport, Modbus):
        yield from _unit(table, device, profile.transport)
    else:
        yield from _stream_keys(table, device)
    yield from _test_mode(table, device)
    yield from _baseline(table, device, profile)
    yield from _rules(table, device, profile)


def _transport(
    table: str, device: DeviceTable, profile: Profile, line: LineTable | None
) -> Iterator[Problem]:
    wanted = kinds_of(profile.transport)
    if line is not None and line.kind not in wanted:
        remedy = f"put it on a line with kind = {' or '.join(repr(kind.value) for kind in wanted)}"
        message = f"is {device.line!r} of kind {line.kind.value!r}; {profile.id} can not use it"
        yield Problem(table, "line", f"{message}: {remedy}")


def _unit(table: str, device: DeviceTable, transport: Modbus) -> Iterator[Problem]:
    unit = transport.default_unit if device.unit is None else device.unit
    if not transport.first_unit <= unit <= transport.last_unit:
        remedy = f"{device.profile} can be set to {transport.first_unit} to {transport.last_unit}"
        yield Problem(table, "unit", f"is {unit}: {remedy}")
    if device.poll_period is not None and device.poll_period < LEAST_PERIOD_US:
        remedy = f"write at least {duration_text(LEAST_PERIOD_US)}"
        yield Problem(table, "poll_period", f"is {duration_text(device.poll_period)}: {remedy}")


def _stream_keys(table: str, device: DeviceTable) -> Iterator[Problem]:
    if device.unit is not None:
        yield Problem(table, "unit", f"{device.profile} owns its line and has no unit: leave it")
    if device.poll_period is not None:
        remedy = f"{device.profile} reports by itself: leave it"
        yield Problem(table, "poll_period", remedy)


def _test_mode(table: str, device: DeviceTable) -> Iterator[Problem]:
    length_us = device.test_mode_for
    if length_us is not None and not LEAST_TEST_US <= length_us <= LONGEST_TEST_US:
        least, most = duration_text(LEAST_TEST_US), duration_text(LONGEST_TEST_US)
        remedy = f"write {least} to {most}, such as 2h; it ends by itself then"
        yield Problem(table, "test_mode_for", f"is {duration_text(length_us)}: {remedy}")


def _baseline(table: str, device: DeviceTable, profile: Profile) -> Iterator[Problem]:
    if device.baseline is None:
        return
    if not profile.takes_baseline:
        yield Problem(table, "baseline", f"is of no use: {profile.id} computes no tilt; leave it")
    elif not 0 < math.hypot(*device.baseline) < math.inf:
        remedy = "write the acceleration that it shows with the cover closed, such as [0, 0, 1]"
        yield Problem(table, "baseline", f"is {list(device.baseline)}, no direction: {remedy}")


def _rules(table: str, device: DeviceTable, profile: Profile) -> Iterator[Problem]:
    try:
        in_force(profile.rules, device.rules, device.site_class)
    except OverrideError as error:
        for refusal in error.refusals:
            if refusal.reason is Refused.UNKNOWN_SITE_CLASS:
                message = f"{device.site_class!r} is not known to its rules: {refusal.remedy}"
                yield Problem(table, "site_class", message)
            else:
                yield Problem(table, "rules", str(refusal))


def _device_warnings(
    name: str, device: DeviceTable, profiles: Mapping[str, Profile]
) -> Iterator[Problem]:
    if device.test_mode_for is not None:
        told = "for so long all it says is marked as test, once; take the key out when it is done"
        length = duration_text(device.test_mode_for)
        yield Problem(f"devices.{name}", "test_mode_for", f"is {length}: {told}")
    profile = profiles.get(device.profile)
    if profile is None:
        return
    if device.poll_period is not None:
        yield from _too_slow(name, device.poll_period, profile)


def _too_slow(name: str, period_us: int, profile: Profile) -> Iterator[Problem]:
    for rule in profile.rules:
        if isinstance(rule, AbsenceRule) and 3 * period_us > rule.duration:
            message = f"is {duration_text(period_us)}: rule {rule.id!r} alarms after"
            remedy = f"{duration_text(rule.duration)} of silence; poll at least three times as fast"
            yield Problem(f"devices.{name}", "poll_period", f"{message} {remedy}")


def _warnings(found: Sections) -> Iterator[Problem]:
    used = {device.line for device in found.devices.values()}
    for name in found.lines:
        if name not in used:
            yield Problem(f"lines.{name}", "", "has no device: nothing is read from it")
    if not found.devices and not found.problems:
        yield Problem("devices", "", "are none: this agent has nothing to watch")
    table = found.mqtt
    if table is not None and table.tls and not (table.password_file or table.password_env):
        yield Problem("mqtt", "password_file", "is missing: the broker can not tell who this is")
