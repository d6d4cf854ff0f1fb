"""Readiness: every reason at once, the gravest first; notices make nobody unready."""

from dataclasses import replace

import pytest

from ingest_server.health import NotReady, Signs, judge

WELL = Signs(
    is_started=True,
    is_stopping=False,
    sessions_away=(),
    broker="127.0.0.1:1883",
    journal=None,
    book=None,
    store=None,
)


def test_all_is_well() -> None:
    health = judge(WELL, ("journal.db was broken",))
    assert health.is_ready
    assert health.notices == ("journal.db was broken",)


@pytest.mark.parametrize(
    ("signs", "code", "text"),
    [
        (replace(WELL, is_started=False), NotReady.STARTING, "not started"),
        (replace(WELL, is_stopping=True), NotReady.STOPPING, "stopped"),
        (replace(WELL, sessions_away=("rest",)), NotReady.BROKER_AWAY, "127.0.0.1:1883"),
        (replace(WELL, journal="disk full"), NotReady.JOURNAL_REFUSES, "nothing is taken"),
        (replace(WELL, book="locked"), NotReady.BOOK_UNREADABLE, "no alarm is judged"),
        (replace(WELL, store="disk full"), NotReady.STORE_REFUSES, "wait in the journal"),
    ],
)
def test_each_reason_is_named(signs: Signs, code: NotReady, text: str) -> None:
    (reason,) = judge(signs).reasons
    assert reason.code is code
    assert text in reason.text


def test_the_store_has_a_name() -> None:
    signs = replace(WELL, store="HTTP 503", store_name="InfluxDB at http://127.0.0.1:8086")
    (reason,) = judge(signs).reasons
    assert reason.text.startswith("InfluxDB at http://127.0.0.1:8086: HTTP 503; readings wait")


def test_all_reasons_come_together() -> None:
    signs = replace(WELL, is_stopping=True, sessions_away=("urgent",), journal="x", store="y")
    assert [one.code for one in judge(signs).reasons] == [
        NotReady.STOPPING,
        NotReady.JOURNAL_REFUSES,
        NotReady.STORE_REFUSES,
        NotReady.BROKER_AWAY,
    ]
