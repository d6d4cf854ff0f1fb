"""The status of an agent as text for people, in English or Chinese."""

from collections.abc import Iterator, Sequence

from edge_agent.config.size import size_text
from edge_agent.health_document import (
    AgentDocument,
    DeviceDocument,
    LaneDocument,
    LineDocument,
    WearDocument,
)
from edge_agent.load_words import load_text
from edge_agent.show.baseline_text import baseline_problems, baseline_text
from edge_agent.show.fault_words import counts_text, fault_text
from edge_agent.show.status_parts import (
    age_text,
    ago,
    device_row,
    head_text,
    local_text,
    salvage_text,
    unasked_text,
)
from edge_agent.show.status_words import Words
from edge_agent.unasked_words import doubled_text, loud_text
from runtime.language import fitted, table, wrapped

COLUMNS = 100
_QUIET_RECEIPT_S = 60.0
_MANY_YEARS = 10


def problems(said: AgentDocument, config_hash: str, words: Words) -> list[str]:
    """What is wrong, one sentence each, with what to do; empty when all is well."""
    return [
        *_config_problems(said, config_hash, words),
        *_line_problems(said, words),
        *_uplink_problems(said, words),
        *_lane_problems(said, words),
        *_salvage_problems(said, words),
        *_local_problems(said, words),
        *baseline_problems(said.baselines, words.language),
        *(words("p_loop").format(name=name) for name in said.late_loops),
    ]


def _config_problems(said: AgentDocument, config_hash: str, words: Words) -> Iterator[str]:
    for why in said.config.refused:
        yield words("p_not_in_force").format(why=why)
    yield from _wish_problems(said, words)
    if said.config_hash != config_hash and not said.config.refused:
        yield words("p_config").format(hash=said.config_hash)


def known_problems(said: AgentDocument, words: Words) -> list[str]:
    """Those of `problems` that were there and told before: nobody has to be woken for them."""
    return list(_wish_problems(said, words)) if said.config.is_known else []


def _wish_problems(said: AgentDocument, words: Words) -> Iterator[str]:
    if said.config.outcome in ("rejected", "diverged"):
        name = "p_desired_known" if said.config.is_known else "p_desired"
        outcome = words(said.config.outcome)
        yield words(name).format(version=said.config.desired, outcome=outcome)


def _line_problems(said: AgentDocument, words: Words) -> Iterator[str]:
    closed = {line.line for line in said.lines if not line.is_open}
    for line in said.lines:
        if not line.is_open:
            count = sum(device.line == line.line for device in said.devices)
            yield words("p_line").format(name=line.line, problem=line.problem, count=count)
        yield from _wire_problems(line, words)
    for one in said.devices:
        if one.line not in closed:  # else nothing is wrong with it that anybody could know
            yield from _device_problems(one, words)


def _wire_problems(line: LineDocument, words: Words) -> Iterator[str]:
    if line.hears_itself:
        yield words("p_echo").format(name=line.line)
    if line.load is not None and line.load.is_full:
        yield load_text(line.load, words.language)
    for device in line.unasked.doubled:
        yield doubled_text(line.line, device, words.language)
    if line.unasked.is_loud:
        yield loud_text(line.line, line.unasked, words.language)


def _device_problems(one: DeviceDocument, words: Words) -> Iterator[str]:
    if one.state not in ("answering", "never_heard") or (
        one.state == "never_heard" and one.last_fault
    ):
        fault = fault_text(one.last_fault, words.language)
        what = words("p_device").format(name=one.device, state=words(one.state), fault=fault)
        yield words("p_look").format(said=what, look=words(_look(one.last_fault)))
    if one.refused:
        yield words("p_refused").format(name=one.device, points=", ".join(one.refused))


def _look(last_fault: str) -> str:
    """Where to look, by the last fault."""
    name = last_fault.partition(":")[0]
    return f"look_{name}" if name in ("crc", "wrong_reply", "too_early") else "look"


def _uplink_problems(said: AgentDocument, words: Words) -> Iterator[str]:
    if not said.uplink.is_connected:
        yield words("p_uplink").format(broker=said.uplink.broker)
        return
    age_s = said.uplink.last_receipt_age_s
    quiet_s = said.uptime_s if age_s is None else age_s
    if quiet_s > _QUIET_RECEIPT_S:
        yield words("p_receipt").format(age=age_text(quiet_s))


def _lane_problems(said: AgentDocument, words: Words) -> Iterator[str]:
    for lane in said.lanes:
        if not lane.balances:
            yield words("p_ledger").format(name=words(lane.lane))
        if lane.dropped:
            yield words("p_dropped").format(
                name=words(lane.lane), dropped=counts_text(lane.dropped, words.language)
            )
    if said.is_in_memory:
        yield words("p_memory")
    if said.refusal:
        yield words("p_refusal").format(refusal=said.refusal)
    if said.not_taken:
        yield words("p_not_taken").format(count=said.not_taken)


def _salvage_problems(said: AgentDocument, words: Words) -> Iterator[str]:
    for one in said.salvage:
        if one.problem:
            yield words("p_salvage").format(file=one.file, problem=one.problem)


def _local_problems(said: AgentDocument, words: Words) -> Iterator[str]:
    for one in said.local_actions:
        if one.state == "failed":
            detail = one.detail or one.reason
            yield words("p_local_action").format(name=one.name, device=one.device, detail=detail)


def running_text(said: AgentDocument, words: Words) -> list[str]:
    """A head, then lines, devices, lanes, and notices if there are any."""
    notices = [
        line for notice in said.notices for line in wrapped(f"{notice.at}  {notice.text}", COLUMNS)
    ]
    return [
        *head_text(said, words),
        _uplink(said, words),
        "",
        *fitted(
            [
                _headings(words, "line", "port", "busy", "load", "units", "faults"),
                *_lines(said, words),
            ],
            COLUMNS,
        ),
        *unasked_text(said.lines, words),
        "",
        *fitted(
            [
                _headings(
                    words, "device", "line", "state", "reply", "times", "good", "quality", "fault"
                ),
                *(device_row(device, words) for device in said.devices),
            ],
            COLUMNS,
        ),
        *local_text(said.local_actions, words),
        *baseline_text(said.baselines, words.language),
        "",
        *_lanes(said.lanes, words),
        *salvage_text(said.salvage, words),
        *_wear(said.wear, words),
        *(["", words("notices"), *notices] if notices else []),
    ]


def _wear(wear: WearDocument, words: Words) -> list[str]:
    """What the card takes; nothing where the kernel does not say."""
    total, most = sum(wear.bytes_per_day.values()), size_text(wear.most_bytes_per_day)
    if not wear.most_bytes_per_day or (wear.bytes_per_day and not total):
        return []
    parts = words("comma").join(
        f"{words(name)} {size_text(size)}" for name, size in wear.bytes_per_day.items() if size
    )
    said = words("wear_not_known")
    if total:
        lasts = wear.card_years or 0.0
        years = f"{lasts:.0f}" if lasts >= _MANY_YEARS else f"{lasts:.1f}"
        said = words("wear").format(total=size_text(total), parts=parts, years=years)
    names = ", ".join(wear.chattering)
    return [
        "",
        *wrapped(words("wear_most").format(said=said, most=most), COLUMNS),
        *(wrapped(words("chatters").format(names=names), COLUMNS) if names else []),
    ]


def stopped_text(gateway: str, lanes: Sequence[LaneDocument], words: Words) -> list[str]:
    """What the buffer of a stopped agent holds."""
    head = f"{words('gateway')} {gateway}  ·  {words('from_buffer')}"
    return [head, "", *_lanes(lanes, words)] if lanes else [head]


def _headings(words: Words, *names: str) -> list[str]:
    return [words(name) for name in names]


def _uplink(said: AgentDocument, words: Words) -> str:
    state = words("connected" if said.uplink.is_connected else "not_connected")
    receipt = f"{words('receipt')} {ago(said.uplink.last_receipt_age_s, words)}"
    trip = said.uplink.round_trip_ms
    receipt += "" if trip is None else f", {words('round_trip').format(ms=trip)}"
    return f"{words('uplink')} {said.uplink.broker} {state}  ·  {receipt}"


def _lines(said: AgentDocument, words: Words) -> list[list[str]]:
    return [_line(line, words) for line in said.lines]


def _line(line: LineDocument, words: Words) -> list[str]:
    faults: dict[str, int] = {}
    for unit in line.units:
        for name, count in unit.faults.items():
            faults[name] = faults.get(name, 0) + count
    port = words("open") if line.is_open else line.problem
    requests = str(sum(unit.requests for unit in line.units)) if line.units else "-"
    load = "-" if line.load is None else f"{line.load.share:.0%}"
    return [
        line.line,
        port,
        f"{line.busy:.0%}",
        load,
        requests,
        counts_text(faults, words.language),
    ]


def _lanes(lanes: Sequence[LaneDocument], words: Words) -> list[str]:
    names = (
        "lane",
        "taken",
        "stored",
        "buffered",
        "thinned",
        "dropped",
        "oldest",
        "flight",
        "size",
    )
    return table([_headings(words, *names), *(_lane(lane, words) for lane in lanes)])


def _lane(lane: LaneDocument, words: Words) -> list[str]:
    return [
        words(lane.lane),
        str(lane.taken),
        str(lane.stored),
        str(lane.buffered),
        str(lane.thinned),
        counts_text(lane.dropped, words.language),
        "-" if lane.oldest_age_s is None else age_text(lane.oldest_age_s),
        str(lane.in_flight),
        size_text(lane.bytes),
    ]
