"""What `edge-agent baseline` says, in English and in Chinese."""

from runtime.language import Language

_TEXTS: dict[str, tuple[str, str]] = {
    "device": ("device", "设备"),
    "point": ("point", "测点"),
    "value": ("baseline", "基准"),
    "standing": ("standing", "来源"),
    "by": ("taken by", "采集人"),
    "when": ("at", "时间"),
    "note": ("note", "备注"),
    "taken": ("taken here", "现场采集"),
    "configured": ("configured", "配置"),
    "absent": ("MISSING", "缺失"),
    "other_device": ("VOID", "作废"),
    "clock_unset": ("clock unset", "时钟未设定"),
    "none": ("no device of this gateway needs a baseline", "本网关没有需要基准的设备"),
    "not_running": (
        "no agent answers at {socket} ({error}): this is from its file",
        "{socket} 无应答（{error}）：以下来自文件",
    ),
    "not_asked": (
        "no agent answers at {socket} ({error}): start it, or ask as a user who may",
        "{socket} 无应答（{error}）：请启动代理，或换有权限的用户操作",
    ),
    "p_absent": (
        "{device} {point} has no baseline, it is not watched: edge-agent baseline take {device}",
        "{device} {point} 没有基准，无人值守：请执行 edge-agent baseline take {device}",
    ),
    "p_other_device": (
        "the baseline of {device} {point} is of another device, it is not watched: take it anew",
        "{device} {point} 的基准属于另一台设备，无人值守：请重新采集",
    ),
    "measuring": (
        "reading {device}: leave it at rest, closed or dry, as it is when all is well",
        "正在读取 {device}：请保持其正常静止状态（井盖关闭、路面干燥）",
    ),
    "done": (
        "{device} {point}: {value}, of {readings} readings at most {spread} from it",
        "{device} {point}：{value}，取自 {readings} 次读数，最大偏差 {spread}",
    ),
    "signed": ("taken by {by}, {when}", "采集人 {by}，{when}"),
    "before": ("before: {value}, {apart} away", "此前：{value}，相差 {apart}"),
    "counts": (
        "It counts from now on, and after restarts. Check that the alarm comes: move it.",
        "即刻生效，重启后仍有效。请移动设备，验证报警。",
    ),
    "cleared": (
        "{device} {point}: what {by} took is forgotten; what agent.toml says counts, if anything",
        "{device} {point}：{by} 采集的基准已删除；若配置文件中有基准则以其为准",
    ),
    "refused": ("not taken, nothing is changed: {why}", "未采集，一切不变：{why}"),
    "not_cleared": ("not cleared: {why}", "未删除：{why}"),
    "no_device": ("this gateway has no device {detail}", "本网关没有设备 {detail}"),
    "no_baseline": (
        "{detail} has no such point that a baseline is taken of",
        "{detail} 没有需要采集基准的该测点",
    ),
    "which_point": ("name one with --point: {detail}", "请用 --point 指定其一：{detail}"),
    "no_name": ("write who takes it: --by NAME", "请写明采集人：--by 姓名"),
    "busy": ("a baseline of {detail} is being taken already", "{detail} 的基准正在采集中"),
    "bad": ("it does not read well: {detail}", "读数不可信：{detail}"),
    "not_at_rest": ("it is not at rest: {detail}", "设备未静止：{detail}"),
    "noisy": ("it is not at rest: {detail}", "设备未静止：{detail}"),
    "too_few": (
        "too few readings: {detail}; see edge-agent status",
        "读数不足：{detail}；请看 edge-agent status",
    ),
    "contact": ("a contact says that all is not well: {detail}", "触点显示异常：{detail}"),
    "not_kept": ("the disk refuses it: {detail}", "磁盘拒绝写入：{detail}"),
    "nothing_taken": ("no baseline of {detail} was taken here", "{detail} 没有现场采集的基准"),
    "not_understood": (
        "the agent does not know this order: {detail}",
        "代理不认识该指令：{detail}",
    ),
}


class Words:
    """The texts of one language, by name."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._column = 0 if language is Language.EN else 1

    def __call__(self, name: str) -> str:
        """What stands under the name, or the name itself: a word of a newer agent."""
        return _TEXTS.get(name, (name, name))[self._column]
