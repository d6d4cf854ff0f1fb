"""Parts of the status as text: the head, one device, local actions, salvage, ages."""

from collections.abc import Iterator, Sequence

from edge_agent.config.size import size_text
from edge_agent.health_document import AgentDocument, DeviceDocument, LineDocument
from edge_agent.own_document import LocalActionDocument
from edge_agent.own_health import SalvageHealth
from edge_agent.show.fault_words import fault_text, named, quality_text
from edge_agent.show.status_words import Words
from edge_agent.unasked_words import heard_text
from runtime.language import table

_GOOD = "good/ok"


def head_text(said: AgentDocument, words: Words) -> list[str]:
    """Who it is and how its clock, configuration and computer are."""
    version = said.config.version
    in_force = "" if version is None else f" ({words('version').format(version=version)})"
    head = [
        f"{words('gateway')} {said.gateway}",
        f"{words('up')} {age_text(said.uptime_s)}",
        f"{words('clock')} {named(said.clock, words.language)}",
    ]
    if said.clock_offset_s is not None:
        head.append(words("ahead").format(seconds=round(said.clock_offset_s, 3) + 0.0))
    standing = [f"{words('configuration')} {said.config_hash}{in_force}", said.version]
    return ["  ·  ".join(head), "  ·  ".join(standing), *_machine(said, words)]


def unasked_text(lines: Sequence[LineDocument], words: Words) -> list[str]:
    """What came in the last minute that nobody asked for; nothing of a quiet line."""
    said = (heard_text(line.line, line.unasked, words.language) for line in lines)
    return [text for text in said if text]


def device_row(device: DeviceDocument, words: Words) -> list[str]:
    """Of a table: who, where, how it answers, how good the way to it is."""
    link = device.link
    times, good = "-", "-"
    if link is not None and link.reply_p50_ms is not None and link.reply_p99_ms is not None:
        times = f"{link.reply_p50_ms:.0f}/{link.reply_p99_ms:.0f}"
    if link is not None and link.good is not None:
        good = f"{link.good:.1%}"
    quality, age_s = device.quality or "-", device.last_reply_age_s
    return [
        device.device,
        device.line,
        words(device.state) + _test(device, words),
        "-" if age_s is None else age_text(age_s),
        times,
        good,
        words("good") if quality == _GOOD else quality_text(quality, words.language),
        fault_text(device.last_fault, words.language) or "-",
    ]


def _test(device: DeviceDocument, words: Words) -> str:
    """In test mode, and for how long yet."""
    if not device.is_test:
        return ""
    if device.test_left_s is None:
        return f" ({words('test')})"
    return f" ({words('test_left').format(left=age_text(device.test_left_s))})"


def local_text(actions: Sequence[LocalActionDocument], words: Words) -> list[str]:
    """What the gateway does by itself; nothing where nothing is configured."""
    if not actions:
        return []
    names = ("action", "orders", "state", "since", "because")
    heading = [words(name) for name in names]
    return ["", *table([heading, *(_local(one, words) for one in actions)])]


def _local(one: LocalActionDocument, words: Words) -> list[str]:
    return [
        one.name,
        f"{one.device} {one.action}",
        words(one.state),
        "-" if one.since_s is None else age_text(one.since_s),
        ", ".join(one.holding) or named(one.reason, words.language),
    ]


def _machine(said: AgentDocument, words: Words) -> Iterator[str]:
    machine, parts = said.machine, list[str]()
    for name, size in (("memory", machine.memory), ("disk_free", machine.disk_free)):
        if size is not None:
            parts.append(words(name).format(size=_rounded(size)))
    if machine.temperature is not None:
        parts.append(f"{machine.temperature:.0f} °C")
    if said.buffer_bytes:
        share = sum(lane.bytes for lane in said.lanes) / said.buffer_bytes
        parts.append(words("filled").format(share=share))
    if parts:
        yield "  ·  ".join(parts)


def salvage_text(salvage: Sequence[SalvageHealth], words: Words) -> list[str]:
    """A line for each file that was set aside and is not in the buffer yet."""
    return [
        words("salvage").format(
            file=one.file, part=words(one.part), share=one.share, readings=one.readings
        )
        for one in salvage
    ]


def _rounded(size: int) -> str:
    """Without figures that nobody reads."""
    unit = 1024 * 1024
    return size_text(size // unit * unit) if size >= unit else size_text(size)


def ago(age_s: float | None, words: Words) -> str:
    return words("never") if age_s is None else words("ago").format(age=age_text(age_s))


def age_text(seconds: float) -> str:
    """A duration in its two largest units: "3.2 s", "4 min 10 s", "2 h 5 min", "3 d 4 h"."""
    if seconds < 60:  # noqa: PLR2004 - seconds of a minute
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 3_600:  # noqa: PLR2004 - seconds of an hour
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:  # noqa: PLR2004 - seconds of a day
        return f"{whole // 3_600} h {whole % 3_600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3_600} h"
