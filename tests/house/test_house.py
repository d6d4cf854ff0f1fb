"""The house rules that no linter knows: kinds of file, one purpose, a mirror test, small files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "runtime",
    "wire",
    "alarm_rules",
    "device_profiles",
    "edge_agent",
    "ingest_server",
    "simulators",
)
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.is_file()
)
LONGEST = 300

LOOPS = {
    "edge_agent/app.py",
    "edge_agent/baseline/keeper.py",
    "edge_agent/baseline/orders.py",
    "edge_agent/local_orders.py",
    "edge_agent/building.py",
    "edge_agent/by_hand.py",
    "edge_agent/buffer/reserving.py",
    "edge_agent/buffer/room.py",
    "edge_agent/buffer/salvor.py",
    "edge_agent/answering.py",
    "edge_agent/changeover.py",
    "edge_agent/config_wishes.py",
    "edge_agent/configuration.py",
    "edge_agent/on_site.py",
    "edge_agent/right_of_way.py",
    "edge_agent/roster.py",
    "edge_agent/frames/keeper.py",
    "edge_agent/local_action/actor.py",
    "edge_agent/local_action/tap.py",
    "edge_agent/observe.py",
    "edge_agent/persist.py",
    "edge_agent/self_report.py",
    "edge_agent/test_mode/keeper.py",
    "edge_agent/send_off.py",
    "edge_agent/poll/delivery.py",
    "edge_agent/poll/device.py",
    "edge_agent/poll/gateway_hand.py",
    "edge_agent/poll/inquiry.py",
    "edge_agent/poll/listener.py",
    "edge_agent/poll/modbus_hand.py",
    "edge_agent/poll/operator.py",
    "edge_agent/poll/poller.py",
    "edge_agent/poll/stream_hand.py",
    "edge_agent/uplink/answers.py",
    "edge_agent/uplink/config_answers.py",
    "edge_agent/uplink/publisher.py",
    "edge_agent/uplink/sender.py",
    "edge_agent/watch.py",
    "ingest_server/alarm/watcher.py",
    "ingest_server/app.py",
    "ingest_server/commands.py",
    "ingest_server/control/dispatcher.py",
    "ingest_server/intake/desk.py",
    "ingest_server/intake/receiver.py",
    "ingest_server/intake/trimmer.py",
    "ingest_server/notify/deliverer.py",
    "ingest_server/store/writer.py",
    "simulators/demo.py",
    "simulators/demo_scene.py",
    "simulators/fleet/link.py",
    "simulators/fleet/run.py",
    "simulators/scenario/play.py",
    "simulators/scenario/run.py",
}
ADAPTERS = {
    "edge_agent/buffer/control.py",
    "edge_agent/buffer/departures.py",
    "edge_agent/buffer/commits.py",
    "edge_agent/buffer/lanes.py",
    "edge_agent/buffer/time_kept.py",
    "edge_agent/bus/line.py",
    "edge_agent/bus/line_in_loop.py",
    "edge_agent/bus/line_thread.py",
    "edge_agent/bus/modbus.py",
    "edge_agent/bus/serial_port.py",
    "edge_agent/bus/stream.py",
    "edge_agent/figure_port.py",
    "edge_agent/health_socket.py",
    "ingest_server/db/alarm_book.py",
    "ingest_server/db/bell.py",
    "ingest_server/db/journal.py",
    "ingest_server/db/outbox.py",
    "ingest_server/db/registry.py",
    "ingest_server/files.py",
    "ingest_server/notify/webhook.py",
    "ingest_server/store/embedded.py",
    "ingest_server/store/influx.py",
    "ingest_server/store/influx_retime.py",
    "ingest_server/store/influx_store.py",
    "ingest_server/store/opening.py",
    "ingest_server/store/series_table.py",
    "runtime/beat.py",
    "runtime/database.py",
    "runtime/mqtt.py",
    "runtime/mqtt_link.py",
    "runtime/mqtt_pending.py",
    "runtime/mqtt_publish.py",
    "runtime/service.py",
    "runtime/slots.py",
    "runtime/thread.py",
    "runtime/turns.py",
    "simulators/alarm_centre.py",
    "simulators/api_thread.py",
    "simulators/device_api.py",
    "simulators/relay.py",
    "simulators/scenario/centre.py",
}
MAY_AWAIT = LOOPS | ADAPTERS

JUNK = {"utils", "util", "helpers", "common", "misc", "const", "constants", "base", "manager"}
NOT_OURS = re.compile(
    r"(^|/)(\.git|\.venv|build|dist|demo-data|node_modules|\.\w+_cache|\.hypothesis|__pycache__|"
    r"[\w.-]+\.egg-info)(/|$)"
)
HOSTS = re.compile(
    "|".join(
        rf"{name}\.{top}"
        for name, top in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "(org|com)"))
    )
    + r"|https?://[a-z0-9.-]*(registry|mirror|proxy)[a-z0-9.-]*"
)
MACHINE = re.compile(r"(?<![\w.~-])/(work|root|farm|tmp)/[\w.]")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def awaits(tree: ast.AST) -> Iterator[int]:
    """The lines that need an event loop; a Protocol's methods are words, not work."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases):
            continue
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno
        yield from awaits(node)


def our_texts() -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*")):
        if NOT_OURS.search(name(path)) or not path.is_file() or path.is_symlink():
            continue
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_says_its_one_purpose(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    assert 10 <= len(first) <= 100, f"{name(path)}: its first line must say its one purpose"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_loops_adapters_and_the_api_await(path: Path) -> None:
    if name(path) in MAY_AWAIT or "/api/" in name(path) or path.name == "__main__.py":
        return
    lines = sorted(set(awaits(ast.parse(path.read_text()))))
    assert not lines, f"{name(path)} awaits in lines {lines}: is it a loop or an adapter?"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_has_its_own_test_file(path: Path) -> None:
    if path.name in ("__init__.py", "__main__.py"):
        return
    mirror = ROOT / "tests" / "unit" / path.relative_to(ROOT).parent / f"test_{path.name}"
    assert mirror.is_file(), f"missing {name(mirror)}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_is_small(path: Path) -> None:
    lines = len(path.read_text().splitlines())
    assert lines <= LONGEST, f"{name(path)} has {lines} lines: are there two rooms in it?"


def test_those_who_may_await_exist_or_are_named_by_the_design() -> None:
    gone = {path for path in MAY_AWAIT if not (ROOT / path).is_file()}
    assert not gone, f"take out of the sets: {sorted(gone)}"


def test_no_junk_drawers() -> None:
    assert not [name(path) for path in MODULES if path.stem in JUNK]


def mirrored(test: Path) -> Iterator[Path]:
    """Whom a unit test may be of: test_watcher_absence.py is also a room of watcher.py's tests."""
    folder = ROOT / test.relative_to(ROOT / "tests" / "unit").parent
    words = test.stem.removeprefix("test_").split("_")
    yield folder / f"__{'_'.join(words)}__.py"
    for count in range(len(words), 0, -1):
        yield folder / f"{'_'.join(words[:count])}.py"


def test_every_unit_test_mirrors_a_module() -> None:
    tests = sorted((ROOT / "tests" / "unit").rglob("test_*.py"))
    orphans = [name(test) for test in tests if not any(map(Path.is_file, mirrored(test)))]
    assert not orphans


def test_no_registry_and_no_path_of_one_machine() -> None:
    found = [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path, text in our_texts()
        for number, line in enumerate(text.splitlines(), 1)
        if HOSTS.search(line) or MACHINE.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_readme_names_both_commands() -> None:
    first_screen = "\n".join((ROOT / "README.md").read_text().splitlines()[:40])
    assert "make demo" in first_screen
    assert "make test" in first_screen
