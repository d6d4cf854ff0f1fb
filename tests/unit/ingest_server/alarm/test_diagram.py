from pathlib import Path

from ingest_server.alarm.diagram import render_mermaid, render_page

PAGE = Path(__file__).parents[4] / "docs" / "alarm-lifecycle.md"


def test_the_page_in_the_docs_is_drawn_from_the_table_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(), (
        "run: python -m ingest_server.alarm.diagram > docs/alarm-lifecycle.md"
    )


def test_a_latching_alarm_closes_by_reset_only() -> None:
    ways = [line for line in render_mermaid(latching=True).splitlines() if "--> Closed" in line]
    assert ways == [
        "    Returned_acknowledged --> Closed: reset",
        "    Closed --> Closed: extend",
    ]
