"""The shipped Mosquitto files as they are installed: gateways apart, TLS, nobody anonymous."""

import asyncio
import getpass
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtime.mqtt import Outcome, Session
from simulators.broker import SHIPPED, Broker, Which, free_port
from tests.patience import PATIENCE_S

Connect = Callable[..., Session]
WORDS = {"gw-1": "one", "gw-2": "two", "ingest-server": "three"}


class Installed(Broker):
    """The shipped files: only paths, ports and the log's destination are changed."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(folder, **options)
        self.tls_port = free_port()
        self.authority = folder / "ca.crt"
        folder.mkdir()
        make_certificates(folder)
        for user, word in WORDS.items():
            add_gateway(folder / "lifeline.passwd", user, word)

    def _settings(self) -> str:
        text = (SHIPPED / "mosquitto.conf").read_text()
        folder = self.log.parent
        for old, new in {
            "/etc/mosquitto/certs": folder,
            "/etc/mosquitto/lifeline.passwd": folder / "lifeline.passwd",
            "/etc/mosquitto/lifeline.acl": SHIPPED / "acl",
            "/var/lib/mosquitto": folder,
            "log_dest syslog": f"log_dest stderr\nuser {getpass.getuser()}",
            "listener 1883": f"listener {self.port}",
            "listener 8883": f"listener {self.tls_port} 127.0.0.1",
        }.items():
            assert old in text
            text = text.replace(old, str(new))
        return text


def add_gateway(passwords: Path, user: str, word: str) -> None:
    """The command of the README; it asks for the password twice."""
    subprocess.run([SHIPPED / "add-gateway", user, passwords], input=word, text=True, check=True)


def make_certificates(folder: Path) -> None:
    """An authority, and a certificate for localhost that it signed."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    out = ["-keyout", "ca.key", "-out", "ca.crt"]
    openssl(folder, "req", "-x509", *key, *out, "-subj", "/CN=test authority", "-days", "1")
    out = ["-keyout", "server.key", "-out", "server.csr"]
    openssl(folder, "req", "-new", *key, *out, "-subj", "/CN=localhost")
    (folder / "san").write_text("subjectAltName=DNS:localhost")
    signer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san"]
    openssl(folder, "x509", "-req", "-in", "server.csr", *signer, "-out", "server.crt")


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def installed(broker_factory: Callable[..., Installed]) -> Installed:
    return broker_factory(Which.MOSQUITTO, kind=Installed)


@pytest.fixture
def over_tls(installed: Installed, connect: Connect) -> Callable[..., Session]:
    def over_tls(user: str, **settings: Any) -> Session:
        where = {"host": "localhost", "port": installed.tls_port, "tls": True}
        return connect(installed, user, **{**where, "ca_file": installed.authority, **settings})

    return over_tls


@pytest.fixture
def sign_in(over_tls: Callable[..., Session]) -> Callable[..., Session]:
    def sign_in(user: str, *subscriptions: str) -> Session:
        return over_tls(user, username=user, password=WORDS[user], subscriptions=subscriptions)

    return sign_in


async def test_a_gateway_speaks_in_its_own_name_only(sign_in: Callable[..., Session]) -> None:
    server = sign_in("ingest-server", "lifeline/1/up/#")
    gateway = sign_in("gw-1")
    await server.connected()
    await gateway.connected()
    for topic, outcome in {
        "lifeline/1/up/07/gw-1/urgent": Outcome.ACCEPTED,
        "lifeline/1/up/07/gw-1/birth": Outcome.ACCEPTED,
        "lifeline/1/up/07/gw-2/urgent": Outcome.NOT_AUTHORISED,
        "lifeline/1/up/gw-1/gw-2/urgent": Outcome.NOT_AUTHORISED,
        "lifeline/1/down/gw-1/receipt": Outcome.NOT_AUTHORISED,
        "lifeline/1/down/gw-2/command": Outcome.NOT_AUTHORISED,
        "lifeline/2/up/07/gw-1/urgent": Outcome.NOT_AUTHORISED,
        "$SYS/broker/uptime": Outcome.NOT_AUTHORISED,
    }.items():
        assert await gateway.publish(topic, topic.encode()) is outcome, topic
    heard = [(await server.receive()).topic for _ in range(2)]
    assert heard == ["lifeline/1/up/07/gw-1/urgent", "lifeline/1/up/07/gw-1/birth"]
    assert gateway.connection == 1


async def test_a_gateway_hears_what_is_meant_for_it_only(sign_in: Callable[..., Session]) -> None:
    server = sign_in("ingest-server")
    own = sign_in("gw-1", "lifeline/1/down/gw-1/#")
    nosy = sign_in("gw-2", "lifeline/#", "#", "lifeline/1/down/gw-1/#", "lifeline/1/down/+/receipt")
    for session in (server, own, nosy):
        await session.connected()
    assert await server.publish("lifeline/1/down/gw-1/receipt", b"one") in list(Outcome)[:2]
    assert await server.publish("lifeline/1/down/gw-2/receipt", b"two") in list(Outcome)[:2]
    assert (await own.receive()).payload == b"one"
    heard = {(await nosy.receive()).topic for _ in range(1)}
    assert heard == {"lifeline/1/down/gw-2/receipt"}
    assert await nosy.publish("lifeline/1/up/00/gw-1/urgent", b"") is Outcome.NOT_AUTHORISED


async def test_a_burst_over_tls_arrives_whole(sign_in: Callable[..., Session]) -> None:
    """Many messages share one TLS record: what TLS has read already wakes no selector."""
    server = sign_in("ingest-server")
    gateway = sign_in("gw-1", "lifeline/1/down/gw-1/#")
    await server.connected()
    await gateway.connected()
    topic = "lifeline/1/down/gw-1/receipt"
    async with asyncio.TaskGroup() as group:
        for n in range(500):
            group.create_task(server.publish(topic, f"{n}".encode() * 50, qos=0))
    async with asyncio.timeout(PATIENCE_S):
        for n in range(500):
            assert (await gateway.receive()).payload == f"{n}".encode() * 50


async def test_the_server_can_not_speak_as_a_gateway(sign_in: Callable[..., Session]) -> None:
    server = sign_in("ingest-server")
    await server.connected()
    outcome = await server.publish("lifeline/1/up/07/gw-1/urgent", b"")
    assert outcome is Outcome.NOT_AUTHORISED


async def refusal(session: Session, log: pytest.LogCaptureFixture) -> str:
    """What the log says after two attempts in vain."""
    while session.connection < 3:
        assert not session.is_connected
        await asyncio.sleep(0.01)
    return log.text


async def test_nobody_is_anonymous(
    over_tls: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    assert "Not authorized" in await refusal(over_tls("gw-1"), caplog)


async def test_a_certificate_of_an_unknown_authority_is_refused(
    over_tls: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    assert "certificate verify failed" in await refusal(over_tls("gw-1", ca_file=None), caplog)


async def test_a_certificate_for_another_name_is_refused(
    over_tls: Callable[..., Session], caplog: pytest.LogCaptureFixture
) -> None:
    said = await refusal(over_tls("gw-1", host="127.0.0.1"), caplog)
    assert "IP address mismatch" in said


async def test_plain_text_reaches_the_loopback_listener(
    installed: Installed, connect: Connect
) -> None:
    user = "ingest-server"
    assert await connect(installed, user, username=user, password=WORDS[user]).connected() == 1


def test_a_password_can_be_changed_and_only_for_a_gateway_id(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    for user, word in (("gw-1", "one"), ("gw-11", "two"), ("gw-1", "three")):
        add_gateway(file, user, word)
    users = [line.split(":")[0] for line in file.read_text().splitlines()]
    assert sorted(users) == ["gw-1", "gw-11"]
    assert file.stat().st_mode & 0o077 == 0
    for bad in ("Gw", "gw:x", "gw/+", "-x", "#"):
        with pytest.raises(subprocess.CalledProcessError):
            add_gateway(file, bad, "word")


def test_the_files_name_what_the_readme_installs() -> None:
    for name in ("mosquitto.conf", "acl", "add-gateway"):
        assert name in (SHIPPED / "README.md").read_text()
        assert name in (SHIPPED / "README.zh-CN.md").read_text()
