"""Cross-checks of the lines in agent.toml: their ports, who is on them, and their speeds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from alarm_rules.duration import duration_text
from device_profiles.model import Profile
from device_profiles.transport import Carrier, Modbus, Serial, Transport
from device_profiles.typed_toml import Problem
from edge_agent.config.sections import Sections
from edge_agent.config.tables import DeviceTable, LineKind, LineTable
from runtime.likeness import nearest

MODBUS_PORT = 502
"""Registered for Modbus TCP; a converter that passes RTU frames has no port of its own."""

_KIND_OF_CARRIER = {
    Carrier.RTU: LineKind.MODBUS_RTU,
    Carrier.TCP: LineKind.MODBUS_TCP,
    Carrier.RTU_OVER_TCP: LineKind.MODBUS_RTU_OVER_TCP,
}
_SERIAL_KEYS = ("baud", "parity", "stop_bits")
_MAY_ECHO = (LineKind.MODBUS_RTU, LineKind.MODBUS_RTU_OVER_TCP)
_DELAY_STEP_US, _LONGEST_DELAY_US = 1_000, 100_000
_USUAL_BAUDS = (
    *(300, 600, 1_200, 1_800, 2_400, 4_800, 9_600, 14_400, 19_200, 28_800, 38_400, 56_000, 57_600),
    *(76_800, 115_200, 128_000, 153_600, 230_400, 250_000, 256_000, 460_800, 500_000, 576_000),
    *(
        614_400,
        921_600,
        1_000_000,
        1_152_000,
        1_382_400,
        1_500_000,
        2_000_000,
        3_000_000,
        4_000_000,
    ),
)
_NETWORK_KEYS = ("host", "timeout", "connect_timeout")


def kinds_of(transport: Transport) -> tuple[LineKind, ...]:
    """The kinds of line that a device with this transport can be on."""
    if isinstance(transport, Modbus):
        kinds = {_KIND_OF_CARRIER[one] for one in transport.carriers}
        return tuple(kind for kind in LineKind if kind in kinds)
    return (LineKind.UART,)


def check_lines(
    found: Sections, profiles: Mapping[str, Profile], real_ports: Mapping[str, str]
) -> Iterator[Problem]:
    """Judge every line. `real_ports`: by line, the port or address, all links resolved."""
    yield from _owners(real_ports)
    for name, line in found.lines.items():
        devices = {key: one for key, one in found.devices.items() if one.line == name}
        yield from _network(name, line) if line.kind.is_network else _serial(name, line)
        yield from _direction(name, line)
        yield from _echo(name, line)
        yield from _shared(name, line, devices, profiles)
        if line.kind is not LineKind.MODBUS_TCP:
            yield from _speeds(name, line, devices, profiles)


def line_warnings(found: Sections) -> Iterator[Problem]:
    """A speed that hardly any device has is mostly a slip; some have one, so it is no error."""
    for name, line in found.lines.items():
        if line.baud is not None and line.baud not in _USUAL_BAUDS:
            near = nearest(str(line.baud), [str(one) for one in _USUAL_BAUDS])
            meant = f"did you mean {near[0]}?" if near else "look at the device's own"
            remedy = f"is {line.baud}, which is no usual speed; {meant}"
            yield Problem(f"lines.{name}", "baud", remedy)


def serial_of(line: LineTable, profiles: list[Profile]) -> Serial:
    """How the port is set: what the line says, else what its devices ship with."""
    shipped = profiles[0].transport.serial if profiles else Serial()
    return Serial(
        baud=shipped.baud if line.baud is None else line.baud,
        data_bits=shipped.data_bits,
        parity=shipped.parity if line.parity is None else line.parity,
        stop_bits=shipped.stop_bits if line.stop_bits is None else line.stop_bits,
    )


def _owners(real_ports: Mapping[str, str]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for line, port in real_ports.items():
        if port in owners:
            remedy = f"{port} is the port of line {owners[port]!r} too: a port belongs to one line"
            yield Problem(f"lines.{line}", "port", remedy)
        owners.setdefault(port, line)


def _serial(name: str, line: LineTable) -> Iterator[Problem]:
    table = f"lines.{name}"
    if line.port is None:
        remedy = 'name the port, such as port = "/dev/serial/by-id/usb-FTDI-if00"'
        yield Problem(table, "port", f"is missing: {remedy}")
    elif not isinstance(line.port, str):
        remedy = 'write the path of a serial port as text, such as "/dev/ttyAMA0"'
        yield Problem(table, "port", f"is the number {line.port}: {remedy}")
    for key in _NETWORK_KEYS:
        if getattr(line, key) is not None:
            yield Problem(table, key, f"is of no use on a serial port ({line.kind}): leave it")


def _direction(name: str, line: LineTable) -> Iterator[Problem]:
    table, rs485 = f"lines.{name}", line.rs485
    if rs485 is None:
        return
    if line.kind.is_network:
        remedy = "the converter switches its own transceiver: leave it"
        yield Problem(table, "rs485", f"is of no use on a network line; {remedy}")
    for key in ("delay_before_send", "delay_after_send"):
        delay_us = getattr(rs485, key)
        if delay_us % _DELAY_STEP_US or delay_us > _LONGEST_DELAY_US:
            remedy = 'the kernel takes whole milliseconds up to "100ms"'
            yield Problem(f"{table}.rs485", key, f"is {duration_text(delay_us)}: {remedy}")
    if rs485.rts_on_send is rs485.rts_after_send:
        remedy = "RTS has to change its level between sending and listening: make them differ"
        yield Problem(f"{table}.rs485", "rts_after_send", f"is as rts_on_send; {remedy}")
    if rs485.hear_ourselves and not line.local_echo:
        remedy = "write local_echo = true, so that our own bytes are skipped"
        yield Problem(table, "local_echo", f"is false, but rs485.hear_ourselves is true: {remedy}")


def _echo(name: str, line: LineTable) -> Iterator[Problem]:
    if line.local_echo and line.kind not in _MAY_ECHO:
        remedy = f"nothing comes back on a line of kind {line.kind.value!r}: leave it"
        yield Problem(f"lines.{name}", "local_echo", f"is of no use; {remedy}")


def _network(name: str, line: LineTable) -> Iterator[Problem]:
    table = f"lines.{name}"
    if line.host is None:
        remedy = 'name the server or converter, such as host = "10.0.0.7"'
        yield Problem(table, "host", f"is missing: {remedy}")
    if isinstance(line.port, str):
        yield Problem(table, "port", f"is {line.port!r}: write the number of a TCP port")
    elif line.port is None and line.kind is LineKind.MODBUS_RTU_OVER_TCP:
        remedy = "write the number that the converter listens on, such as port = 4001"
        yield Problem(table, "port", f"is missing: {remedy}")
    yield from _network_keys(table, line)


def _network_keys(table: str, line: LineTable) -> Iterator[Problem]:
    for key in _SERIAL_KEYS if line.kind is LineKind.MODBUS_TCP else ():
        if getattr(line, key) is not None:
            remedy = "Modbus TCP does not say what wire is behind the server: leave it"
            yield Problem(table, key, f"is of no use here; {remedy}")
    for key in ("timeout", "connect_timeout"):
        if getattr(line, key) == 0:
            yield Problem(table, key, 'must be longer than nothing, such as "1s"')


def _shared(
    name: str,
    line: LineTable,
    devices: Mapping[str, DeviceTable],
    profiles: Mapping[str, Profile],
) -> Iterator[Problem]:
    if line.kind.is_asked:
        yield from _doubled_units(devices, profiles)
        return
    if len(devices) > 1:
        listed = ", ".join(sorted(devices))
        remedy = "a stream belongs to one device: give each a line of its own"
        yield Problem(f"lines.{name}", "", f"has {len(devices)} devices ({listed}); {remedy}")
    if line.settle is not None:
        yield Problem(f"lines.{name}", "settle", "is of no use on a stream: leave it")


def _doubled_units(
    devices: Mapping[str, DeviceTable], profiles: Mapping[str, Profile]
) -> Iterator[Problem]:
    owners: dict[int, str] = {}
    for name, device in devices.items():
        profile = profiles.get(device.profile)
        if profile is None or not isinstance(profile.transport, Modbus):
            continue
        unit = profile.transport.default_unit if device.unit is None else device.unit
        if unit in owners:
            origin = " (the profile's default)" if device.unit is None else ""
            message = f"is {unit}{origin}, and {owners[unit]!r} on the same line has it too"
            yield Problem(f"devices.{name}", "unit", f"{message}: give each unit its own number")
        owners.setdefault(unit, name)


def _speeds(
    name: str,
    line: LineTable,
    devices: Mapping[str, DeviceTable],
    profiles: Mapping[str, Profile],
) -> Iterator[Problem]:
    for key in _SERIAL_KEYS:
        if getattr(line, key) is not None:
            continue
        wanted: dict[str, list[str]] = defaultdict(list)
        for device_name, device in devices.items():
            if device.profile in profiles:
                serial = profiles[device.profile].transport.serial
                wanted[str(getattr(serial, key))].append(device_name)
        if len(wanted) > 1:
            said = ", ".join(f"{value} for {' and '.join(who)}" for value, who in wanted.items())
            remedy = f"set the devices to one value and write it here as {key}"
            yield Problem(f"lines.{name}", key, f"the profiles disagree ({said}): {remedy}")
