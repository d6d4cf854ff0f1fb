"""What the documents say can be checked: modules, named tests, links, commands, terms."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from edge_agent.config import tables
from tests.house.modules_page import COMMAND, PAGE, ROOT, render
from tests.shipped import PROFILES

DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "bench").glob("*.md"),
        *(ROOT / "systemd").glob("*.md"),
        *(page for folder in ("docs", "deploy") for page in (ROOT / folder).rglob("*.md")),
    ]
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
ANCHOR = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")
TEST_FILE = re.compile(r"tests/[a-z0-9_/]+\.py")
OTHER_FILE = re.compile(
    r"(?<![\w/])(?:bench|edge_agent|ingest_server|device_profiles|alarm_rules|runtime|wire|simulators|systemd"
    r"|deploy|examples|docs)/[A-Za-z0-9_./-]+\.[a-z]+"
)
RESULT = re.compile(r"`([a-z_]+\.json)`")
PROFILE = re.compile(r"^\| \[`([a-z0-9_]+)`\]\(docs/devices/\1(\.zh-CN)?\.md\) ", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
TRANSLATED = sorted(path for path in (ROOT / "docs").glob("*.zh-CN.md"))
TARGET = re.compile(r"\bmake ([a-z]+)\b")
FENCE = re.compile(r"^```(?:sh|toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_page_of_modules_is_of_these_modules() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), f"run: {COMMAND}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [
        link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link
    ]
    missing = [link for link in links if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_to_a_heading_finds_it(document: Path) -> None:
    found = ANCHOR.findall(document.read_text(encoding="utf-8"))
    lost = [
        f"{link}#{anchor}"
        for link, anchor in found
        if "://" not in link and anchor not in anchors(document.parent / link if link else document)
    ]
    assert lost == []


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings: small letters, no punctuation, hyphens for spaces."""
    if document.suffix != ".md":
        return set()
    heads = re.findall(r"^#+ (.+)$", FENCED.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_named_test_exists(document: Path) -> None:
    named = TEST_FILE.findall(document.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "name", ["README.md", "README.zh-CN.md", "docs/guarantees.md", "docs/guarantees.zh-CN.md"]
)
def test_every_file_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [file for file in OTHER_FILE.findall(text) if not (ROOT / file).exists()] == []
    results = ROOT / "bench" / "results"
    assert [file for file in RESULT.findall(text) if not (results / file).exists()] == []


@pytest.mark.parametrize(("name", "ending"), [("README.md", ""), ("README.zh-CN.md", ".zh-CN")])
def test_the_readme_lists_every_profile_once_with_its_page(name: str, ending: str) -> None:
    found = PROFILE.findall((ROOT / name).read_text(encoding="utf-8"))
    assert {page for _, page in found} == {ending}
    assert sorted(profile for profile, _ in found) == sorted(PROFILES)


@pytest.mark.parametrize("chinese", TRANSLATED, ids=name_of)
def test_a_translated_page_has_the_sections_and_tables_of_the_english_one(chinese: Path) -> None:
    english = chinese.with_name(chinese.name.replace(".zh-CN", ""))
    assert outline(chinese) == outline(english)


def outline(document: Path) -> list[tuple[str, ...]]:
    """Levels of headings, and first cells that are nothing but code; blocks left out."""
    text = FENCED.sub("", document.read_text(encoding="utf-8"))
    found = re.findall(r"^(#+) |^\| (`[^|]+`) \|", text, re.MULTILINE)
    return [(level, *re.findall(r"`[^`]+`", cell)) for level, cell in found]


@pytest.mark.parametrize("name", ["guarantees", "architecture"])
def test_a_translation_tells_the_same_names_figures_and_number_of_things(name: str) -> None:
    """Section by section; where it fails, bring the other language up to what was changed."""
    english, chinese = (ROOT / "docs" / f"{name}{end}.md" for end in ("", ".zh-CN"))
    for one, other in zip(sections(english), sections(chinese), strict=True):
        title = one.partition("\n")[0]
        assert (title, *contents(other)) == (title, *contents(one))


def sections(document: Path) -> list[str]:
    text = FENCED.sub("", document.read_text(encoding="utf-8"))
    return re.split(r"^#+ ", text, flags=re.MULTILINE)[1:]


def contents(section: str) -> tuple[Counter[str], Counter[str], Counter[str], int]:
    """Code (tests are named in it), links but not their texts, figures, and entries of lists."""
    code = Counter(re.findall(r"`[^`\n]+`", section))
    text = re.sub(r"`[^`\n]+`", "", section)
    links = Counter(link.replace(".zh-CN", "") for link in LINK.findall(text))
    figures = Counter(re.findall(r"\d+(?:[ .]\d+)*", LINK.sub("]", text)))
    return code, links, figures, len(re.findall(r"^(?:- |\| )|\*\*", section, re.MULTILINE))


TABLES = (
    tables.GatewayTable,
    tables.ClockTable,
    tables.BufferTable,
    tables.MqttTable,
    tables.HealthTable,
    tables.LineTable,
    tables.Rs485Table,
    tables.DeviceTable,
    tables.LocalActionTable,
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_the_example_shows_every_key_of_agent_toml(table: type[msgspec.Struct]) -> None:
    text = (ROOT / "examples" / "agent.toml").read_text(encoding="utf-8")
    keys = table.__struct_encode_fields__
    alone = {"rules"}  # a table of tables
    assert [key for key in keys if key not in alone and not re.search(rf"\b{key} =", text)] == []


def test_every_decision_has_a_number_of_its_own_and_is_listed() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    assert [path.name for path in decisions if not said_by_itself(path)] == []
    listed = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [path.name for path in decisions if f"(decisions/{path.name})" not in listed] == []


def said_by_itself(decision: Path) -> bool:
    """Its title begins with its number, and it says what it costs."""
    text = decision.read_text(encoding="utf-8")
    return text.startswith(f"# {decision.name[:4]} ") and "**Price.**" in text


@pytest.mark.parametrize("name", ["guarantees.md", "guarantees.zh-CN.md"])
def test_every_promise_names_its_tests(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    promises = [section for section in sections if re.match(r"P\d+ ", section)]
    assert [one.split(" ", 1)[0] for one in promises] == [f"P{n}" for n in range(1, 12)]
    assert [one.split("\n")[0] for one in promises if not TEST_FILE.search(one)] == []


def test_every_named_target_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in (ROOT / "README.md", ROOT / "README.zh-CN.md"):
        assert set(TARGET.findall(document.read_text(encoding="utf-8"))) <= targets


def commands(document: Path) -> Iterator[str]:
    """Lines of the sh and toml blocks, without their comments, which are in either language."""
    for block in FENCE.findall(document.read_text(encoding="utf-8")):
        for line in block.splitlines():
            code = line.partition(" # ")[0].strip()
            if code and not code.startswith("#"):
                yield code


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    assert list(commands(english)) == list(commands(chinese))


def test_every_term_has_a_chinese_word_and_a_meaning_and_stands_once() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    terms = [row[0] for row in rows]
    assert all(len(row) == 3 and all(cell.strip() for cell in row) for row in rows)
    assert len(terms) == len(set(terms))
