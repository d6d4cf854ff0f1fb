"""Faults, qualities and clock states in Chinese; in English they are named as in the logs."""

from collections.abc import Mapping

from runtime.language import Language

_ZH = {
    # clock
    "synchronised": "已同步",
    "holdover": "守时",
    "server": "由服务端校时",
    "unset": "未设置",
    # quality, its reasons and limits
    "good": "良好",
    "uncertain": "存疑",
    "bad": "无效",
    "test": "测试",
    "ok": "正常",
    "comm_failure": "通信失败",
    "not_connected": "未连接",
    "device_fault": "设备故障",
    "device_exception": "设备返回异常",
    "sensor_fault": "传感器故障",
    "out_of_range": "超出量程",
    "warm_up": "预热中",
    "inhibited": "被禁止",
    "calibration": "校准中",
    "configuration": "配置问题",
    "stale": "数据陈旧",
    "never_read": "从未读到",
    "clock_suspect": "时钟可疑",
    "low": "处于下限",
    "high": "处于上限",
    "constant": "不变化",
    # faults of an exchange, and what was heard
    "time_out": "超时",
    "crc": "校验错误",
    "exception": "设备返回异常",
    "wrong_reply": "应答不符",
    "too_early": "应答过早",
    "resting": "静默等待",
    "port_gone": "端口断开",
    "silence": "无应答",
    "incomplete": "应答不完整",
    "noise": "干扰",
    "wrong_unit": "单元不符",
    "wrong_function": "功能码不符",
    "wrong_length": "长度不符",
    "wrong_echo": "回显不符",
    "wrong_transaction": "事务号不符",
    "no_echo": "无回显",
    # why a local action does what it does
    "no_alarm": "没有报警",
    "delayed": "等待延时",
    "server_hears": "服务器在线",
    "too_soon": "距上次太近",
    "alarm": "报警",
    "awaited": "等待结果",
    "pause": "稍后再试",
    "confirmed": "设备已确认",
    "gave_up": "已放弃",
    "holds": "报警持续",
    "cleared": "报警已解除",
    "long_enough": "时间已到",
    # counts of faults
    "exceptions": "设备返回异常",
    "time_outs": "超时",
    "crc_errors": "校验错误",
    "wrong_replies": "应答不符",
    "wrong": "应答不符",
    "cancelled": "已取消",
    "late": "迟到",
    "refused": "坏帧",
}


def named(word: str, language: Language) -> str:
    """One name; what is not known stands for itself."""
    return _ZH.get(word, word) if language is Language.ZH else word


def fault_text(fault: str, language: Language) -> str:
    """A fault with what was heard, as "time_out: silence"; a port that is gone says why itself."""
    name, _, detail = fault.partition(": ")
    if name == "port_gone" or not detail:
        return named(name, language)
    colon = "：" if language is Language.ZH else ": "
    return f"{named(name, language)}{colon}{named(detail, language)}"


def quality_text(quality: str, language: Language) -> str:
    """As "bad/comm_failure"."""
    return "/".join(named(part, language) for part in quality.split("/"))


def counts_text(counts: Mapping[str, int], language: Language) -> str:
    """As "time_outs 3, crc_errors 1"; "-" when there is none."""
    comma = "、" if language is Language.ZH else ", "
    return comma.join(f"{named(name, language)} {count}" for name, count in counts.items()) or "-"
