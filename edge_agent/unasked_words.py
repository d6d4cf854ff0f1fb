"""What a line hears that nobody asked for, in words with what to look for, in both languages."""

from edge_agent.health import Unasked
from runtime.language import Language

_TEXTS: dict[str, tuple[str, str]] = {
    "doubled": (
        (
            "device {device}: two devices may have this address: more answers come than were"
            " asked for (line {line}); unplug it and see who still answers, and whether another"
            " master asks here"
        ),
        (
            "设备 {device}：可能有两台设备用了同一地址：收到的应答多于请求（线路 {line}）；"
            "请拔下它，看是否仍有应答，并检查线上是否有别的主站"
        ),
    ),
    "loud": (
        (
            "line {line} hears {count} bytes a minute that nobody asked for ({share:.0f} % of its"
            " time): look for a device that talks by itself, a missing termination, two devices"
            " with one address, a wrong baud rate"
        ),
        (
            "线路 {line} 每分钟收到 {count} 字节无人请求的数据（占线路时间 {share:.0f} %）："
            "请检查是否有主动发送的设备、缺少终端电阻、地址重复、波特率错误"
        ),
    ),
    "heard": (
        "line {line}: {count} bytes a minute that nobody asked for",
        "线路 {line}：每分钟收到 {count} 字节无人请求的数据",
    ),
}


def doubled_text(line: str, device: str, language: Language = Language.EN) -> str:
    """That the address of this device may be that of another, too."""
    return _say("doubled", language).format(line=line, device=device)


def loud_text(line: str, unasked: Unasked, language: Language = Language.EN) -> str:
    """That a noticeable share of the line's time goes to what nobody asked for."""
    share = 100 * (unasked.share or 0.0)
    return _say("loud", language).format(line=line, count=unasked.per_minute, share=share)


def heard_text(line: str, unasked: Unasked, language: Language = Language.EN) -> str:
    """How much it is, without a judgement; empty when nothing came."""
    if not unasked.per_minute:
        return ""
    return _say("heard", language).format(line=line, count=unasked.per_minute)


def _say(word: str, language: Language) -> str:
    return _TEXTS[word][1 if language is Language.ZH else 0]
