"""Another configuration becomes true: lines in order, then all the rest at one instant."""

import asyncio
import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from edge_agent.changeover import Changeover
from edge_agent.config.desired import Book
from edge_agent.config.load import load_config
from edge_agent.config.model import Config
from edge_agent.config.source import Found
from edge_agent.configuration import Configuration
from edge_agent.observe import Parts

HEAD = 'gateway.id = "gw-001"\nmqtt = { host = "localhost", tls = false }\n'
LINE = 'lines.{0} = {{ kind = "modbus-rtu", port = "tty{0}", baud = {1} }}\n'
DEVICE = 'devices.{0} = {{ profile = "calectro_ug3", line = "{1}" }}\n'


class Recorder:
    """What the parts are asked to do, in order, and which configuration was in force then."""

    def __init__(self, configuration: Configuration, *, disk_refuses: bool = False) -> None:
        self.done: list[tuple[object, ...]] = []
        self._configuration = configuration
        self._disk_refuses = disk_refuses

    def _note(self, *what: object) -> None:
        self.done.append((*what, self._configuration.config.hash))

    async def stop(self, names: Iterable[str]) -> None:
        self._note("stop", *names)

    def start(self, config: Config, _: object, names: Collection[str] | None = None) -> None:
        assert config is self._configuration.config
        self._note("start", *(names or ()))

    def go_on(self, *_: object) -> None:
        """A line that only takes other figures."""

    def retune(self, old: Config, new: Config) -> None:
        assert new is self._configuration.config is not old
        self._note("retune")

    async def flush(self) -> None:
        self._note("flush")

    async def devices_changed(self, names: Collection[str]) -> None:
        self._note("devices", *names)
        if self._disk_refuses:
            raise sqlite3.OperationalError("disk is full")


def read(folder: Path, text: str) -> Found:
    (folder / "agent.toml").write_text(HEAD + text)
    loaded = load_config(folder / "agent.toml", {})
    return Found(loaded, Book(), loaded.config.watched_hash)


async def change(folder: Path, *, disk_refuses: bool = False) -> tuple[list[object], list[str]]:
    old = read(
        folder,
        LINE.format("shed", 9600) + LINE.format("hall", 9600) + LINE.format("loft", 9600)
        + DEVICE.format("a", "shed") + DEVICE.format("b", "hall") + DEVICE.format("c", "loft"),
    )  # fmt: skip
    new = read(
        folder,
        LINE.format("shed", 9600) + LINE.format("hall", 19200) + LINE.format("cellar", 9600)
        + DEVICE.format("a", "shed") + DEVICE.format("b", "hall") + DEVICE.format("d", "cellar"),
    )  # fmt: skip
    told: list[str] = []
    standing = Configuration(old, None, told.append)
    recorder = Recorder(standing, disk_refuses=disk_refuses)
    publisher = SimpleNamespace(news=asyncio.Event())
    parts = SimpleNamespace(roster=recorder, lanes=recorder, control=recorder, publisher=publisher)
    async with asyncio.TaskGroup() as group:
        over = Changeover(standing, cast("Parts", parts), group, told.append)
        await over.apply(new.config)
    assert standing.config.hash == new.config.hash
    assert publisher.news.is_set()
    before, after = old.config.hash, new.config.hash
    return [
        (what[:-1], {before: "old", after: "new"}[str(what[-1])]) for what in recorder.done
    ], told


async def test_stop_deliver_enter_start(tmp_path: Path) -> None:
    done, told = await change(tmp_path)
    assert done == [
        (("stop", "hall", "loft"), "old"),
        (("flush",), "old"),
        (("start", "hall", "cellar"), "new"),
        (("retune",), "new"),
        (("devices", "b", "c"), "new"),
    ]
    assert told == []


async def test_a_disk_that_refuses_does_not_keep_the_lines_still(tmp_path: Path) -> None:
    done, told = await change(tmp_path, disk_refuses=True)
    assert (("start", "hall", "cellar"), "new") in done
    assert "disk refuses" in told[0]
