"""Figures as Prometheus text (format 0.0.4), and what the kernel says of this process."""

import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Sort(StrEnum):
    """How a figure behaves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    SUMMARY = "summary"


Labels = Mapping[str, str]


class Figure(msgspec.Struct, frozen=True):
    """One family: `samples` are (labels, value), of a summary (suffix, labels, value)."""

    name: str
    sort: Sort
    text: str
    samples: tuple[tuple[str, Labels, float], ...]


def figure(name: str, sort: Sort, text: str, samples: Iterable[tuple[Labels, float]]) -> Figure:
    return Figure(name, sort, text, tuple(("", labels, value) for labels, value in samples))


def by(label: str, values: Mapping[str, float]) -> list[tuple[Labels, float]]:
    """One sample for each value of a label."""
    return [({label: name}, value) for name, value in values.items()]


def render(figures: Iterable[Figure]) -> str:
    lines = []
    for one in figures:
        lines.append(f"# HELP {one.name} {_escaped(one.text)}")
        lines.append(f"# TYPE {one.name} {one.sort}")
        lines += [
            f"{one.name}{suffix}{_labels(labels)} {_number(value)}"
            for suffix, labels, value in one.samples
        ]
    return "\n".join([*lines, ""])


def of_process(stat: str, descriptors: int) -> list[Figure]:
    """`stat`: /proc/self/stat (proc(5): utime, stime are the 14th and 15th field, rss the 24th)."""
    fields = stat.rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    memory = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    seconds = ticks / os.sysconf("SC_CLK_TCK")
    return [
        figure("process_cpu_seconds_total", Sort.COUNTER, "CPU time used", [({}, seconds)]),
        figure("process_resident_memory_bytes", Sort.GAUGE, "Memory in use", [({}, memory)]),
        figure("process_open_fds", Sort.GAUGE, "Open file descriptors", [({}, descriptors)]),
    ]


def this_process() -> list[Figure]:
    """Of this one; raise OSError where there is no /proc."""
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names alone
    return of_process(Path("/proc/self/stat").read_text(encoding="ascii"), descriptors)


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    pairs = ",".join(f'{name}="{_escaped(value, quote=True)}"' for name, value in labels.items())
    return f"{{{pairs}}}"


def _escaped(text: str, *, quote: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.9g}"
