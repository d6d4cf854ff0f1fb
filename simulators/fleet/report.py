"""What came of a fleet's run: the account of every reading, as plain data and as a table."""

from collections.abc import Iterable, Sequence

import msgspec

from simulators.delivery_text import Language
from simulators.fleet.gateway import FleetGateway
from simulators.fleet.latency import Latency
from simulators.fleet.plan import Plan
from simulators.fleet.tally import Drill, Tally
from simulators.fleet.words import WORDS
from wire.topic import Lane

_MS, _S = 1_000, 1_000_000


class Account(msgspec.Struct, frozen=True):
    """Readings. `lost` = taken - receipted: given up by name, or without a receipt at the end."""

    taken: int
    sent: int
    receipted: int
    dropped: dict[str, int]
    outstanding: int
    lost: int


class Took(msgspec.Struct, frozen=True):
    """Milliseconds from a row's first publish to its receipt; None when no receipt came."""

    rows: int
    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None


class IncidentReport(msgspec.Struct, frozen=True):
    """Seconds from the end of the outage (the storm): until all are back, until all is through."""

    kind: str
    at_s: float
    for_s: float
    connections: int
    back_s: float | None
    drain_s: float | None


class Generator(msgspec.Struct, frozen=True):
    """What the load cost here. `late_ms`: with seconds of it this process was the limit."""

    cpu_of_a_core: float
    late_ms: float
    resident_mb: int


class Report(msgspec.Struct, frozen=True):
    """`seconds`: while readings were taken; `drain_s` after that, None when it was not whole."""

    gateways: int
    devices: int
    connections: int
    introduced: int
    seconds: float
    readings: Account
    urgent: Account
    bulk: Account
    readings_per_s: float
    messages: dict[str, int]
    pubacks: dict[str, dict[str, int]]
    foreign: dict[str, int]
    urgent_took: Took
    bulk_took: Took
    incidents: list[IncidentReport]
    drain_s: float | None
    generator: Generator

    @property
    def is_whole(self) -> bool:
        """Whether everybody spoke and every reading taken has its receipt."""
        return self.introduced == self.gateways and self.readings.lost == 0


def account(gateways: Iterable[FleetGateway], lanes: Sequence[Lane] = tuple(Lane)) -> Account:
    """The sum over the gateways."""
    taken = sent = receipted = 0
    dropped: dict[str, int] = {}
    for gateway in gateways:
        for lane in lanes:
            count = gateway.lanes[lane].count
            taken, sent = taken + count.taken, sent + count.sent
            receipted += count.receipted
            for reason, readings in count.dropped.items():
                dropped[reason] = dropped.get(reason, 0) + readings
    lost = taken - receipted
    return Account(taken, sent, receipted, dropped, lost - sum(dropped.values()), lost)


def report(
    plan: Plan,
    gateways: Sequence[FleetGateway],
    tally: Tally,
    drills: Iterable[Drill],
    *,
    seconds: float,
    drain_s: float | None,
    generator: Generator,
) -> Report:
    """All of it at this instant."""
    total = account(gateways)
    return Report(
        gateways=plan.gateways,
        devices=plan.gateways * plan.devices,
        connections=plan.links,
        introduced=sum(gateway.introductions > 0 for gateway in gateways),
        seconds=round(seconds, 1),
        readings=total,
        urgent=account(gateways, (Lane.URGENT,)),
        bulk=account(gateways, (Lane.BULK,)),
        readings_per_s=round(total.taken / seconds, 1) if seconds else 0.0,
        messages=_messages(tally),
        pubacks=_pubacks(tally),
        foreign=dict(tally.foreign),
        urgent_took=_took(tally.latency[Lane.URGENT]),
        bulk_took=_took(tally.latency[Lane.BULK]),
        incidents=[_incident(one) for one in drills],
        drain_s=None if drain_s is None else round(drain_s, 1),
        generator=generator,
    )


def _messages(tally: Tally) -> dict[str, int]:
    names = ("published", "resent", "duplicates", "heartbeats", "births", "alarms", "receipts")
    return {name: getattr(tally, name) for name in names}


def _pubacks(tally: Tally) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (kind, outcome), count in sorted(tally.pubacks.items()):
        found.setdefault(kind, {})[outcome] = count
    return found


def _took(latency: Latency) -> Took:
    def ms(us: int | None) -> float | None:
        return None if us is None else round(us / _MS, 1)

    maximum = latency.maximum_us if latency.count else None
    p50, p99 = latency.quantile_us(0.5), latency.quantile_us(0.99)
    return Took(latency.count, ms(p50), ms(p99), ms(maximum))


def _incident(drill: Drill) -> IncidentReport:
    def s(us: int | None) -> float | None:
        return None if us is None else round(us / _S, 1)

    return IncidentReport(
        drill.incident.kind,
        drill.incident.at_us / _S,
        drill.incident.for_us / _S,
        len(drill.struck),
        s(drill.back_after_us),
        s(drill.drained_after_us),
    )


def table(found: Report, lang: Language) -> str:
    """For people."""
    words = WORDS[lang]
    rows = [
        ("gateways", f"{found.gateways} ({words['introduced']} {found.introduced})"),
        ("devices", str(found.devices)),
        ("connections", str(found.connections)),
        ("seconds", str(found.seconds)),
        ("taken", f"{found.readings.taken} ({found.readings_per_s}/s)"),
        ("sent", str(found.readings.sent)),
        ("receipted", str(found.readings.receipted)),
        ("outstanding", str(found.readings.outstanding)),
        ("dropped", _pairs(found.readings.dropped)),
        ("lost", str(found.readings.lost)),
        *((name, str(count)) for name, count in found.messages.items()),
        *((f"pubacks {kind}", _pairs(codes)) for kind, codes in found.pubacks.items()),
        ("foreign", _pairs(found.foreign)),
        ("took_urgent", _ms(found.urgent_took)),
        ("took_bulk", _ms(found.bulk_took)),
        *((_title(one, words), _times(one, words)) for one in found.incidents),
        ("drain", _seconds(found.drain_s, words)),
        ("generator", _cost(found.generator, words)),
    ]
    shown = [(_word(name, words), text) for name, text in rows]
    width = max(_width(name) for name, _ in shown)
    return "\n".join(f"{name}{' ' * (width - _width(name))}  {text}" for name, text in shown)


def _word(name: str, words: dict[str, str]) -> str:
    first, _, rest = name.partition(" ")
    return f"{words.get(first, first)} {rest}".strip()


def _width(text: str) -> int:
    """On a terminal a Chinese character takes two places."""
    return sum(1 + (letter >= "\u2e80") for letter in text)


def _pairs(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "0"


def _ms(took: Took) -> str:
    if took.max_ms is None:
        return "-"
    return f"p50 {took.p50_ms}, p99 {took.p99_ms}, max {took.max_ms} ms ({took.rows})"


def _title(one: IncidentReport, words: dict[str, str]) -> str:
    return f"{words[one.kind]} @{one.at_s:g}s"


def _times(one: IncidentReport, words: dict[str, str]) -> str:
    lasted = f"{one.for_s:g} s, " if one.for_s else ""
    return (
        f"{lasted}{words['connections']} {one.connections}, {words['back']}"
        f" {_seconds(one.back_s, words)}, {words['drained']} {_seconds(one.drain_s, words)}"
    )


def _seconds(value: float | None, words: dict[str, str]) -> str:
    return words["never"] if value is None else f"{value} s"


def _cost(one: Generator, words: dict[str, str]) -> str:
    return (
        f"{one.cpu_of_a_core:.0%} {words['of_a_core']}, {one.resident_mb} MB,"
        f" {words['late']} {one.late_ms} ms"
    )
