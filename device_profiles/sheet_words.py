"""The words of a sheet in English and Chinese; what the profile itself says is not among them."""

from collections.abc import Iterable
from typing import Final

_SHEET: Final = {
    "profile": ("profile", "档案"),
    "kind": ("kind", "类别"),
    "made": ("{maker}, {model}", "{maker}，{model}"),
    "maker": ("maker", "厂家"),
    "model": ("model", "型号"),
    "version": ("version {version}", "版本 {version}"),
    "hash": ("hash {hash}", "校验值 {hash}"),
    "marked": ("{text} ({mark})", "{text}（{mark}）"),
    "grade": ("evidence", "依据等级"),
    "source": ("source", "来源"),
    "connection": ("Connection", "通信"),
    "transport": ("transport", "通信方式"),
    "page_of": ("page", "页面"),
    "serial": ("serial settings", "串口参数"),
    "serial_preset": ("unless agent.toml says otherwise", "agent.toml 未另写时采用"),
    "carriers": ("carried by", "承载方式"),
    "unit": ("address", "地址"),
    "units": (
        "{default} as shipped, {first} to {last} can be set",
        "出厂 {default}，可设 {first} 至 {last}",
    ),
    "polled": ("asked each {period}", "每 {period}轮询"),
    "period": ("polling", "轮询"),
    "times": (
        "answers within {timeout}, up to {late} late",
        "{timeout}内应答，最晚再迟 {late}",
    ),
    "identity": ("told by", "身份识别"),
    "identity_is": ("{place} reads {value}", "{place} 读出 {value}"),
    "masked": ("{value} under mask {mask}", "{value}（掩码 {mask}）"),
    "probe": ("probe after a time-out", "超时后的探询"),
    "blocks": ("reads", "读取块"),
    "every": (" (each {time})", "（每 {time}）"),
    "frames": ("frames", "帧"),
    "spoken_to": ("it is spoken to in {layout}", "以 {layout} 向它发送"),
    "never_spoken_to": ("nothing is ever sent to it", "从不向它发送"),
    "commands": ("commands", "发送"),
    "liveness": ("silence", "静默判定"),
    "silent_after": ("no frame for {time} is a failure", "{time}无帧即通信故障"),
    "silence_proves_nothing": ("silence proves nothing", "静默不说明任何问题"),
    "heartbeat": ("heartbeat", "心跳"),
    "heartbeat_is": ("{frame}, missed after {time}", "{frame}，{time}未到即丢失"),
    "resync": ("asked each {time}, and after any damage", "每 {time}及数据损坏后查询"),
    "settings_asked": ("settings asked each {time}", "每 {time}查询的设置"),
    "installation": ("Installation", "安装"),
    "supply": ("supply", "供电"),
    "wiring": ("Wiring", "接线"),
    "mounting": ("Mounting", "安装位置"),
    "switches": ("DIP switches and jumpers", "拨码开关和跳线"),
    "switch": ("switches", "开关"),
    "sets": ("sets", "设定"),
    "positions": ("positions", "位置"),
    "points": ("Points", "测点"),
    "point": ("point", "测点"),
    "title": ("what it is", "含义"),
    "unit_of": ("unit", "单位"),
    "doc": ("doc. no.", "资料编号"),
    "function": ("FC", "功能码"),
    "wire": ("wire address", "线上地址"),
    "bytes": ("byte / of (+ or more, ? if so long)", "起始 / 总字节（+ 可更长，? 仅此长度时）"),
    "type": ("type", "类型"),
    "meaning": ("meaning", "取值"),
    "alarms": ("Alarms", "报警"),
    "hazards": ("hazard", "险情"),
    "health": ("sensor health", "传感器健康"),
    "severity": ("severity", "级别"),
    "when": ("when", "条件"),
    "source_of": ("source", "出处"),
    "guidance": ("What to do", "处置"),
    "site_caps": ("At a class of site", "各类场所"),
    "site_class": ("class of site", "场所类别"),
    "at_most": ("at most", "上限"),
    "settings": ("Settings", "参数设置"),
    "setting": ("setting", "参数"),
    "where": ("where", "位置"),
    "range": ("values", "取值"),
    "default": ("as shipped", "出厂值"),
    "effect": ("takes effect", "生效"),
    "actions": ("Actions from afar", "远程操作"),
    "action": ("action", "操作"),
    "does": ("what is sent", "发送内容"),
    "caveats": ("Caveats", "注意事项"),
    "verify": ("To verify on hardware", "须在实机上验证"),
    "example": ("A frame, decoded", "帧解码示例"),
    "simulator": ("Simulator", "模拟器"),
    "simulated": ("plays this device on a pseudo-terminal", "在伪终端上模拟此设备"),
}
_MEANINGS: Final = {
    "derived_tilt": (
        "derived: angle of ({x}, {y}, {z}) against the baseline",
        "派生：({x}, {y}, {z}) 相对基准的夹角",
    ),
    "derived_rise": ("derived: rise of {of} over {over}", "派生：{of} 在 {over}内的上升速度"),
    "derived_held": ("derived: how long {conditions}", "派生：{conditions} 持续时间"),
    "and": (" and ", " 且 "),
    "or": (" or ", " 或 "),
    "bits": ("bit {bits}", "位 {bits}"),
    "inverted": ("inverted", "取反"),
    "mask": ("mask {mask}", "掩码 {mask}"),
    "shift": ("shifted right by {shift}", "右移 {shift} 位"),
    "range_is": ("{low} to {high}", "{low} 至 {high}"),
    "at_least": ("at least {low}", "不小于 {low}"),
    "no_more": ("at most {high}", "不大于 {high}"),
    "scale_from": ("scaled by {points}", "按 {points} 换算"),
    "only_while": ("only while {conditions}", "仅当 {conditions}"),
    "ceiling": ("at most {point}", "不超过 {point}"),
    "pattern": ("found by {pattern}", "按 {pattern} 查找"),
    "low_first": ("low word first", "低字在前"),
    "little": ("low byte first", "低字节在前"),
    "reset_latch": ("latched", "锁存"),
    "life_safety": ("life safety", "关乎生命"),
    "off": ("off unless the site switches it on", "默认关闭，由现场启用"),
    "votes": ("{needed} of {of} samples", "{of} 个样本中 {needed} 个"),
    "for_time": ("for {time}", "持续 {time}"),
    "ends_after": ("ends after {time}", "恢复 {time}后解除"),
    "ends_at_after": (
        "ends at {level}, once that has held for {time}",
        "退至 {level} 并保持 {time}后解除",
    ),
    "ends_at": ("ends at {level}", "退至 {level} 解除"),
    "bad": ("{point} is bad", "{point} 质量为坏"),
    "bad_or_uncertain": ("{point} is bad or uncertain", "{point} 质量为坏或不确定"),
    "because": ("because of {reasons}", "原因为 {reasons}"),
    "not_while_silent": (
        "not while it is silent altogether, which is {rule}",
        "设备毫无音讯时除外，由 {rule} 上报",
    ),
    "not_because": ("not because of {reasons}", "原因 {reasons} 除外"),
    "silent": ("no sign of life for {time}", "{time}毫无音讯"),
    "stuck": ("{point} has not changed for {time}", "{point} {time}不变"),
    "rises": ("{point} rises by {limit} in {time}", "{point} 在 {time}内上升 {limit}"),
    "falls": ("{point} falls by {limit} in {time}", "{point} 在 {time}内下降 {limit}"),
    "off_baseline": ("{point} is {limit} off its baseline", "{point} 偏离基准 {limit}"),
    "above_baseline": ("{point} is {limit} above its baseline", "{point} 高于基准 {limit}"),
    "below_baseline": ("{point} is {limit} below its baseline", "{point} 低于基准 {limit}"),
    "site_sets": ("the site may set another value", "现场可另设"),
    "at_once": ("at once", "立即"),
    "after_restart": ("after a restart", "重启后"),
    "unlock": ("unlock: {writes}", "解锁：{writes}"),
    "save": ("save: {writes}", "保存：{writes}"),
    "then_wait": ("{order}, then {pause}", "{order}，再等 {pause}"),
    "true": ("true", "真"),
    "false": ("false", "假"),
}
_NAMES: Final = {
    "smoke": ("smoke", "烟雾"),
    "water": ("water level", "水位"),
    "manhole": ("manhole cover", "井盖"),
    "gas": ("gas", "燃气"),
    "radar": ("radar", "雷达"),
    "critical": ("critical", "紧急"),
    "high": ("high", "高"),
    "warning": ("warning", "警告"),
    "notice": ("notice", "提示"),
    "A": ("A: maker's document or proven driver", "A：厂家资料或经验证的驱动"),
    "B": ("B: second-hand source", "B：二手资料"),
    "C": ("C: from memory", "C：凭记忆"),
    "standard": ("read in the source named", "已查阅所列出处"),
    "datasheet": ("read in the maker's document", "已查阅厂家资料"),
    "engineering": ("our judgement", "我方判断"),
    "memory": ("not verified", "未核实"),
    "modbus": ("Modbus", "Modbus"),
    "stream": ("stream", "数据流"),
    "state": ("state", "状态"),
    "number": ("number", "数值"),
    "text": ("text", "文本"),
    "rtu": ("Modbus RTU", "Modbus RTU"),
    "rtu_over_tcp": ("RTU over TCP", "RTU over TCP"),
    "tcp": ("Modbus TCP", "Modbus TCP"),
}
_WORDS: Final = {**_SHEET, **_MEANINGS, **_NAMES}


def say(lang: str, word: str, **values: object) -> str:
    """Raise KeyError for a word that is not there."""
    english, chinese = _WORDS[word]
    return (chinese if lang == "zh" else english).format(**values)


def heads(lang: str, *words: str) -> tuple[str, ...]:
    return tuple(say(lang, word) for word in words)


def joined(lang: str, parts: Iterable[str]) -> str:
    """Parts of one sentence."""
    return ("；" if lang == "zh" else "; ").join(part for part in parts if part)


def listed(lang: str, parts: Iterable[str]) -> str:
    """Several of a kind."""
    return ("、" if lang == "zh" else ", ").join(parts)


def value_text(lang: str, value: bool | float | str) -> str:  # noqa: FBT001 - any value of a point
    """A value as people read it; a text stays as the device or the profile has it."""
    if isinstance(value, bool):
        return say(lang, "true" if value else "false")
    return f"{value:g}" if isinstance(value, float | int) else value
