"""Writes the tables of docs/simulators.md, in both languages, from consoles and library."""

import re
from collections.abc import Iterator
from pathlib import Path

from simulators.console import Console
from simulators.delivery_text import Language
from simulators.fault_orders import Transport
from simulators.scenario.kinds import MODBUS, PROFILES, STREAM
from simulators.scenario.library import load, shipped
from simulators.world import World
from tests.house.simulators_words import ACTS, FAULTS, KINDS_ZH
from tests.noted_port import NotedPort

DOCS = Path(__file__).parents[2] / "docs"
PAGES: dict[Language, Path] = {
    "en": DOCS / "simulators.md",
    "zh": DOCS / "simulators.zh-CN.md",
}
COMMAND = "python -m tests.house.simulators_page"
ORDER = re.compile(r"  (?P<word>\S+)(?: (?P<usage>.*))?")
SECOND_US = 1_000_000
LONGEST = 60


def render(language: Language) -> str:
    """The page, whole: the tables are written anew between their marks."""
    text = PAGES[language].read_text(encoding="utf-8")
    for mark, lines in (
        ("kinds", _kinds(language)),
        ("faults", _faults(language)),
        ("library", _library(language)),
    ):
        fresh = "\n".join([f"<!-- {mark}: {COMMAND} -->", "", *lines, "", f"<!-- /{mark} -->"])
        found = re.compile(rf"<!-- {mark}:.*?-->.*?<!-- /{mark} -->", re.DOTALL)
        text, count = found.subn(fresh.replace("\\", r"\\"), text)
        if count != 1:
            raise ValueError(f"{PAGES[language]}: <!-- {mark}: --> … <!-- /{mark} --> is missing")
    return text


def _kinds(language: Language) -> Iterator[str]:
    english = language == "en"
    for name in (*MODBUS, *STREAM):
        kind = MODBUS[name] if name in MODBUS else STREAM[name]
        wire = kind.wire
        speed = f"{wire.baud} 8{wire.parity}{wire.stop_bits}"
        unit = MODBUS[name].unit if name in MODBUS else None
        address = "" if unit is None else f", unit {unit}" if english else f"，地址 {unit}"
        by = "Modbus RTU, RTU over TCP, TCP" if name in MODBUS else "UART"
        title = kind.text[0].upper() + kind.text[1:] if english else KINDS_ZH[name]
        profile = f"profile `{PROFILES[name]}`" if english else f"设备档案 `{PROFILES[name]}`"
        yield f"### `{name}`"
        yield ""
        if english:
            yield f"{title}. {by}, {speed}{address}; {profile}."
        else:
            yield f"{title}。{by}，{speed}{address}；{profile}。"
        yield ""
        yield "| order | |" if english else "| 命令 | |"
        yield "|---|---|"
        for word, usage in _orders(name):
            if word not in FAULTS:
                yield f"| {_code(word, usage)} | {ACTS[word][not english]} |"
        faults = ", ".join(f"`{word}`" for word, _ in _orders(name) if word in FAULTS)
        yield ""
        yield f"Faults: {faults}." if english else f"故障：{faults}。"
        yield ""


def _faults(language: Language) -> Iterator[str]:
    english = language == "en"
    usages: dict[str, str] = {}
    for name in (*MODBUS, *STREAM):
        for word, usage in _orders(name):
            usages.setdefault(word, usage)
    yield "| order | |" if english else "| 命令 | |"
    yield "|---|---|"
    for word, meaning in FAULTS.items():
        yield f"| {_code(word, usages[word])} | {meaning[not english]} |"


def _library(language: Language) -> Iterator[str]:
    english = language == "en"
    yield "| name | length | speed up to | |" if english else "| 名称 | 时长 | 最高倍速 | |"
    yield "|---|---|---|---|"
    for name in shipped():
        one = load(name)
        length = f"{one.length_us / SECOND_US:g} s"
        yield f"| `{name}` | {length} | {one.fastest:g} | {one.title[language]} |"


def _orders(name: str) -> Iterator[tuple[str, str]]:
    """Every word of a kind, on whatever carrier, with what follows it."""
    seen = set()
    for console in _consoles(name):
        for line in console.help().splitlines():
            found = ORDER.fullmatch(line)
            if found is not None and not line.startswith("   ") and found["word"] not in seen:
                seen.add(found["word"])
                yield found["word"], found["usage"] or ""


def _consoles(name: str) -> Iterator[Console]:
    if name in STREAM:
        yield STREAM[name].make(lambda: 0, World()).console(NotedPort(""))
        return
    for transport in Transport:
        yield MODBUS[name].make(1, lambda: 0, World()).console(NotedPort(""), transport)


def _code(word: str, usage: str) -> str:
    shown = usage.replace(", one of:", " …")
    if len(shown) > LONGEST:
        names, _, rest = shown.partition(" ")
        shown = f"{names.split('|')[0]}|… {rest}".strip()
    return f"`{word} {shown}`".replace(" `", "`").replace("|", "\\|")


if __name__ == "__main__":
    for language, page in PAGES.items():
        page.write_text(render(language), encoding="utf-8")
