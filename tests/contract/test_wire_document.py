"""docs/wire.md says what the code says: topics, bounds, refusals, examples, words."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from wire import bounds
from wire.batch import decode_batch
from wire.command import Config, Outcome, decode_command
from wire.envelope import ClockState, Encoding, parse_properties
from wire.identity import Device
from wire.receipt import decode_receipt
from wire.refusal import DETAIL, Refusal
from wire.topic import SHARDS, Down, Up, shard

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "wire.md").read_text(encoding="utf-8")
HEADS = {"n", "seq", "have", "rules_hash", "withdrawn"}
EXAMPLES = re.findall(r"```json\n(.*?)```", TEXT, flags=re.DOTALL)


def section(title: str) -> str:
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(title: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", section(title), flags=re.MULTILINE)


def test_every_refusal_stands_in_the_table_in_the_order_of_the_enum() -> None:
    assert first_cells("Refusals") == [reason.value for reason in Refusal]
    assert f"at most {DETAIL}" in section("Refusals")


def test_every_bound_stands_in_the_table() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", section("Bounds"), flags=re.MULTILINE)
    times = {"RELATIVE_SECONDS", "EARLIEST_US", "LATEST_US"}
    stated = {name: value for name, value in vars(bounds).items() if name.isupper()}
    assert {name: int(value) for name, value in rows} == {
        name: value for name, value in stated.items() if name not in times
    }


def test_every_topic_stands_in_the_table() -> None:
    above = [f"lifeline/1/up/{{shard}}/{{gateway}}/{kind}" for kind in Up]
    below = [f"lifeline/1/down/{{gateway}}/{kind}" for kind in Down]
    assert first_cells("Topics") == above + below
    assert f"modulo {SHARDS}" in TEXT
    assert f"`gw-001` → `{shard('gw-001'):02d}`" in TEXT


@pytest.mark.parametrize("word", [*Encoding, *ClockState, *Outcome])
def test_every_word_of_the_contract_is_named(word: str) -> None:
    assert f"`{word}`" in TEXT


def test_the_examples_are_taken() -> None:
    seen = set()
    for text in EXAMPLES:
        thing = json.loads(text)
        kind = "batch" if isinstance(thing, list) else min(thing.keys() & HEADS)
        seen.add(kind)
        if kind == "batch":
            assert decode_batch(text.encode(), "gw-001").readings
        elif kind == "have":
            decode_receipt(text.encode())
        elif kind == "withdrawn":
            assert decode_command(text.encode(), Config).is_withdrawal
        elif kind == "rules_hash":
            assert msgspec.convert(thing, Device).site_rules.overrides
        else:
            parse_properties([("statement" if kind == "n" else "key", text)])
    assert seen == {"batch", *HEADS}


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert (DOCS / target).exists()
