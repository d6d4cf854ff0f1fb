"""What the command line of a fleet becomes, and how each wrong word of it is told."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from device_profiles.load import profile_hash
from runtime.mqtt_words import Options
from simulators.device_commands import UsageError
from simulators.fleet.gateway import FleetGateway
from simulators.fleet.incident import IncidentKind
from simulators.fleet.options import PASSWORD_VARIABLE, add_options, options_of, plan_of
from tests.shipped import PROFILES


@pytest.fixture(autouse=True)
def no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    file = tmp_path / "profiles.json"
    entries = [
        {"id": "calectro_ug3", "hash": "a1", "rules_hash": "a2"},
        {"id": "bcd_ruler", "hash": "b1", "rules_hash": "b2"},
    ]
    file.write_text(json.dumps(entries))
    return file


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(words)


def connection(profiles: Path, *words: str, gateways: int = 4) -> Options:
    given = parsed("--gateways", str(gateways), "--profiles", str(profiles), *words)
    plan = plan_of(given)
    one = FleetGateway("fleet-0001", (), boot="b", epoch="0" * 16, room=1 << 20)
    return options_of(given, plan)(0, [one])


def test_all_of_a_plan(profiles: Path) -> None:
    plan = plan_of(
        parsed(
            *("--gateways", "20", "--devices", "3", "--rate", "2.5", "--urgent-share", "0.1"),
            *("--alarm-every", "5s", "--duration", "2min", "--seed", "7", "--kinds", "water"),
            *("--drain-timeout", "30s", "--duplicates", "0.2", "--connections", "5"),
            *("--outage", "at=10s,for=5s", "--outage", "at=30s,for=5s", "--storm", "at=60s"),
            *("--prefix", "load", "--memory", "64", "--profiles", str(profiles)),
        )
    )
    assert (plan.gateways, plan.devices, plan.rate, plan.links) == (20, 3, 2.5, 5)
    assert (plan.urgent_share, plan.duplicates, plan.seed) == (0.1, 0.2, 7)
    assert (plan.alarm_every_us, plan.duration_us, plan.drain_us) == (5e6, 120e6, 30e6)
    kinds = [IncidentKind.OUTAGE, IncidentKind.OUTAGE, IncidentKind.STORM]
    assert [one.kind for one in plan.incidents] == kinds
    assert [(kind.profile, kind.profile_hash) for kind in plan.kinds] == [("bcd_ruler", "b1")]
    assert (plan.prefix, plan.memory) == ("load", 64 << 20)


def test_without_a_file_the_installed_catalogue_is_asked() -> None:
    shipped = PROFILES
    for kind in plan_of(parsed()).kinds:
        assert kind.profile_hash == profile_hash(shipped[kind.profile])


def test_on_loopback_plain_text_without_a_user(profiles: Path) -> None:
    found = connection(profiles)
    assert (found.host, found.port, found.tls) == ("127.0.0.1", 1883, False)
    assert (found.username, found.password, found.client_id) == (None, None, "fleet-0001")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--broker", "mqtt.example"], ("mqtt.example", 8883, True)),
        (["--broker", "mqtt.example:443"], ("mqtt.example", 443, True)),
        (["--broker", "localhost", "--tls"], ("localhost", 8883, True)),
        (["--broker", "[::1]:1884"], ("::1", 1884, False)),
        (["--broker", "::1"], ("::1", 1883, False)),
    ],
)
def test_where_the_broker_is(
    profiles: Path, words: list[str], expected: tuple[str, int, bool]
) -> None:
    found = connection(profiles, *words)
    assert (found.host, found.port, found.tls) == expected


def test_alone_on_a_connection_a_gateway_is_its_own_user(profiles: Path, tmp_path: Path) -> None:
    (tmp_path / "pass").write_text("fleet-0001:s3cret\nfleet-0002:two\n")
    found = connection(profiles, "--password-file", str(tmp_path / "pass"))
    assert (found.username, found.password) == ("fleet-0001", "s3cret")
    assert "s3cret" not in repr(found)


def test_a_shared_connection_has_the_user_that_is_named(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "s3cret")
    found = connection(profiles, "--user", "load", "--connections", "2")
    assert (found.username, found.password) == ("load", "s3cret")
    assert found.client_id != "fleet-0001"


def test_certificates_are_passed_on(profiles: Path, tmp_path: Path) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    files = [word for name in ("ca", "cert", "key") for word in (f"--{name}", str(tmp_path / name))]
    found = connection(profiles, *files)
    assert (found.ca_file, found.cert_file) == (tmp_path / "ca", tmp_path / "cert")
    assert (found.key_file, found.tls) == (tmp_path / "key", True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--kinds", "smoke,fire"], "--kinds: no fire; there are: smoke, water"),
        (["--gateways", "0"], "--gateways: from 1"),
        (["--profiles", "nowhere.json"], "--profiles nowhere.json: No such file"),
        (["--broker", "host:port"], "--broker host:port: write HOST or HOST:PORT"),
        (["--ca", "nowhere.pem"], "--ca nowhere.pem: no such file"),
        (["--cert", __file__], "--cert and --key belong together"),
        (["--password-file", "nowhere"], "--password-file nowhere: can not be read"),
    ],
)
def test_what_is_wrong_is_told_by_its_option(profiles: Path, words: list[str], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        connection(profiles, *words) if "--gateways" not in words else plan_of(parsed(*words))
    assert told in str(refused.value)


def test_a_user_without_a_password_is_told(profiles: Path, tmp_path: Path) -> None:
    (tmp_path / "pass").write_text("fleet-0008:first\nfleet-0009:second\n")
    with pytest.raises(UsageError) as refused:
        connection(profiles, "--password-file", str(tmp_path / "pass"))
    assert "--password-file: no password for fleet-0001" in str(refused.value)
    assert "first" not in str(refused.value)


def test_profiles_that_are_something_else_are_told(profiles: Path) -> None:
    profiles.write_text("{}")
    with pytest.raises(UsageError) as refused:
        connection(profiles)
    assert f"--profiles {profiles}: is not what" in str(refused.value)


@pytest.mark.parametrize(
    "words", [["--outage", "at=1s"], ["--storm", "now"], ["--rate", "fast"], ["--duplicates", "2"]]
)
def test_orders_that_can_not_be_read(words: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(*words)
    assert ended.value.code == 2
    assert words[0] in capsys.readouterr().err
