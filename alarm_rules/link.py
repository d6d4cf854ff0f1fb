"""The one rule about a gateway's way to a device: too many polls or frames come to nothing."""

from alarm_rules.rule import AlarmClass, LimitRule, Mark, Severity, Source, Words

LINK_BAD = "link_bad"
"""The share of a device's polls, or of its frames, that came to nothing in the last ten minutes."""
LINK_POOR = LimitRule(
    id="link_poor",
    alarm_class=AlarmClass.SENSOR_HEALTH,
    severity=Severity.NOTICE,
    title=Words("The link to the device is poor", "设备通信质量差"),
    guidance=Words(
        "More than a tenth of what is asked of it, or of what it sends, is lost or spoilt. Look at"
        " wiring, shield, terminating resistors and the supply before the device is lost"
        " altogether; `edge-agent frames` shows the last frames of its line.",
        "超过十分之一的问答或数据帧丢失或损坏。请检查接线、屏蔽、终端电阻和供电，以免设备完全失联；"
        "`edge-agent frames` 可查看该线路最近的数据帧。",
    ),
    source=Source("ours: a sound line loses less than one poll in a hundred", Mark.ENGINEERING),
    point=LINK_BAD,
    limit=0.1,
    deadband=0.05,
)
"""Of every device, beside the rules of its profile; it is not part of their hash."""
