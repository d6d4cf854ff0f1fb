"""Fixtures that every test may use: a real broker, MQTT sessions, a free port; no skip in CI."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from runtime.mqtt import Options, Session
from simulators import influxd as influx
from simulators.broker import Broker, BrokerError, Which, find, free_port
from simulators.influxd import Influxd, InfluxError
from tests.turns import Turns, in_turn

BrokerFactory = Callable[..., Broker]
Connect = Callable[..., Session]


def pytest_configure() -> None:
    """Take signals as a terminal gives them: who starts us in the background has some ignored.

    A program that a test starts inherits what is ignored, and would not hear Ctrl-C. Programs are
    started by the hundred: what one of them compiled serves the next, whatever the shell wished.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Turns | None:
    """With `-n` alone; who names another `--dist` gets that."""
    return Turns(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    in_turn(items)


def _in_ci() -> bool:
    return os.environ.get("CI", "") not in ("", "0", "false")


# No deadline per example on a shared machine; what fails is printed to be replayed. In CI the same
# examples each time: what is new there is the change that it judges.
settings.register_profile("house", deadline=None, print_blob=True, derandomize=_in_ci())
settings.load_profile("house")


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI a test that skips is a test that nobody ran."""
    if _in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may skip in CI: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,  # noqa: ARG001 - pytest passes it by name
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.fixture(autouse=True)
def root_logger_as_it_was() -> Iterator[None]:
    """A program's `main` sets logging up for good; a test must not, for the tests after it."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = [one for one in root.handlers if one in handlers]


@pytest.fixture
def port() -> int:
    """A TCP port of the loopback that is free at this moment."""
    return free_port()


@pytest.fixture
def broker_factory(tmp_path: Path) -> Iterator[BrokerFactory]:
    """`broker_factory(which=…, accounts={user: password}, autosave_s=1)` → a started Broker.

    Skips, naming the command, when that broker is not installed. All are stopped afterwards.
    """
    made: list[Broker] = []

    def make(which: Which = Which.AUTO, kind: type[Broker] = Broker, **options: Any) -> Broker:
        try:
            find(which)
        except BrokerError as error:
            pytest.skip(str(error))
        folder = tmp_path / f"broker-{len(made)}"
        broker = kind(folder, which=which, **{"autosave_s": 1, **options})
        made.append(broker)
        broker.start()
        return broker

    yield make
    for broker in made:
        broker.stop()


@pytest.fixture
def broker(broker_factory: BrokerFactory) -> Broker:
    """A running broker without passwords, of whichever kind is installed."""
    return broker_factory()


@pytest.fixture
def mosquitto(broker_factory: BrokerFactory) -> Broker:
    """A running Mosquitto with the shipped settings and without passwords."""
    return broker_factory(Which.MOSQUITTO)


@pytest.fixture(params=[Which.MOSQUITTO, Which.IOTCORE])
def each_broker(request: pytest.FixtureRequest, broker_factory: BrokerFactory) -> Broker:
    """The test runs twice: with Mosquitto and with iotcore."""
    return broker_factory(request.param)


@pytest.fixture(scope="session")
def influxd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influxd]:
    """A running InfluxDB for all tests that leave it running: take a bucket of your own.

    Skips, naming the command, when there is no influxd.
    """
    try:
        influx.find()
    except InfluxError as error:
        pytest.skip(str(error))
    with Influxd(tmp_path_factory.mktemp("influxd")) as running:
        yield running


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """`connect(broker, "id", username=…, subscriptions=[…], …)` → a Session that is running.

    What Options knows goes there, the rest to Session. Await `session.connected()` yourself.
    All sessions end with the test.
    """
    running: list[asyncio.Task[None]] = []

    def make(broker: Broker, client_id: str, **settings: Any) -> Session:
        known = {key: settings.pop(key) for key in Options.__struct_fields__ if key in settings}
        fast = {"reconnect_min_s": 0.05, "reconnect_max_s": 0.2, "tls": False}
        where = {"host": broker.host, "port": broker.port, "client_id": client_id}
        session = Session(Options(**{**where, **fast, **known}), **settings)
        running.append(group.create_task(session.run()))
        return session

    async with asyncio.TaskGroup() as group:
        yield make
        for task in running:
            task.cancel()
