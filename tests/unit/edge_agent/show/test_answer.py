"""What a command answers is text for people or one JSON document for scripts."""

import json

import pytest

from edge_agent.show.answer import Answer, as_json


def test_an_answer_that_is_fine_needs_no_complaint() -> None:
    assert Answer(0) == Answer(code=0, text="", complaints=())


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"place": "人民路隧道", "lines": [{"name": "shed", "open": True, "load": 0.5}]},
        {"text": 'two\nlines, "quoted", a tab\t and a control \x07'},
    ],
)
def test_json_is_read_back_as_it_was_said(said: dict[str, object]) -> None:
    assert json.loads(as_json(said)) == said


def test_json_is_for_people_too() -> None:
    """Chinese stands there as itself, and each key on a line of its own."""
    assert as_json({"place": "隧道", "unit": 7}).splitlines() == [
        "{",
        '  "place": "隧道",',
        '  "unit": 7',
        "}",
    ]
