"""A strict reader of Prometheus text (format 0.0.4), for tests: every line has to be right."""

import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? (\S+)")


@dataclass
class Family:
    """Samples by their labels."""

    sort: str
    text: str
    samples: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict)


def read(text: str) -> dict[str, Family]:
    """Raise AssertionError for what a strict scraper would refuse."""
    assert text.endswith("\n")
    found: dict[str, Family] = {}
    help_text, name = "", ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, name, help_text = line.split(" ", 3)
            assert name not in found, f"{name} comes twice"
        elif line.startswith("# TYPE "):
            _, _, typed, sort = line.split(" ")
            assert typed == name
            assert sort in ("counter", "gauge", "summary", "histogram", "untyped")
            assert sort != "counter" or name.endswith("_total"), name
            found[name] = Family(sort, help_text)
        else:
            _sample(line, name, found)
    return found


def _sample(line: str, name: str, found: dict[str, Family]) -> None:
    match = _SAMPLE.fullmatch(line)
    assert match, line
    assert match[1] == name, f"{line} is not below its own HELP and TYPE"
    labels = tuple((one[1], one[2]) for one in _LABEL.finditer(match[2] or ""))
    assert ",".join(f'{key}="{value}"' for key, value in labels) == (match[2] or ""), line
    assert len(dict(labels)) == len(labels)
    assert labels not in found[name].samples, f"{line} comes twice"
    found[name].samples[labels] = float(match[3])
