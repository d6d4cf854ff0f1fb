"""Cross-checks that the acceptance test does not show, and the warnings."""

import tomllib
from collections.abc import Mapping

import msgspec
import pytest

from device_profiles.model import Profile
from device_profiles.transport import Modbus, Serial
from edge_agent.config.check import Findings, check_sections
from edge_agent.config.sections import read_sections
from tests.shipped import PROFILES

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", password_env = "X" }\n'
SHED = '[lines.shed]\nkind = "modbus-rtu"\nport = "/dev/ttyS0"\n'
SMOKE = '[devices.smoke-01]\nprofile = "calectro_ug3"\nline = "shed"\n'


def faster(profile: Profile) -> Profile:
    assert isinstance(profile.transport, Modbus)
    transport = msgspec.structs.replace(profile.transport, serial=Serial(baud=19_200, stop_bits=2))
    return msgspec.structs.replace(profile, id="faster", transport=transport)


@pytest.fixture(scope="module")
def profiles() -> dict[str, Profile]:
    known = PROFILES
    return {**known, "faster": faster(known["calectro_ug3"])}


def check(text: str, profiles: Mapping[str, Profile]) -> Findings:
    found = read_sections(tomllib.loads(HEAD + text))
    assert found.problems == []
    return check_sections(
        found, profiles, {name: str(line.port) for name, line in found.lines.items()}
    )


def test_the_gateway_itself_has_a_name_that_no_device_may_have(
    profiles: dict[str, Profile],
) -> None:
    (problem,) = check(SHED + SMOKE.replace("smoke-01", "gateway"), profiles).errors
    assert problem.table == "devices.gateway"
    assert "give the device another" in problem.message


def test_a_sound_site_has_no_findings(profiles: dict[str, Profile]) -> None:
    assert check(SHED + SMOKE, profiles) == Findings()


GAS = '[devices.gas-01]\nprofile = "honeywell_sensepoint_xcd"\nline = "shed"\n'


def test_a_class_of_site_that_the_rules_do_not_know(profiles: dict[str, Profile]) -> None:
    (problem,) = check(f'{SHED}{GAS}site_class = "tunnel"\n', profiles).errors
    assert (problem.table, problem.key) == ("devices.gas-01", "site_class")
    assert "one of industrial, utility_tunnel" in problem.message
    assert check(f'{SHED}{GAS}site_class = "utility_tunnel"\n', profiles).errors == []


FAST = '[devices.fast]\nprofile = "faster"\nline = "shed"\nunit = 2\n'


def test_devices_of_a_line_must_agree_on_its_speed(profiles: dict[str, Profile]) -> None:
    (problem,) = check(SHED + SMOKE + FAST, profiles).errors
    assert (problem.table, problem.key) == ("lines.shed", "baud")
    assert "9600 for smoke-01, 19200 for fast" in problem.message
    assert "write it here as baud" in problem.message


def test_or_the_line_says_what_they_were_set_to(profiles: dict[str, Profile]) -> None:
    assert check(f"{SHED}baud = 19200\n{SMOKE}{FAST}", profiles).errors == []


def test_the_default_unit_is_taken_once(profiles: dict[str, Profile]) -> None:
    second = SMOKE.replace("smoke-01", "smoke-02")
    (problem,) = check(SHED + SMOKE + second, profiles).errors
    assert "is 1 (the profile's default), and 'smoke-01'" in problem.message


def test_the_same_unit_on_two_lines_is_fine(profiles: dict[str, Profile]) -> None:
    other = SHED.replace("shed", "hall").replace("ttyS0", "ttyS1")
    second = SMOKE.replace("smoke-01", "smoke-02").replace('"shed"', '"hall"')
    assert check(SHED + SMOKE + other + second, profiles) == Findings()


STREAM = '[lines.room]\nkind = "uart"\nport = "/dev/ttyS1"\n'
RADAR = '[devices.radar-01]\nprofile = "micradar_r60afd1"\nline = "room"\n'


@pytest.mark.parametrize(
    ("text", "table", "key"),
    [
        (STREAM + 'settle = "1s"\n' + RADAR, "lines.room", "settle"),
        (STREAM + RADAR + 'poll_period = "1s"\n', "devices.radar-01", "poll_period"),
        (SHED.replace("shed", "Shed") + SMOKE.replace('"shed"', '"Shed"'), "lines.Shed", ""),
        (f'buffer.size = "1KiB"\n{SHED}{SMOKE}', "buffer", "size"),
        (
            SHED + 'rs485.delay_before_send = "1500us"\n' + SMOKE,
            "lines.shed.rs485",
            "delay_before_send",
        ),
        (SHED + 'rs485.delay_after_send = "1s"\n' + SMOKE, "lines.shed.rs485", "delay_after_send"),
        (SHED + "rs485.rts_after_send = true\n" + SMOKE, "lines.shed.rs485", "rts_after_send"),
        (SHED + "rs485.hear_ourselves = true\n" + SMOKE, "lines.shed", "local_echo"),
        (STREAM + "local_echo = true\n" + RADAR, "lines.room", "local_echo"),
        (
            SHED.replace('"modbus-rtu"', '"modbus-tcp"').replace(
                'port = "/dev/ttyS0"', 'host = "h"'
            )
            + "rs485 = {}\n"
            + SMOKE,
            "lines.shed",
            "rs485",
        ),
    ],
)
def test_errors(profiles: dict[str, Profile], text: str, table: str, key: str) -> None:
    (problem,) = check(text, profiles).errors
    assert (problem.table, problem.key) == (table, key)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (SHED, "lines.shed: has no device"),
        (SHED + SMOKE + 'test_mode_for = "2h"\n', "devices.smoke-01.test_mode_for: is 2h"),
        (SHED + SMOKE + 'poll_period = "15s"\n', "rule 'offline' alarms after 30s"),
        ("", "devices: are none"),
    ],
)
def test_warnings(profiles: dict[str, Profile], text: str, warning: str) -> None:
    findings = check(text, profiles)
    assert findings.errors == []
    assert any(warning in str(one) for one in findings.warnings)


def test_direction_and_echo_that_are_right(profiles: dict[str, Profile]) -> None:
    rs485 = 'rs485 = { delay_before_send = "1ms", hear_ourselves = true }'
    assert check(f"{SHED}local_echo = true\n{rs485}\n{SMOKE}", profiles) == Findings()


def test_a_broker_without_a_password_is_worth_a_warning(profiles: dict[str, Profile]) -> None:
    text = 'gateway.id = "gw-001"\nmqtt.host = "mqtt.example.org"\n' + SHED + SMOKE
    findings = check_sections(read_sections(tomllib.loads(text)), profiles, {})
    assert [one.key for one in findings.warnings] == ["password_file"]


def test_two_places_for_one_secret(profiles: dict[str, Profile]) -> None:
    text = 'gateway.id = "g"\n[mqtt]\nhost = "h"\npassword_env = "X"\npassword_file = "y"\n'
    findings = check_sections(read_sections(tomllib.loads(text)), profiles, {})
    assert [one.key for one in findings.errors] == ["password_env"]


TILT = '[devices.tilt-01]\nprofile = "witmotion_485"\nline = "shed"\n'


def test_a_tilt_sensor_may_have_its_baseline_taken_at_the_site(
    profiles: dict[str, Profile],
) -> None:
    assert check(f"{SHED}{TILT}", profiles) == Findings()
    assert check(f"{SHED}{TILT}baseline = [0, 0, 9.8]", profiles) == Findings()


@pytest.mark.parametrize("baseline", ["[0, 0, 0]", "[inf, 0, 1]", "[nan, 0, 1]"])
def test_a_baseline_is_a_direction(profiles: dict[str, Profile], baseline: str) -> None:
    (problem,) = check(f"{SHED}{TILT}baseline = {baseline}", profiles).errors
    assert "no direction: write the acceleration" in problem.message


def test_a_baseline_belongs_to_a_tilt_sensor(profiles: dict[str, Profile]) -> None:
    (problem,) = check(f"{SHED}{SMOKE}baseline = [0, 0, 1]", profiles).errors
    assert problem.key == "baseline"
    assert "calectro_ug3 computes no tilt; leave it" in problem.message


@pytest.mark.parametrize(
    ("length", "is_good"), [("1s", True), ("8h", True), ("0s", False), ("9h", False)]
)
def test_a_test_has_an_end_within_a_shift(
    profiles: dict[str, Profile], length: str, is_good: bool
) -> None:
    errors = check(f'{SHED}{SMOKE}test_mode_for = "{length}"\n', profiles).errors
    assert [one.key for one in errors] == [] if is_good else ["test_mode_for"]
    assert all("write 1s to 8h, such as 2h" in one.message for one in errors)
