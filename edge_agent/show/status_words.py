"""What `edge-agent status` says, in English and in Chinese."""

from runtime.language import Language

STOPPED = "stopped"
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
    "reply": ("heard ago", "最近应答"),
    "quality": ("quality", "质量"),
    "fault": ("last fault", "最近故障"),
    "test": ("test", "测试"),
    "test_left": ("test, {left} left", "测试，还剩 {left}"),
    "lane": ("lane", "通道"),
    "taken": ("taken", "已采集"),
    "stored": ("stored", "已入库"),
    "buffered": ("buffered", "缓存中"),
    "thinned": ("thinned", "已抽稀"),
    "dropped": ("dropped", "已丢弃"),
    "oldest": ("oldest", "最早"),
    "flight": ("in flight", "在途"),
    "size": ("size", "大小"),
    "wear": (
        "card: {total} a day ({parts}), it lasts {years} years",
        "存储卡：每天写入 {total}（{parts}），可用 {years} 年",
    ),
    "wear_not_known": (
        "card: what it takes a day is known after an hour",
        "存储卡：每天写入量在运行一小时后得出",
    ),
    "wear_most": (
        "{said}; however points chatter, their commits take at most {most} a day",
        "{said}；无论测点如何频繁变位，其提交每天最多写入 {most}",
    ),
    "comma": (", ", "、"),
    "chatters": (
        "changes without end, committed once a second: {names}",
        "频繁变位，每秒合并提交：{names}",
    ),
    "receipts": ("receipts", "回执"),
    "salvage": (
        "{file} was set aside, {part}: {share:.0%}, {readings} readings so far",
        "移到一旁的 {file}，{part}：{share:.0%}，已取回 {readings} 条读数",
    ),
    "waiting": ("waits to be searched", "等待查找"),
    "searching": ("searching", "查找中"),
    "bringing": ("bringing in", "取回中"),
    "room": ("making room", "腾空间"),
    "brought_in": ("what was set aside", "取回"),
    "notices": ("notices", "提示"),
    "round_trip": ("{ms:.0f} ms after its message", "往返 {ms:.0f} 毫秒"),
    "ahead": ("system clock {seconds:+.3f} s", "系统时钟偏差 {seconds:+.3f} 秒"),
    "memory": ("memory {size}", "内存 {size}"),
    "disk_free": ("disk free {size}", "磁盘可用 {size}"),
    "filled": ("buffer {share:.1%} full", "缓存占用 {share:.1%}"),
    "times": ("p50/p99 ms", "毫秒p50/p99"),
    "good": ("good", "良好"),
    "action": ("local action", "本地联动"),
    "orders": ("does", "动作"),
    "since": ("since", "已持续"),
    "because": ("because", "原因"),
    "idle": ("idle", "待命"),
    "acting": ("acting", "执行中"),
    "acted": ("done", "已执行"),
    "failed": ("failed", "失败"),
    "undoing": ("undoing", "撤销中"),
    "spent": ("undone", "已撤销"),
    "p_local_action": (
        "local action {name} failed at {device} ({detail}): nobody may be warned there",
        "本地联动 {name} 在 {device} 执行失败（{detail}）：现场可能无人得到警示",
    ),
    "never_heard": ("never heard", "从未应答"),
    "answering": ("answering", "正常"),
    "missing": ("missing", "缺失"),
    "dead": ("dead", "失联"),
    "urgent": ("urgent", "紧急"),
    "bulk": ("bulk", "普通"),
    "p_line": (
        "line {name} is closed (devices not watched: {count}): {problem}",
        "线路 {name} 未打开（{count} 台设备无人看护）：{problem}",
    ),
    "p_echo": (
        "line {name} hears its own requests: write local_echo = true at [lines.{name}]",
        "线路 {name} 收到自己发出的请求：请在 [lines.{name}] 写 local_echo = true",
    ),
    "p_device": (
        "device {name} is {state} ({fault})",
        "设备 {name} {state}（{fault}）",
    ),
    "p_look": ("{said}: {look}", "{said}：{look}"),
    "look": ("check its power, wiring and address", "请检查供电、接线和地址"),
    "look_crc": (
        "check speed and parity, shield and termination, and that no other device has its address",
        "请检查波特率和校验、屏蔽和终端电阻，以及是否有另一台设备用了同一地址",
    ),
    "look_wrong_reply": (
        "check that no other device has its address, and that nobody else asks on this line",
        "请检查是否有另一台设备用了同一地址，以及线上是否有别的主站",
    ),
    "look_too_early": (
        "check that nobody else asks on this line, and that the adapter does not hear itself",
        "请检查线上是否有别的主站，以及转换器是否收到自己发出的数据",
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
    "p_salvage": (
        "what {file} holds does not come in ({problem}): it is tried again by itself",
        "{file} 中的数据未能取回（{problem}）：将自动重试",
    ),
    "p_config": (
        "it runs with another configuration ({hash}) than the file has: reload it (SIGHUP)",
        "运行中的配置（{hash}）与文件不一致：请重新加载（SIGHUP）",
    ),
    "p_file": (
        "the file has errors: the agent runs on with what it took before, and could not start anew",
        "配置文件有错误：代理仍按此前采用的配置运行，但无法用它启动",
    ),
    "p_not_in_force": (
        "the file is not taken, the old configuration stays in force: {why}",
        "配置文件未被采用，原配置继续有效：{why}",
    ),
    "p_desired": (
        "the server wants configuration {version}, and it is {outcome}: edge-agent config show",
        "服务端要求配置 {version}，结果：{outcome}；请执行 edge-agent config show 查看",
    ),
    "p_desired_known": (
        (
            "the server still wants configuration {version}, which is {outcome} as before (nothing"
            " new): edge-agent config show"
        ),
        (
            "服务端仍要求配置 {version}，结果同前：{outcome}（不是新问题）；"
            "请执行 edge-agent config show 查看"
        ),
    ),
    "rejected": ("rejected", "已拒绝"),
    "diverged": ("diverged", "与现场不一致"),
    "version": ("version {version} of the server", "服务端版本 {version}"),
}


class Words:
    """The words of one language, by name; an unknown name stands for itself."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._index = 1 if language is Language.ZH else 0

    def __call__(self, name: str) -> str:
        return _TEXTS[name][self._index] if name in _TEXTS else name
