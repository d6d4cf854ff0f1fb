"""What the demo says, in English and Chinese."""

from simulators.delivery_text import Language

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "starting": "starting broker ({broker}), ingestion server, gateway, devices, alarm centre",
        "waiting": "waiting until every device has been heard",
        "watching": "all devices are watched; API at {url} (documentation: /openapi.json)",
        "duct_smoke": "smoke in the cable duct",
        "fall": "an old person falls in flat 302",
        "plant_smoke": "smoke in the plant room",
        "raised": "verified webhook after {ms} ms: {title} at {place}",
        "late": "the plant room's detector answers {seconds} s late",
        "late_seen": "the gateway let that unit rest: no late reply was taken for another",
        "cut": "the uplink is cut for {seconds} s (the broker is killed)",
        "back": "the uplink is back",
        "remark_cut": "while the uplink was cut for 10 s",
        "all_clear": "the smoke is gone, the detectors are reset, the person is up again",
        "all_cleared": "all three alarms came as cleared",
        "acknowledged": "{count} alarms acknowledged and reset",
        "all_closed": "all three alarms came as closed",
        "keeping": "staying up: {url}, token in {token}; Ctrl-C ends it",
    },
    "zh": {
        "starting": "启动消息代理（{broker}）、接入服务器、网关、设备、报警中心",
        "waiting": "等待所有设备上线",
        "watching": "所有设备已在监测；接口地址 {url}（文档：/openapi.json）",
        "duct_smoke": "电缆沟冒烟",
        "fall": "302室一位老人跌倒",
        "plant_smoke": "风机房冒烟",
        "raised": "{ms} 毫秒后收到并验签：{title}，{place}",
        "late": "风机房探测器迟到 {seconds} 秒才应答",
        "late_seen": "网关判定超时，让该设备静默，未把迟到的应答当作别的数据",
        "cut": "上行中断 {seconds} 秒（消息代理被强制终止）",
        "back": "上行恢复",
        "remark_cut": "其间上行中断 10 秒",
        "all_clear": "烟雾散去，探测器已复位，老人已起身",
        "all_cleared": "三条报警均已恢复",
        "acknowledged": "已确认并复位 {count} 条报警",
        "all_closed": "三条报警均已关闭",
        "keeping": "保持运行：{url}，令牌在 {token}；按 Ctrl-C 结束",
    },
}
