"""The health of an agent as figures for Prometheus: stable names, a label for what it names."""

from collections.abc import Iterator, Sequence

from edge_agent.health import AgentHealth, DeviceHealth, DeviceState
from edge_agent.link_count import LinkCount
from runtime.exposition import Figure, Labels, Sort, figure
from wire.envelope import ClockState

_P = "lifeline_edge_"
_US = 1_000_000
_FAULTS = ("time_outs", "crc_errors", "wrong", "late", "refused")
_ON = frozenset({"acting", "acted", "failed"})
Pairs = Sequence[tuple[Labels, float]]


def figures(health: AgentHealth) -> list[Figure]:
    """Every family, also one that has nothing to tell; labels are names of the configuration."""
    return [
        *_agent(health),
        *_lines(health),
        *_devices(health),
        *_links(health),
        *_lanes(health),
        *_uplink(health),
        *_machine(health),
    ]


def _agent(health: AgentHealth) -> Iterator[Figure]:
    who = {"gateway": health.gateway, "version": health.version, "config": health.config.hash}
    yield _gauge("info", "Who this is; always 1", [(who, 1)])
    yield _gauge("uptime_seconds", "Since the start", _one(_seconds(health, health.started_us)))
    states = [({"state": one.value}, int(one.value == health.clock)) for one in ClockState]
    yield _gauge("clock_state", "1 for how it stands to the time of day", states)
    offset = health.clock_offset_us
    text = "How far the system's clock is ahead of the time that readings carry"
    yield _gauge("clock_offset_seconds", text, [] if offset is None else _one(offset / _US))
    yield _gauge("loops_late", "Loops without progress", _one(len(health.late)))
    acting: Pairs = [({"action": one.name}, int(one.state in _ON)) for one in health.local_actions]
    yield _gauge("local_action_on", "1 while a local action is done and not undone", acting)


def _lines(health: AgentHealth) -> Iterator[Figure]:
    lines = health.lines
    yield _gauge("line_open", "1 while the port is open", [(_l(x.line), x.is_open) for x in lines])
    text = "Share of the last minute in which the line was in use"
    yield _gauge("line_busy_ratio", text, [(_l(one.line), one.busy) for one in lines])
    text = "Share of its time that its polls ask for"
    loads = [(_l(one.line), one.load.share) for one in lines if one.load is not None]
    yield _gauge("line_load_ratio", text, loads)
    opened = [(_l(one.line), one.opened) for one in lines]
    yield _counter("line_opened_total", "How often the port was opened", opened)
    discarded = [(_l(one.line), one.discarded_bytes) for one in lines]
    yield _counter("line_discarded_bytes_total", "Bytes that nobody had asked for", discarded)


def _devices(health: AgentHealth) -> Iterator[Figure]:
    devices = health.devices
    up = [(_d(one), int(one.state is DeviceState.ANSWERING)) for one in devices]
    yield _gauge("device_up", "1 while the device answers", up)
    heard = [
        (_d(one), _seconds(health, one.last_reply_us))
        for one in devices
        if one.last_reply_us is not None
    ]
    yield _gauge("device_heard_seconds", "Since the last answer", heard)
    test = [(_d(one), int(one.is_test)) for one in devices]
    yield _gauge("device_test", "1 in test mode", test)


def _links(health: AgentHealth) -> Iterator[Figure]:
    links = [(_d(one), one.link) for one in health.devices if one.link is not None]
    polls = [(labels, link.polls) for labels, link in links]
    yield _counter("link_polls_total", "Polls, or frames of a device that talks by itself", polls)
    good = [(labels, link.good) for labels, link in links]
    yield _counter("link_good_total", "Those that came to something", good)
    faults: Pairs = [
        ({**labels, "fault": fault}, getattr(link, fault))
        for labels, link in links
        for fault in _FAULTS
    ]
    yield _counter("link_faults_total", "What went wrong, by fault", faults)
    samples = tuple(one for labels, link in links for one in _quantiles(labels, link))
    text = "Reply times of the last 256 replies"
    yield Figure(f"{_P}link_reply_seconds", Sort.GAUGE, text, samples)


def _quantiles(labels: Labels, link: LinkCount) -> Iterator[tuple[str, Labels, float]]:
    for quantile, value in (("0.5", link.reply_p50_us), ("0.99", link.reply_p99_us)):
        if value is not None:
            yield "", {**labels, "quantile": quantile}, value / _US


def _lanes(health: AgentHealth) -> Iterator[Figure]:
    lanes = health.lanes
    taken = [({"lane": one.lane}, one.taken) for one in lanes]
    yield _counter("readings_taken_total", "Readings ever committed to this buffer", taken)
    fates: list[tuple[Labels, float]] = []
    for one in lanes:
        fates += [({"lane": one.lane, "fate": "stored"}, one.stored)]
        fates += [({"lane": one.lane, "fate": "thinned"}, one.thinned)]
        fates += [({"lane": one.lane, "fate": name}, n) for name, n in one.dropped.items()]
    yield _counter("readings_gone_total", "Readings that left, by what became of them", fates)
    buffered = [({"lane": one.lane}, one.buffered) for one in lanes]
    yield _gauge("readings_buffered", "Readings without a receipt", buffered)
    sizes = [({"lane": one.lane}, one.size) for one in lanes]
    yield _gauge("buffer_bytes", "Bytes of payload held", sizes)
    yield _gauge("buffer_limit_bytes", "Bytes that may be held", _one(health.buffer_size))
    oldest = [
        ({"lane": one.lane}, _seconds(health, one.oldest_us))
        for one in lanes
        if one.oldest_us is not None
    ]
    yield _gauge("backlog_oldest_seconds", "Age of the oldest batch without a receipt", oldest)
    flight = [({"lane": one.lane}, one.in_flight) for one in lanes]
    yield _gauge("batches_in_flight", "Batches sent and without a receipt", flight)
    text = "Samples given up because the disk refused for long"
    yield _counter("samples_not_taken_total", text, _one(health.not_taken))
    yield _gauge(
        "buffer_in_memory",
        "1 when readings would not outlive the power",
        [({}, health.is_in_memory)],
    )
    coming = [({"file": one.file, "part": one.part}, one.share) for one in health.salvage]
    text = "Share of a part of bringing in a file that was set aside; none when all are in"
    yield _gauge("salvage_ratio", text, coming)
    yield _gauge("buffer_refuses", "1 while the disk takes nothing", [({}, bool(health.refusal))])


def _uplink(health: AgentHealth) -> Iterator[Figure]:
    uplink = health.uplink
    yield _gauge("uplink_connected", "1 while connected", [({}, uplink.is_connected)])
    receipt = uplink.receipt_us
    since = [] if receipt is None else _one(_seconds(health, receipt))
    yield _gauge("receipt_seconds", "Since the last receipt of the server", since)
    trip = uplink.round_trip_us
    text = "From a message to its receipt"
    yield _gauge("receipt_round_trip_seconds", text, [] if trip is None else _one(trip / _US))


def _machine(health: AgentHealth) -> Iterator[Figure]:
    said = health.machine
    written = [({"purpose": name}, size) for name, size in health.wear.per_day.items()]
    text = "What the buffer writes to its card, at the rate of this run and of those before"
    yield _gauge("disk_written_bytes_per_day", text, written)
    for name, text, value in (
        ("disk_free_bytes", "Room on the disk of the buffer", said.disk_free),
        ("cpu_temperature_celsius", "Of the processor", said.temperature),
    ):
        yield _gauge(name, text, [] if value is None else _one(value))


def _gauge(name: str, text: str, samples: Pairs) -> Figure:
    return figure(f"{_P}{name}", Sort.GAUGE, text, _numbers(samples))


def _counter(name: str, text: str, samples: Pairs) -> Figure:
    return figure(f"{_P}{name}", Sort.COUNTER, text, _numbers(samples))


def _numbers(samples: Pairs) -> Pairs:
    return [(labels, int(one) if isinstance(one, bool) else one) for labels, one in samples]


def _one(value: float) -> Pairs:
    return [({}, value)]


def _l(line: str) -> Labels:
    return {"line": line}


def _d(device: DeviceHealth) -> Labels:
    return {"device": device.device, "line": device.line}


def _seconds(health: AgentHealth, at_us: int) -> float:
    return max(health.now_us - at_us, 0) / _US
