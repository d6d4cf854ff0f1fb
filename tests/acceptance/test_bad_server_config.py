"""Bad server.toml, more than ten ways: file, key and remedy are named, all at once."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest_server.__main__ import main
from tests.server_toml import GOOD, written

# What is wrong: what stands in the file instead of what, the key named, the remedy named.
WAYS: dict[str, tuple[str, str, str, str]] = {
    "unknown key": ("port = 1883", "prot = 1883", "mqtt.prot", "did you mean 'port'?"),
    "unknown table": ("[alarms]", "[alarm]", "alarm: is not a known key", "mean 'alarms'?"),
    "unknown key of a receiver": (
        "classes",
        "clases",
        "receivers.centre.clases",
        "did you mean 'classes'?",
    ),
    "unknown key of a place": ("address", "adress", "places.flat-12.adress", "mean 'address'?"),
    "wrong type": ("port = 1883", 'port = "1883"', "mqtt.port", "expected `int"),
    "out of range": ("port = 8470", "port = 84700", "api.port", "<= 65535"),
    "wrong duration": ('"30d"', '"30 days"', "store.retention", "write 500ms, 1s, 10min"),
    "duration as a number": ('"30d"', "30", "store.retention", "write 500ms, 1s, 10min"),
    "unknown store": ('"embedded"', '"influx"', "store.kind", "one of embedded, influxdb"),
    "InfluxDB without a token": ('"embedded"', '"influxdb"', "store.token_file", "is missing"),
    "InfluxDB in the clear": (
        'kind = "embedded"\nretention = "30d"',
        'kind = "influxdb"\nurl = "http://influx.example"',
        "store.url",
        "https:// beyond loopback",
    ),
    "the bucket's own retention": ('"embedded"', '"influxdb"', "store.retention", "leave it out"),
    "address without InfluxDB": (
        'retention = "30d"',
        'url = "http://127.0.0.1:8086"',
        "store.url",
        'kind = "influxdb" only',
    ),
    "impatient": ('gateway_silent = "30s"', 'gateway_silent = "5s"', "gateway_silent", "12s"),
    "wrong shards": ('"0-63"', '"0-64"', "mqtt.shards", 'write "0-63"'),
    "short session": (
        'client_id = "ingest"',
        'session_expiry = "1h"',
        "mqtt.session_expiry",
        "1d or more",
    ),
    "plain text beyond loopback": (
        'host = "127.0.0.1"\nport = 1883',
        'host = "broker.example"\ntls = false',
        "mqtt.tls",
        "leave it out",
    ),
    "no such authority": ("port = 1883", 'ca_file = "no.crt"', "mqtt.ca_file", "is no file"),
    "no such password file": ("mqtt.password", "no.password", "mqtt.password_file", "make it"),
    "password twice": (
        'password_file = "mqtt.password"',
        'password_file = "mqtt.password"\npassword_env = "HOME"',
        "mqtt.password_env",
        "keep one",
    ),
    "password without a name": ('username = "ingest-server"', "", "mqtt.username", "is missing"),
    "variable that is not set": (
        'password_file = "mqtt.password"',
        'password_env = "LIFELINE_NO_SUCH_VARIABLE"',
        "mqtt.password_env",
        "set it before the start",
    ),
    "API for all without a token": (
        "port = 8470",
        'host = "0.0.0.0"\ntls_certificate = "server.crt"\ntls_key = "server.key"',
        "api.token_file",
        "32 characters",
    ),
    "API for all without TLS": (
        "port = 8470",
        'host = "0.0.0.0"\ntoken_file = "api.token"',
        "api.tls_certificate",
        "or use 127.0.0.1",
    ),
    "certificate without a key": (
        "port = 8470",
        'tls_certificate = "server.crt"',
        "api.tls_key",
        "go together",
    ),
    "short token": ("port = 8470", 'token_file = "short.token"', "api.token_file", "make one"),
    "receiver without a secret": (
        'secret_file = "webhook.secret"',
        "",
        "receivers.centre.secret_file",
        "or secret_env",
    ),
    "secret that is none": (
        "webhook.secret",
        "api.token",
        "receivers.centre.secret_file",
        "openssl rand -base64 32",
    ),
    "receiver without an address": (
        'url = "https://centre.example/hook"',
        "",
        "receivers.centre.url",
        "is missing",
    ),
    "wrong address": ("https://", "ftp://", "receivers.centre", "write https://host/path"),
    "unknown class": ('"hazard"', '"hazards"', "receivers.centre.classes", "mean 'hazard'?"),
    "unknown severity": ('"critical"', '"worst"', "receivers.centre.severities", "none of"),
    "unknown place": (
        'places = ["flat-12"]',
        'places = ["flat-21"]',
        "receivers.centre.places",
        "did you mean 'flat-12'?",
    ),
    "wrong receiver id": ("[receivers.centre]", "[receivers.Centre]", "receivers.Centre", "a-z"),
    "hectic heartbeat": ('heartbeat = "30s"', 'heartbeat = "1ms"', "centre.heartbeat", "1s to 1h"),
    "half a position": ("latitude = 31.2", "", "places.flat-12.latitude", "go together"),
    "impossible position": ("latitude = 31.2", "latitude = 131.2", "flat-12.latitude", "<= 90"),
    "no TOML": ("[server]", "[server", "is not TOML", "line 2"),
}


@dataclass(frozen=True)
class Checked:
    code: int
    out: str
    err: str


Check = Callable[..., Checked]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    """`ingest-server check -c <file>`, in this process: starting 40 of them takes half a minute."""

    def run(file: Path) -> Checked:
        code = main(["check", "--lang", "en", "-c", str(file)])
        said = capsys.readouterr()
        return Checked(code, said.out, said.err)

    return run


def test_the_good_one_is_good_as_a_program_of_its_own(tmp_path: Path) -> None:
    written(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "ingest_server", "check", "-c", str(tmp_path / "server.toml")],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "server.toml is fine: 1 receivers, 1 places" in done.stdout


@pytest.mark.parametrize("way", WAYS)
def test_file_key_and_remedy_are_named(tmp_path: Path, way: str, check: Check) -> None:
    instead_of, stands, key, remedy = WAYS[way]
    assert instead_of in GOOD
    file = written(tmp_path, GOOD.replace(instead_of, stands, 1))
    done = check(file)
    assert (done.code, done.out) == (2, "")
    lines = [line for line in done.err.splitlines() if key in line]
    assert lines, done.err
    assert all(f"{file}:" in line for line in lines)  # and the line where it stands, if any
    assert any(remedy in line for line in lines), done.err


def test_all_errors_come_at_once(tmp_path: Path, check: Check) -> None:
    text = GOOD
    for way in ("unknown key", "unknown class", "half a position", "no such password file"):
        text = text.replace(*WAYS[way][:2], 1)
    done = check(written(tmp_path, text))
    for key in ("mqtt.prot", "centre.classes", "flat-12.latitude"):
        assert key in done.err


def test_a_file_that_is_not_there_is_named_with_an_example(tmp_path: Path, check: Check) -> None:
    done = check(tmp_path / "missing.toml")
    assert done.code == 2
    assert "missing.toml" in done.err
    assert "examples/server.toml" in done.err


def test_no_secret_is_ever_shown(tmp_path: Path, check: Check) -> None:
    file = written(tmp_path, GOOD.replace("mqtt.password", "api.token"))
    (tmp_path / "webhook.secret").write_text("whsec_!!!hush-hush!!!")
    done = check(file)
    assert done.code == 2
    assert "hush" not in done.err + done.out
    assert "tttt" not in done.err + done.out
