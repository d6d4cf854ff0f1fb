"""Writes docs/modules.md: every module with its one purpose, as its first line says it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "modules.md"
PACKAGES = (
    "wire",
    "alarm_rules",
    "device_profiles",
    "runtime",
    "edge_agent",
    "ingest_server",
    "simulators",
)
COMMAND = "python -m tests.house.modules_page"


def render() -> str:
    """docs/modules.md, whole."""
    head = [
        "# Every module and its one purpose",
        "",
        f"Written from the first line of each module by `{COMMAND}`; do not edit.",
        "How they fit together: [architecture](architecture.md).",
        "",
    ]
    return "\n".join([*head, *(line for name in PACKAGES for line in _package(ROOT / name))])


def _package(folder: Path) -> Iterator[str]:
    depth = len(folder.relative_to(ROOT).parts)
    yield f"{'#' * (depth + 1)} {folder.relative_to(ROOT).as_posix()}"
    yield ""
    yield _purpose(folder / "__init__.py")
    yield ""
    modules = [one for one in sorted(folder.glob("*.py")) if one.name != "__init__.py"]
    if modules:
        yield "| module | purpose |"
        yield "|---|---|"
        for module in modules:
            yield f"| `{module.name}` | {_purpose(module).replace('|', chr(92) + '|')} |"
        yield ""
    for below in sorted(folder.iterdir()):
        if (below / "__init__.py").exists():
            yield from _package(below)


def _purpose(module: Path) -> str:
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
