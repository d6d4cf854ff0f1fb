"""The words of the profiles' enumerations in Chinese; in English they stand for themselves."""

from device_profiles.handbook import Remark, said
from runtime.language import Language

_ZH = {
    "normal": "正常",
    "warm_up": "预热",
    "inhibited": "屏蔽",
    "calibration": "标定",
    "none": "无",
    "moving": "移动",
    "still": "静止",
    "moving_and_still": "移动且静止",
    "static": "静止",
    "active": "活动",
    "high": "高",
    "middle": "中",
    "low": "低",
    "on": "开",
    "off": "关",
    "abnormal": "异常",
    "under_4_h": "不足4小时",
    "over_12_h": "超过12小时",
    "long_absence": "长时间离床",
    "out": "离床",
    "in": "在床",
    "deep": "深睡",
    "light": "浅睡",
    "awake": "清醒",
    "good": "良好",
    "fair": "一般",
    "poor": "较差",
    "real_time": "实时",
    "real-time": "实时",
    "sleep": "睡眠",
    "radar_chip": "雷达芯片",
    "encryption": "加密",
    "lel": "%LEL",
    "vol": "%VOL",
    "ppm": "ppm",
    "kppm": "千ppm",
    "mg_m3": "mg/m³",
    "g_m3": "g/m³",
    "lel_m": "LEL·m",
    "ppm_m": "ppm·m",
    "ma": "mA",
    "a": "A",
    "db": "dB",
    "dba": "dBA",
    "electrochemical": "电化学",
    "catalytic": "催化燃烧",
    "infrared": "红外",
    "pid": "光离子",
    "mos": "半导体",
    "cm": "厘米",
    "m": "米",
    "kpa": "千帕",
    "bar": "巴",
    "psi": "psi",
}


def label_of(word: Remark | None, language: Language) -> str | None:
    """What the profile says in the language; a single word as it is where there is no other."""
    if word is None:
        return None
    text = said(word, language)
    return text if language is Language.EN else _ZH.get(text, text)
