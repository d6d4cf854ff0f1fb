import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.broker import (
    SHIPPED,
    Broker,
    BrokerError,
    Which,
    find,
    free_port,
    iotcore_settings,
    password_hash,
)
from tests.patience import PATIENCE_S

BrokerFactory = Callable[..., Broker]


def answers(broker: Broker) -> bool:
    """Whether it answers CONNECT (MQTT 5, clean start, empty client id) with CONNACK."""
    connect = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"
    with socket.create_connection((broker.host, broker.port), timeout=PATIENCE_S) as talk:
        talk.sendall(connect)
        try:
            return talk.recv(1) == b"\x20"
        except TimeoutError:
            return False


def test_it_starts_stops_and_starts_again_on_the_same_port(each_broker: Broker) -> None:
    port, first = each_broker.port, each_broker.pid
    assert answers(each_broker)
    each_broker.stop()
    assert not each_broker.is_running
    with pytest.raises(OSError, match="refused"):
        answers(each_broker)
    each_broker.start()
    assert answers(each_broker)
    assert (each_broker.port, each_broker.pid == first) == (port, False)


def test_kill_is_at_once(each_broker: Broker) -> None:
    each_broker.kill()
    assert not each_broker.is_running
    each_broker.start()
    assert answers(each_broker)


def test_frozen_it_keeps_the_connection_and_says_nothing(each_broker: Broker) -> None:
    each_broker.freeze()
    connect = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"
    with socket.create_connection((each_broker.host, each_broker.port), timeout=0.05) as talk:
        talk.sendall(connect)
        with pytest.raises(TimeoutError):
            talk.recv(1)
        each_broker.thaw()
        talk.settimeout(PATIENCE_S)
        assert talk.recv(1) == b"\x20"


def test_stop_works_while_it_is_frozen_and_twice(mosquitto: Broker) -> None:
    mosquitto.freeze()
    mosquitto.stop()
    mosquitto.stop()
    assert not mosquitto.is_running


def test_a_port_in_use_is_told(broker_factory: BrokerFactory, tmp_path: Path) -> None:
    running = broker_factory(Which.MOSQUITTO)
    second = Broker(tmp_path / "second", port=running.port, which=Which.MOSQUITTO)
    with pytest.raises(BrokerError, match=f"port {running.port}.*in use"):
        second.start()
    assert not second.is_running


def test_only_this_machine_can_reach_it(each_broker: Broker) -> None:
    listening = Path("/proc/net/tcp").read_text().splitlines()
    port = f":{each_broker.port:04X} "
    (local,) = [line.split()[1] for line in listening if port in line and " 0A " in line]
    assert local.startswith("0100007F")


def test_its_files_are_in_its_folder_and_passwords_are_hashed(
    broker_factory: BrokerFactory, tmp_path: Path
) -> None:
    broker = broker_factory(Which.MOSQUITTO, accounts={"gw-1": "s3cret"})
    folder = broker.log.parent
    assert folder.is_relative_to(tmp_path)
    for file in folder.iterdir():
        assert "s3cret" not in file.read_text(errors="replace")
    assert (folder / "passwords").stat().st_mode & 0o077 == 0


def test_the_shipped_settings_are_those_that_run(broker_factory: BrokerFactory) -> None:
    broker = broker_factory(Which.MOSQUITTO)
    runs = (broker.log.parent / "mosquitto.conf").read_text()
    for setting in ("max_queued_messages", "max_packet_size", "set_tcp_nodelay", "persistence"):
        line = next(
            one
            for one in (SHIPPED / "mosquitto.conf").read_text().splitlines()
            if one.startswith(f"{setting} ")
        )
        assert line in runs.splitlines()


def test_a_password_is_salted() -> None:
    assert password_hash("x") != password_hash("x")
    assert password_hash("x").startswith("$7$101$")


def test_iotcore_is_told_its_accounts() -> None:
    assert "auth" not in iotcore_settings(1, None)
    assert '"gw-1" = "one"' in iotcore_settings(1, {"gw-1": "one"})


def test_mosquitto_is_taken_where_it_is_installed(mosquitto: Broker) -> None:
    assert mosquitto.kind is find()


def test_what_is_missing_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("simulators.broker.SHIPPED", tmp_path / "gone")
    with pytest.raises(BrokerError, match="apt-get install mosquitto"):
        find(Which.MOSQUITTO)


def test_a_free_port_is_free() -> None:
    port = free_port()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    for _ in range(2):
        with (
            socket.create_server(("127.0.0.1", port)),
            socket.create_connection(("127.0.0.1", port)),
        ):
            pass


def test_a_free_port_is_given_once_and_nobody_else_is_given_it() -> None:
    given = [free_port() for _ in range(50)]
    assert len(set(given)) == 50
    with socket.create_server(("127.0.0.1", 0)) as by_the_system:
        assert max(given) < by_the_system.getsockname()[1]


def test_no_other_process_is_given_it() -> None:
    """Between a port's choice and its use a program starts: long enough for another's choice."""
    given = free_port()
    few = f"range({given}, {given + 100})"
    asks = "from simulators import broker as b; b.LISTENING_PORTS = {}; print(b.free_port())"
    command = [sys.executable, "-c", asks.format(few)]
    for _ in range(2):
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert given < int(said) < given + 100
