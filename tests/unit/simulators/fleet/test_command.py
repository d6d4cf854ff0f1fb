"""The command as a person runs it: a process, a report, an exit code, no secrets."""

import asyncio
import json
import logging
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulators.__main__ import main
from simulators.broker import Broker, Which
from simulators.fleet.command import FirstFew
from tests.conftest import BrokerFactory
from tests.patience import PATIENCE_S
from tests.running_server import running_server

SMALL = ("--gateways", "4", "--devices", "2", "--rate", "5")


def command(broker: Broker, *words: str) -> list[str]:
    where = f"{broker.host}:{broker.port}"
    return [sys.executable, "-m", "simulators", "fleet", *SMALL, "--broker", where, *words]


def played(broker: Broker, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(broker, *words), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


async def test_all_well_is_exit_code_0_and_plain_data(tmp_path: Path, mosquitto: Broker) -> None:
    async with running_server(tmp_path, mosquitto) as server:
        await server.until_ready()
        ended = await asyncio.to_thread(played, mosquitto, "--duration", "1s", "--json")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    said = json.loads(ended.stdout)
    assert said["whole"] is True
    assert said["readings"]["taken"] == said["readings"]["receipted"] > 20
    assert said["generator"]["resident_mb"] > 0


def test_without_receipts_it_is_exit_code_1_and_the_broker_knows_each_gateway(
    broker_factory: BrokerFactory, tmp_path: Path
) -> None:
    accounts = {f"fleet-{n:04d}": f"pass-word-{n}" for n in range(1, 5)}
    broker = broker_factory(Which.MOSQUITTO, accounts=accounts)
    file = tmp_path / "passwords"
    file.write_text("".join(f"{user}:{word}\n" for user, word in accounts.items()))
    ended = played(
        broker, "--duration", "300ms", "--drain-timeout", "100ms", "--password-file", str(file)
    )
    assert ended.returncode == 1
    assert "introduced 4" in ended.stdout
    assert "no_subscriber" in ended.stdout
    assert "not_authorised" not in ended.stdout
    assert "pass-word" not in ended.stdout + ended.stderr


def test_who_may_not_connect_is_told_a_few_times_only(broker_factory: BrokerFactory) -> None:
    broker = broker_factory(Which.MOSQUITTO, accounts={"somebody": "else"})
    process = subprocess.Popen(
        [*command(broker, "--gateways", "40"), "--json"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    lines = [process.stderr.readline() for _ in range(5)] if process.stderr else []
    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert all("can not connect" in line for line in lines)
    assert "(further ones are not shown)" in lines[-1]
    assert rest == ""
    assert json.loads(out)["introduced"] == 0


def test_usage_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fleet", "--gateways", "0"]) == 2
    told = capsys.readouterr()
    assert told.out == ""


def test_plain_text_never_leaves_the_machine_and_help_says_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fleet", "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for part in ("beyond it there is always TLS", "exit codes: 0", "jitter=0s", "one will"):
        assert part in said


def test_only_the_first_few_lines_of_thousands_are_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = logging.getLogger("test.fleet.few")
    log.addFilter(FirstFew(2))
    with caplog.at_level(logging.INFO, logger=log.name):
        for number in range(5):
            log.info("connection %d: lost", number)
    assert caplog.messages == [
        "connection 0: lost",
        "connection 1: lost (further ones are not shown)",
    ]
