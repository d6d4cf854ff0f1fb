"""The status of an agent as text for people, in English or Chinese."""

from collections.abc import Iterator, Sequence

from edge_agent.config.size import size_text
from edge_agent.health_document import AgentDocument, DeviceDocument, LaneDocument, LineDocument
from edge_agent.load_words import load_text
from runtime.language import Language, table

STOPPED = "stopped"
_QUIET_RECEIPT_S = 60.0
_TEXTS: dict[str, tuple[str, str]] = {
    STOPPED: (
        "{gateway}: no agent answers at {socket} ({error}): start it, or ask as a user who may",
        "{gateway}：{socket} 无应答（{error}）：请启动代理，或换有权限的用户查询",
    ),
    "from_buffer": ("not running; from its buffer:", "未运行；以下来自其缓存文件："),
    "gateway": ("gateway", "网关"),
    "up": ("up", "已运行"),
    "clock": ("clock", "时钟"),
    "configuration": ("configuration", "配置"),
    "uplink": ("uplink", "上行"),
    "connected": ("connected", "已连接"),
    "not_connected": ("not connected", "未连接"),
    "receipt": ("last receipt", "最近回执"),
    "ago": ("{age} ago", "{age}前"),
    "never": ("never", "从未"),
    "line": ("line", "线路"),
    "port": ("port", "端口"),
    "open": ("open", "已打开"),
    "busy": ("busy", "占用"),
    "load": ("load", "负载"),
    "units": ("requests", "请求数"),
    "faults": ("faults", "故障"),
    "device": ("device", "设备"),
    "state": ("state", "状态"),
    "reply": ("last reply", "最近应答"),
    "quality": ("quality", "质量"),
    "fault": ("last fault", "最近故障"),
    "test": ("test", "测试"),
    "lane": ("lane", "通道"),
    "taken": ("taken", "已采集"),
    "stored": ("stored", "已入库"),
    "buffered": ("buffered", "缓存中"),
    "thinned": ("thinned", "已抽稀"),
    "dropped": ("dropped", "已丢弃"),
    "oldest": ("oldest", "最早"),
    "flight": ("in flight", "在途"),
    "size": ("size", "大小"),
    "notices": ("notices", "提示"),
    "never_heard": ("never heard", "从未应答"),
    "answering": ("answering", "正常"),
    "missing": ("missing", "缺失"),
    "dead": ("dead", "失联"),
    "urgent": ("urgent", "紧急"),
    "bulk": ("bulk", "普通"),
    "p_line": ("line {name} is closed: {problem}", "线路 {name} 未打开：{problem}"),
    "p_echo": (
        "line {name} hears its own requests: write local_echo = true at [lines.{name}]",
        "线路 {name} 收到自己发出的请求：请在 [lines.{name}] 写 local_echo = true",
    ),
    "p_device": (
        "device {name} is {state} ({fault}): check its power, wiring and address",
        "设备 {name} {state}（{fault}）：请检查供电、接线和地址",
    ),
    "p_refused": (
        "device {name} refuses {points}: compare its model and version with the profile",
        "设备 {name} 拒绝读取 {points}：请核对型号、版本与设备档案",
    ),
    "p_uplink": (
        "no connection to {broker}: readings wait in the buffer",
        "未连接 {broker}：数据暂存于缓存",
    ),
    "p_receipt": (
        "no receipt for {age}: is the server running? readings wait in the buffer",
        "{age}未收到回执：服务端是否在运行？数据暂存于缓存",
    ),
    "p_ledger": (
        "the ledger of lane {name} does not balance: please report it",
        "通道 {name} 账目不平：请报告",
    ),
    "p_dropped": ("lane {name} gave up {dropped}", "通道 {name} 已丢弃 {dropped}"),
    "p_loop": ("no progress of {name}", "{name} 无进展"),
    "p_not_taken": (
        "{count} samples were not taken: the disk refuses",
        "{count} 个样本未能保存：磁盘拒绝写入",
    ),
    "p_memory": (
        "readings are kept in memory only: mend the buffer's disk, then restart the agent",
        "数据仅保存在内存中：请修复缓存所在磁盘，然后重启代理",
    ),
    "p_refusal": (
        "the buffer takes no readings ({refusal}): make room on its disk",
        "缓存无法写入（{refusal}）：请清理磁盘空间",
    ),
    "p_config": (
        "it runs with another configuration ({hash}) than the file has: restart it",
        "运行中的配置（{hash}）与文件不一致：请重启",
    ),
}


class Words:
    """The words of one language, by name; an unknown name stands for itself."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._index = 1 if language is Language.ZH else 0

    def __call__(self, name: str) -> str:
        return _TEXTS[name][self._index] if name in _TEXTS else name


def problems(said: AgentDocument, config_hash: str, words: Words) -> list[str]:
    """What is wrong, one sentence each, with what to do; empty when all is well."""
    return [
        *_config_problems(said, config_hash, words),
        *_line_problems(said, words),
        *_uplink_problems(said, words),
        *_lane_problems(said, words),
        *(words("p_loop").format(name=name) for name in said.late_loops),
    ]


def _config_problems(said: AgentDocument, config_hash: str, words: Words) -> Iterator[str]:
    if said.config_hash != config_hash:
        yield words("p_config").format(hash=said.config_hash)


def _line_problems(said: AgentDocument, words: Words) -> Iterator[str]:
    for line in said.lines:
        if not line.is_open:
            yield words("p_line").format(name=line.line, problem=line.problem)
        if line.hears_itself:
            yield words("p_echo").format(name=line.line)
        if line.load is not None and line.load.is_full:
            yield load_text(line.load, words.language)
    for one in said.devices:
        if one.state not in ("answering", "never_heard") or (
            one.state == "never_heard" and one.last_fault
        ):
            state = words(one.state)
            yield words("p_device").format(name=one.device, state=state, fault=one.last_fault)
        if one.refused:
            yield words("p_refused").format(name=one.device, points=", ".join(one.refused))


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
            yield words("p_dropped").format(name=words(lane.lane), dropped=_counts(lane.dropped))
    if said.is_in_memory:
        yield words("p_memory")
    if said.refusal:
        yield words("p_refusal").format(refusal=said.refusal)
    if said.not_taken:
        yield words("p_not_taken").format(count=said.not_taken)


def running_text(said: AgentDocument, words: Words) -> list[str]:
    """A head, then lines, devices, lanes, and notices if there are any."""
    head = [
        f"{words('gateway')} {said.gateway}",
        f"{words('up')} {age_text(said.uptime_s)}",
        f"{words('clock')} {said.clock}",
        f"{words('configuration')} {said.config_hash}",
        said.version,
    ]
    notices = [f"  {notice.at}  {notice.text}" for notice in said.notices]
    return [
        "  ·  ".join(head),
        _uplink(said, words),
        "",
        *table(
            [
                _headings(words, "line", "port", "busy", "load", "units", "faults"),
                *_lines(said, words),
            ]
        ),
        "",
        *table(
            [
                _headings(words, "device", "line", "state", "reply", "quality", "fault"),
                *(_device(device, words) for device in said.devices),
            ]
        ),
        "",
        *_lanes(said.lanes, words),
        *(["", words("notices"), *notices] if notices else []),
    ]


def stopped_text(gateway: str, lanes: Sequence[LaneDocument], words: Words) -> list[str]:
    """What the buffer of a stopped agent holds."""
    head = f"{words('gateway')} {gateway}  ·  {words('from_buffer')}"
    return [head, "", *_lanes(lanes, words)] if lanes else [head]


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


def _headings(words: Words, *names: str) -> list[str]:
    return [words(name) for name in names]


def _ago(age_s: float | None, words: Words) -> str:
    return words("never") if age_s is None else words("ago").format(age=age_text(age_s))


def _uplink(said: AgentDocument, words: Words) -> str:
    state = words("connected" if said.uplink.is_connected else "not_connected")
    receipt = f"{words('receipt')} {_ago(said.uplink.last_receipt_age_s, words)}"
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
    return [line.line, port, f"{line.busy:.0%}", load, requests, _counts(faults)]


def _device(device: DeviceDocument, words: Words) -> list[str]:
    quality = device.quality or "-"
    return [
        device.device,
        device.line,
        words(device.state) + (f" ({words('test')})" if device.is_test else ""),
        _ago(device.last_reply_age_s, words),
        quality,
        device.last_fault or "-",
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
        _counts(lane.dropped),
        "-" if lane.oldest_age_s is None else age_text(lane.oldest_age_s),
        str(lane.in_flight),
        size_text(lane.bytes),
    ]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "-"
