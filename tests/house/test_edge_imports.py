"""A gateway is small: the agent imports nothing that only a server needs."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADED = ("alarm_rules", "device_profiles", "edge_agent", "runtime", "wire")
SERVERS_ONLY = ("pydantic", "aiohttp", "fastapi", "structlog", "prometheus_client", "uvicorn")
SPARED = {
    "ssl": "loopback needs no TLS",
    "_hashlib": "it is OpenSSL; Python has a SHA-256 of its own",
    "urllib.request": "paho wants it for proxies",
    "http.client": "same",
    "email": "same",
    "shutil": "argparse wants it for the width of a terminal",
    "tempfile": "importlib.resources wants it",
    "zipfile": "same",
    "unicodedata": "for who reads tables",
    "difflib": "for who made a mistake",
    "edge_agent.show.check": "another command",
    "edge_agent.show.decode": "same",
    "edge_agent.config.json_schema": "same",
}
"""What an agent without TLS never loads."""

SHOW = """
import importlib, json, sys
from runtime.lazy_import import without
with without("ssl"):
    importlib.import_module("edge_agent.__main__")
    importlib.import_module(sys.argv[1])
rss = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(json.dumps({"modules": sorted(sys.modules), "rss_kb": int(rss.split()[1])}))
"""


def imported(module: str) -> tuple[set[str], int]:
    """Modules that a fresh interpreter has after importing `module`, and its memory in MB."""
    ran = subprocess.run(
        [sys.executable, "-c", SHOW, module], capture_output=True, text=True, check=True
    )
    said = json.loads(ran.stdout)
    return set(said["modules"]), said["rss_kb"] // 1024


@pytest.mark.parametrize("module", ["edge_agent.app", "edge_agent.__main__"])
def test_the_agent_leaves_the_servers_libraries_alone(module: str) -> None:
    assert importlib.util.find_spec(module) is not None
    modules, _ = imported(module)
    assert not modules & set(SERVERS_ONLY)


def test_the_agent_fits_a_small_gateway() -> None:
    modules, megabytes = imported("edge_agent.app")
    assert not modules & set(SPARED)
    assert megabytes < 34


def test_what_the_agent_loads_defines_no_dataclass() -> None:
    """One costs a gateway 0.5 ms and 15 kB at each start; a msgspec.Struct 0.02 ms and 3 kB."""
    found = [
        str(path.relative_to(ROOT))
        for package in LOADED
        for path in sorted((ROOT / package).rglob("*.py"))
        if "dataclasses" in path.read_text(encoding="utf-8")
    ]
    assert not found
