import argparse
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.log import JsonFormatter, Style, TextFormatter, add_options, set_up

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_json_is_one_object_a_line() -> None:
    out = io.StringIO()
    set_up(to=out)
    logging.getLogger("a.b").warning("line 1\nline 2: %s", "烟", extra={"device": "ug3-1"})
    (line,) = out.getvalue().splitlines()
    said = json.loads(line)
    assert RFC3339.fullmatch(said.pop("time"))
    assert said == {
        "level": "warning",
        "logger": "a.b",
        "message": "line 1\nline 2: 烟",
        "device": "ug3-1",
    }


def test_text_on_a_terminal_is_one_line_a_message() -> None:
    out = Terminal()
    set_up(to=out)
    logging.getLogger("a.b").info("forged\n2026 ERROR x: y", extra={"device": "ug3-1"})
    (line,) = out.getvalue().splitlines()
    assert RFC3339.match(line)
    assert line.endswith(r"INFO    a.b: forged\n2026 ERROR x: y device=ug3-1")


@pytest.mark.parametrize("style", list(Style))
def test_an_exception_is_told_with_its_trace(style: Style) -> None:
    out = io.StringIO()
    set_up(style, to=out)
    try:
        Path("/no/such/device").read_bytes()
    except OSError:
        logging.getLogger("a").exception("failed")
    assert "FileNotFoundError: " in out.getvalue()
    assert (len(out.getvalue().splitlines()) == 1) is (style is Style.JSON)


def test_what_is_below_the_level_is_not_logged() -> None:
    out = io.StringIO()
    set_up("json", "error", to=out)
    logging.getLogger("a").warning("quiet")
    assert not out.getvalue()


def test_the_options_of_a_program() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    assert parser.parse_args([]).log is None
    said = parser.parse_args(["--log", "json", "--log-level", "debug"])
    assert (said.log, said.log_level) == ("json", "debug")


def test_what_json_can_not_say_is_written_as_text() -> None:
    record = logging.makeLogRecord({"msg": "x", "levelname": "INFO", "name": "a", "odd": {1}})
    assert json.loads(JsonFormatter().format(record))["odd"] == "{1}"
    assert "odd={1}" in TextFormatter().format(record)
