"""Logs on stderr: lines for people on a terminal, one JSON object a line otherwise."""

import argparse
import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

_LEVELS = ("debug", "info", "warning", "error")
_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Style(StrEnum):
    """How a log line looks."""

    TEXT = "text"
    JSON = "json"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give a program `--log text|json` and `--log-level`."""
    parser.add_argument(
        "--log", choices=list(Style), help="log format (text on a terminal, else json)"
    )
    parser.add_argument("--log-level", choices=_LEVELS, default="info", help="least level logged")


def set_up(style: Style | str | None = None, level: str = "info", to: TextIO | None = None) -> None:
    """Send all logs of this process to `to` (stderr). `style` None: by whether it is a terminal."""
    stream = to or sys.stderr
    chosen = Style(style) if style else Style.TEXT if stream.isatty() else Style.JSON
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter() if chosen is Style.TEXT else JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


def rfc3339(record: logging.LogRecord) -> str:
    """When it was logged, to the millisecond, in the local zone with its offset."""
    moment = datetime.fromtimestamp(record.created, tz=UTC).astimezone()
    return moment.isoformat(timespec="milliseconds")


class TextFormatter(logging.Formatter):
    """`time LEVEL logger: message`; a message is one line whatever it contains."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        line = f"{rfc3339(record)} {record.levelname:<7} {record.name}: {message}"
        told = [f" {key}={value}" for key, value in _extra(record).items()]
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return f"{line}{''.join(told)}{trace}"


class JsonFormatter(logging.Formatter):
    """One object a line: time, level, logger, message, what `extra` gave, exception."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": rfc3339(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {key: value for key, value in vars(record).items() if key not in _ORDINARY}
