"""The stage writes what both programs accept, keeps its secrets, and leaves nothing running."""

import json
import socket
import stat
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from simulators.broker import Broker, BrokerError, free_port
from simulators.influxd import Influxd
from simulators.pseudo_terminal import PseudoTerminal
from simulators.stage import (
    SERVER_USER,
    DeviceSpec,
    GatewaySpec,
    Key,
    LineSpec,
    NetworkSpec,
    PlaceSpec,
    Stage,
    StageError,
    new_webhook_secret,
)
from simulators.webhook_check import secret_key
from tests.patience import PATIENCE_S, until_true

ADDRESS = 'Xinhua "street" \\ 新华街'
PLACES = (PlaceSpec("shed", {"address": ADDRESS, "longitude": 106.8, "latitude": 39.6}),)

BUS: dict[str, Key] = {"baud": 19200, "settle": "1s", "local_echo": False}


def gateway(folder: Path, name: str = "gw-001") -> GatewaySpec:
    return GatewaySpec(
        name,
        (
            LineSpec("bus", "modbus-rtu", folder / f"{name}-bus", BUS),
            LineSpec("room", "uart", folder / f"{name}-room"),
        ),
        (
            DeviceSpec("smoke-1", "calectro_ug3", "bus", {"unit": 1, "place": "shed"}),
            DeviceSpec("smoke-2", "calectro_ug3", "bus", {"unit": 2}),
            DeviceSpec("radar", "micradar_r60afd1", "room"),
        ),
    )


def set_up(folder: Path, *gateways: GatewaySpec, **more: object) -> Stage:
    """A stage on which nothing has been started."""
    told = {"webhook_url": "http://127.0.0.1:9/alarms", "webhook_secret": new_webhook_secret()}
    return Stage(folder, gateways or (gateway(folder),), places=PLACES, **{**told, **more})  # type: ignore[arg-type]  # a test names what it changes


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    gateways = [gateway(tmp_path, name) for name in ("gw-001", "gw-002")]
    made = set_up(tmp_path / "stage", *gateways)
    with ExitStack() as plugged:
        for line in (line for one in gateways for line in one.lines):
            plugged.enter_context(PseudoTerminal(line.port))
        yield made
        made.close()


def check(program: str, config: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", program, "check", "-c", str(config), "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


def toml(path: Path) -> dict[str, dict[str, Any]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["gw-001", "gw-002"])
def test_the_agent_accepts_its_configuration(stage: Stage, name: str) -> None:
    done = check("edge_agent", stage.config_of(name))
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["gateway"], said["errors"], said["warnings"]) == (name, [], [])
    assert list(said["load"]) == ["bus"]


def test_networks_and_lists_arrive_as_they_were(tmp_path: Path) -> None:
    spec = GatewaySpec(
        "gw-003",
        (),
        (DeviceSpec("cover", "witmotion_485", "net", {"baseline": (0.1, -0.2, 0.97)}),),
        (NetworkSpec("net", "modbus-tcp", 5020),),
    )
    stage = set_up(tmp_path, spec)
    wanted = toml(stage.config_of("gw-003"))
    assert wanted["lines"]["net"] == {"kind": "modbus-tcp", "host": "127.0.0.1", "port": 5020}
    assert wanted["devices"]["cover"] == {
        "profile": "witmotion_485",
        "line": "net",
        "baseline": [0.1, -0.2, 0.97],
    }


def test_the_server_accepts_its_configuration(stage: Stage) -> None:
    done = check("ingest_server", stage.folder / "server.toml")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["receivers"], said["places"]) == (1, 1)
    assert said["broker"].endswith(f":{stage.broker.port}")


def test_readings_go_to_an_influxdb_that_the_server_may_use(
    influxd: Influxd, tmp_path: Path
) -> None:
    assert influxd.is_running
    stage = set_up(tmp_path / "stage", influx=True)
    assert stage.influx is not None
    with stage.influx:
        said = check("ingest_server", stage.folder / "server.toml")
        assert (said.returncode, said.stderr) == (0, "")
        store = toml(stage.folder / "server.toml")["store"]
        assert (store["kind"], store["url"]) == ("influxdb", stage.influx.url)
    assert not stage.influx.is_running


def test_text_numbers_and_truth_arrive_as_they_were(stage: Stage) -> None:
    places = toml(stage.folder / "server.toml")["places"]
    assert places["shed"] == PLACES[0].keys
    wanted = toml(stage.config_of("gw-001"))
    assert wanted["devices"]["smoke-2"] == {
        "profile": "calectro_ug3",
        "line": "bus",
        "unit": 2,
    }
    assert {key: wanted["lines"]["bus"][key] for key in BUS} == BUS


def test_secrets_are_in_files_of_our_own_only(tmp_path: Path) -> None:
    secret = new_webhook_secret()
    folder = tmp_path / "stage"
    set_up(folder, webhook_secret=secret)
    kept = {name: folder / f"{name}.password" for name in (SERVER_USER, "gw-001")}
    files = [folder / "webhook.secret", *kept.values()]
    assert (folder / "webhook.secret").read_text() == secret
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    words = [file.read_text() for file in files]
    assert len(set(words)) == 3
    for config in folder.glob("*.toml"):
        assert not any(word in config.read_text() for word in words)


def test_a_fleet_gets_the_passwords_of_the_gateways_it_plays(stage: Stage, tmp_path: Path) -> None:
    file = stage.passwords(tmp_path / "passwords", ["gw-001"])
    own = (stage.folder / "gw-001.password").read_text()
    assert file.read_text() == f"gw-001:{own}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_each_stage_has_passwords_and_ports_of_its_own(tmp_path: Path) -> None:
    one, other = set_up(tmp_path / "1"), set_up(tmp_path / "2")
    name = "gw-001.password"
    assert (one.folder / name).read_text() != (other.folder / name).read_text()
    assert one.broker.port != other.broker.port
    assert one.api.url != other.api.url


def test_gateways_may_find_the_broker_behind_something_else(tmp_path: Path) -> None:
    between = free_port()
    stage = set_up(tmp_path, gateway_port=between)
    assert toml(stage.config_of("gw-001"))["mqtt"]["port"] == between
    assert toml(tmp_path / "server.toml")["mqtt"]["port"] == stage.broker.port != between


def test_webhook_secrets_are_fresh_and_well_formed() -> None:
    first, second = new_webhook_secret(), new_webhook_secret()
    assert first != second
    assert len(secret_key(first)) == 32


def test_a_program_that_ends_at_its_start_is_told_with_its_last_words(stage: Stage) -> None:
    config = stage.folder / "server.toml"
    config.write_text(config.read_text().replace("[alarms]", "[alarns]"))
    stage.start(gateways=False)
    with pytest.raises(StageError, match="alarns"):
        stage.wait_ready()
    assert "--- server" in stage.last_words()


def test_a_server_that_is_not_ready_in_time_is_told(stage: Stage) -> None:
    with pytest.raises(StageError, match="not ready"):
        stage.wait_ready(0.1)


def test_a_broker_that_can_not_start_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        stage = set_up(tmp_path, broker_port=taken.getsockname()[1])
        with pytest.raises(BrokerError, match="in use"), stage:
            raise AssertionError("it can not have started")
    assert not stage.server.is_running
    assert not any(agent.is_running for agent in stage.agents.values())


def answering(folder: Path, said: bytes) -> threading.Thread:
    """A gateway's socket that answers one who asks."""
    folder.mkdir(parents=True)
    listens = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listens.bind(str(folder / "agent.sock"))
    listens.listen()

    def answer() -> None:
        with listens, listens.accept()[0] as asked:
            assert asked.recv(10) == b""
            asked.sendall(said)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_a_gateway_is_asked_how_it_is(stage: Stage) -> None:
    thread = answering(stage.folder / "gw-001", json.dumps({"pad": "x" * 100_000}).encode())
    assert stage.status("gw-001") == {"pad": "x" * 100_000}
    thread.join()
    with pytest.raises(StageError, match="gw-001"):
        stage.status("gw-001")
    with pytest.raises(StageError, match="gw-002"):
        stage.status("gw-002")


def test_an_answer_that_is_no_json_is_told(stage: Stage) -> None:
    thread = answering(stage.folder / "gw-002", b"Traceback")
    with pytest.raises(StageError, match="gw-002"):
        stage.status("gw-002")
    thread.join()


def test_all_programs_come_up_and_go(stage: Stage) -> None:
    assert isinstance(stage.broker, Broker)
    with stage:
        stage.wait_ready()
        for name in stage.agents:
            until_true((stage.folder / name / "agent.sock").exists)
            assert stage.status(name)["gateway"] == name
        programs = [stage.server, *stage.agents.values()]
        pids = [program.pid for program in programs]
        assert all(program.is_running for program in programs)
    assert not any(program.is_running for program in programs)
    assert not stage.broker.is_running
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert stage.server.log.exists()
