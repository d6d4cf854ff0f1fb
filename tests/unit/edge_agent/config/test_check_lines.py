"""Lines on the network and on wires: what they need, what is of no use, who may share them."""

import tomllib

import pytest

from device_profiles.transport import Parity
from edge_agent.config.check import check_sections
from edge_agent.config.check_lines import kinds_of, serial_of
from edge_agent.config.sections import read_sections
from edge_agent.config.tables import LineKind, LineTable
from tests.shipped import PROFILES

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", password_env = "X" }\n'
GAS = '[devices.gas-01]\nprofile = "honeywell_sensepoint_xcd"\nline = "hall"\n'


def told(line: str, devices: str = GAS, *more: str) -> list[str]:
    text = "\n".join([HEAD, f"[lines.hall]\n{line}", devices, *more])
    found = read_sections(tomllib.loads(text))
    assert not found.problems
    ports = {name: f"{one.host}:{one.port}" for name, one in found.lines.items()}
    return [str(one) for one in check_sections(found, PROFILES, ports).errors]


@pytest.mark.parametrize(
    "line",
    [
        'kind = "modbus-tcp"\nhost = "10.0.0.7"',
        'kind = "modbus-tcp"\nhost = "plc"\nport = 1502\ntimeout = "2s"\nconnect_timeout = "1s"',
        'kind = "modbus-rtu-over-tcp"\nhost = "10.0.0.7"\nport = 4001\nbaud = 9600\nparity = "N"',
        'kind = "modbus-rtu"\nport = "/dev/ttyS0"',
    ],
)
def test_a_line_that_says_all_is_fine(line: str) -> None:
    assert told(line) == []


@pytest.mark.parametrize(
    ("line", "key", "remedy"),
    [
        ('kind = "modbus-rtu"', "port: is missing", "/dev/serial/by-id"),
        ('kind = "uart"\nport = 502', "port: is the number 502", "write the path"),
        ('kind = "modbus-rtu"\nport = "x"\nhost = "h"', "host: is of no use on a serial", "leave"),
        ('kind = "modbus-rtu"\nport = "x"\ntimeout = "1s"', "timeout: is of no use", "leave it"),
        ('kind = "modbus-tcp"', "host: is missing", 'host = "10.0.0.7"'),
        ('kind = "modbus-tcp"\nhost = "h"\nport = "502"', "port: is '502'", "write the number"),
        ('kind = "modbus-tcp"\nhost = "h"\nbaud = 9600', "baud: is of no use", "leave it"),
        ('kind = "modbus-tcp"\nhost = "h"\ntimeout = "0s"', "timeout: must be longer", '"1s"'),
        ('kind = "modbus-rtu-over-tcp"\nhost = "h"', "port: is missing", "port = 4001"),
    ],
)
def test_what_is_missing_or_of_no_use_is_named(line: str, key: str, remedy: str) -> None:
    found = [one for one in told(line) if one.startswith(f"lines.hall.{key}")]
    assert found, told(line)
    assert remedy in found[0]


def test_units_are_given_once_on_a_network_line_too() -> None:
    second = GAS.replace("gas-01", "gas-02")
    (problem,) = told('kind = "modbus-tcp"\nhost = "h"', GAS, second)
    assert problem.startswith("devices.gas-02.unit: is 1 (the profile's default)")


def test_one_address_belongs_to_one_line() -> None:
    tcp = 'kind = "modbus-tcp"\nhost = "h"\nport = 502'
    (problem,) = told(tcp, GAS, f"[lines.yard]\n{tcp}")
    assert problem.startswith("lines.yard.port: h:502 is the port of line 'hall' too")


def test_speeds_have_to_agree_where_the_wire_is_ours() -> None:
    water = '[devices.water-01]\nprofile = "bcd_ruler"\nline = "hall"\n'
    over = 'kind = "modbus-rtu-over-tcp"\nhost = "h"\nport = 4001'
    keys = [one.partition(":")[0] for one in told(over, GAS, water)]
    assert keys == ["lines.hall.baud", "lines.hall.parity"]
    assert told('kind = "modbus-tcp"\nhost = "h"', GAS, water) == []


def test_the_line_overrides_what_the_profile_ships_with() -> None:
    xcd = PROFILES["honeywell_sensepoint_xcd"]
    shipped = serial_of(LineTable(kind=LineKind.MODBUS_RTU, port="x"), [xcd])
    assert (shipped.baud, shipped.parity, shipped.stop_bits) == (19_200, Parity.EVEN, 1)
    table = LineTable(kind=LineKind.MODBUS_RTU, port="x", parity=Parity.NONE, baud=9600)
    ours = serial_of(table, [xcd])
    assert (ours.baud, ours.parity, ours.stop_bits) == (9_600, Parity.NONE, 1)


def test_a_stream_is_on_a_port_of_its_own_and_modbus_on_any_carrier() -> None:
    assert kinds_of(PROFILES["micradar_r60afd1"].transport) == (LineKind.UART,)
    assert set(kinds_of(PROFILES["calectro_ug3"].transport)) == set(LineKind) - {LineKind.UART}


@pytest.mark.parametrize(
    ("baud", "said"),
    [
        (960, ["lines.hall.baud: is 960, which is no usual speed; did you mean 9600?"]),
        (9601, ["lines.hall.baud: is 9601, which is no usual speed; did you mean 9600?"]),
        (9600, []),
        (256_000, []),
    ],
)
def test_a_speed_that_is_mostly_a_slip_is_a_warning(baud: int, said: list[str]) -> None:
    text = f'{HEAD}[lines.hall]\nkind = "modbus-rtu"\nport = "/dev/ttyS0"\nbaud = {baud}\n{GAS}'
    found = read_sections(tomllib.loads(text))
    findings = check_sections(found, PROFILES, {"hall": "/dev/ttyS0"})
    assert findings.errors == []
    assert [str(one) for one in findings.warnings if one.key == "baud"] == said
