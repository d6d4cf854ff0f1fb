"""The systemd files: sound, closed enough, and both programs do their work under them."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from simulators.alarm_centre import AlarmCentre
from simulators.serial_line import SerialLine
from simulators.smoke_detector import SmokeDetector
from simulators.stage import DeviceSpec, GatewaySpec, LineSpec, Stage, new_webhook_secret
from tests.acceptance import under_unit
from tests.patience import PATIENCE_S

FOLDER = Path(__file__).parents[2] / "systemd"
AGENT, INGEST = FOLDER / "lifeline-agent.service", FOLDER / "lifeline-ingest.service"
UNITS = [AGENT, INGEST]
MOST_EXPOSED = {AGENT.name: 2.0, INGEST.name: 1.5}
HOME = "/opt/lifeline/bin"
BIN = Path(sys.executable).parent
RULE = re.compile(r'(?:[A-Z]+(?:\{\w+\})?(?:==|!=|\+=|=)"[^"]*"(?:, |$))+')


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}: apt-get install systemd")
    return found


def run(*command: str | Path) -> str:
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_has_nothing_against_it(unit: Path, tmp_path: Path) -> None:
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace(HOME, str(BIN)))
    said = run(tool("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", here)
    assert unit.name not in said, said


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_is_closed(unit: Path) -> None:
    most = MOST_EXPOSED[unit.name]
    threshold = f"--threshold={round(most * 10)}"
    run(tool("systemd-analyze"), "security", "--offline=true", "--no-pager", threshold, unit)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_it_never_gives_up_and_is_not_root(unit: Path) -> None:
    def value(key: str) -> list[str]:
        return under_unit.settings(unit, key)

    assert (value("Restart"), value("StartLimitIntervalSec")) == (["always"], ["0"])
    assert (value("Type"), value("CapabilityBoundingSet")) == (["notify"], [""])
    assert value("WatchdogSec")
    (user,) = value("User")
    assert f"u {user} " in (FOLDER / "lifeline.sysusers.conf").read_text()


def test_the_agent_may_ask_for_its_time_and_find_what_it_kept() -> None:
    """What hardening would take from it without a word: NTP's state, the boot id, /dev/shm."""
    tool("systemd-analyze")
    assert "adjtimex" in under_unit.allowed(AGENT)
    assert under_unit.settings(AGENT, "ProtectClock") == []
    assert under_unit.settings(AGENT, "RemoveIPC") == ["no"]
    for unit in UNITS:
        assert under_unit.settings(unit, "ProcSubset") == []


def test_users_folders_and_rights_are_made(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away: sudo make test")
    (tmp_path / "etc" / "lifeline").mkdir(parents=True)
    (tmp_path / "etc" / "lifeline" / "webhook.secret").touch(0o644)
    run(tool("systemd-sysusers"), f"--root={tmp_path}", FOLDER / "lifeline.sysusers.conf")
    users = (tmp_path / "etc" / "passwd").read_text()
    assert "lifeline-agent" in users
    assert "lifeline-ingest" in users
    assert re.search(
        r"^dialout:.*lifeline-agent", (tmp_path / "etc/group").read_text(), re.MULTILINE
    )
    files = FOLDER / "lifeline.tmpfiles.conf"
    run(tool("systemd-tmpfiles"), "--create", f"--root={tmp_path}", files)
    secret = (tmp_path / "etc" / "lifeline" / "webhook.secret").stat()
    assert secret.st_mode & 0o777 == 0o640
    assert (secret.st_uid, secret.st_gid != 0) == (0, True)
    assert (tmp_path / "var" / "lib" / "lifeline").is_dir()


def test_each_udev_rule_is_whole() -> None:
    lines = (FOLDER / "70-lifeline-serial.rules").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert [line for line in rules if not RULE.fullmatch(line)] == []
    labels = {label for line in rules for label in re.findall(r'LABEL="(\w+)"', line)}
    assert {goto for line in rules for goto in re.findall(r'GOTO="(\w+)"', line)} == labels


# Under the unit's restrictions -----------------------------------------------------------------


@pytest.mark.parametrize(
    "work",
    [
        "import mmap; mmap.mmap(-1, 4096, prot=7)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "import os; os.chroot('/')",
        "import os; os.nice(-1)",
    ],
)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_restrictions_bite(unit: Path, work: str) -> None:
    tool("systemd-analyze")
    command = [sys.executable, under_unit.__file__, str(unit), sys.executable, "-c", work]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    assert "PermissionError" in ran.stderr


class Unit:
    """One program started as its unit says, with a NOTIFY_SOCKET of ours."""

    def __init__(self, unit: Path, config: Path, folder: Path) -> None:
        self.heard = ""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / f"{unit.name}.notify"))
        self._socket.setblocking(False)
        (start,) = under_unit.settings(unit, "ExecStart")
        program, *arguments = start.split()
        given = [str(config) if "/etc/lifeline/" in one else one for one in arguments]
        wanted = {"NOTIFY_SOCKET": f"{folder / unit.name}.notify", "WATCHDOG_USEC": "1000000"}
        self.log = folder / f"{unit.name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, under_unit.__file__, unit),
                    *(str(BIN / Path(program).name), *given),
                ],
                stdout=log,
                stderr=log,
                env=os.environ | wanted,
            )

    def said(self, word: str) -> bool:
        try:
            while True:
                self.heard += self._socket.recv(4096).decode() + "\n"
        except BlockingIOError:
            return word in self.heard

    async def says(self, word: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not self.said(word):
                assert self.process.poll() in (None, 0), self.log.read_text()
                await asyncio.sleep(0.05)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._socket.close()


@pytest.fixture
def detector(tmp_path: Path) -> Iterator[SmokeDetector]:
    one = SmokeDetector(1)
    with SerialLine([one], link=tmp_path / "line"):
        yield one


async def test_both_programs_work_under_their_units(
    tmp_path: Path, detector: SmokeDetector
) -> None:
    tool("systemd-analyze")
    gateway = GatewaySpec(
        "gw-001",
        (LineSpec("shed", "modbus-rtu", tmp_path / "line", {"settle": "100ms"}),),
        (DeviceSpec("smoke-0", "calectro_ug3", "shed", {"unit": 1}),),
    )
    secret = new_webhook_secret()
    async with AlarmCentre(secret) as centre:
        stage = Stage(tmp_path, (gateway,), webhook_url=centre.url, webhook_secret=secret)
        stage.broker.start()
        try:
            with (
                closing(Unit(INGEST, tmp_path / "server.toml", tmp_path)) as server,
                closing(Unit(AGENT, stage.config_of("gw-001"), tmp_path)) as agent,
            ):
                for unit in (server, agent):
                    await unit.says("READY=1")
                    await unit.says("WATCHDOG=1")
                detector.set_smoke(True)
                raised = await centre.wait_for(
                    lambda one: one.type == "alarm.raised" and one.data.get("rule") == "smoke",
                    PATIENCE_S,
                )
                assert raised.verified
                for unit in (agent, server):
                    unit.process.send_signal(signal.SIGTERM)
                    await unit.says("STOPPING=1")
                    code = await asyncio.to_thread(unit.process.wait, PATIENCE_S)
                    assert code == 0, unit.log.read_text()
        finally:
            stage.close()
