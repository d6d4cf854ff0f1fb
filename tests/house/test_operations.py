"""Whoever is woken by an alarm or reason of ours finds it in docs/operations, both languages."""

import re
from pathlib import Path

import pytest

from alarm_rules.rule import AbsenceRule
from edge_agent.buffer.retention import Full
from ingest_server.alarm.system_alarm import SystemRule
from ingest_server.api.lanes import LedgerView
from ingest_server.health import NotReady
from tests.shipped import PROFILES
from wire.refusal import Refusal

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENTS = [DOCS / "operations.md", DOCS / "operations.zh-CN.md"]
BALANCE = {"taken", "stored", "buffered", "dropped", "balanced"}


def explained(document: Path) -> set[str]:
    """What stands as code in the first column of a table that has more columns."""
    rows = re.findall(r"^\| (`.+?) \| .+\|$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {word for row in rows for word in re.findall(r"`([a-z_.]+)`", row)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_alarm_and_reason_of_ours_is_explained(document: Path) -> None:
    absence = {
        rule.id for one in PROFILES.values() for rule in one.rules if isinstance(rule, AbsenceRule)
    }
    ledger = set(LedgerView.model_fields) - BALANCE
    wanted = {*SystemRule, *NotReady, *Full, *absence, *ledger}
    assert sorted(wanted - explained(document)) == []


def test_each_file_that_can_be_set_aside_is_explained() -> None:
    assert explained(DOCUMENTS[0]) >= {"buffer.db", "journal.db", "book.db", "store.db"}


def test_only_reasons_that_exist_are_named() -> None:
    text = DOCUMENTS[0].read_text(encoding="utf-8").partition("## Quarantine")[2]
    named = {word for word in re.findall(r"`([a-z_]+)`", text) if "_" in word}
    assert named <= set(Refusal)
