"""The alarms that no profile has: silent gateway, broker away, cloned id, another profile."""

from dataclasses import dataclass, replace
from enum import StrEnum

from alarm_rules.rule import AlarmClass, Severity
from ingest_server.alarm.record import Cause

SERVER = "server"


class SystemRule(StrEnum):
    """Their rule ids."""

    GATEWAY_SILENT = "gateway_silent"
    BROKER_AWAY = "broker_away"
    TWO_GATEWAYS_ONE_ID = "two_gateways_one_id"
    PROFILE_MISMATCH = "profile_mismatch"


@dataclass(frozen=True, slots=True)
class _Form:
    severity: Severity
    title: dict[str, str]
    guidance: dict[str, str]
    alarm_class: AlarmClass = AlarmClass.SYSTEM
    latching: bool = False


_FORMS = {
    SystemRule.GATEWAY_SILENT: _Form(
        Severity.HIGH,
        {"en": "Gateway is silent", "zh": "网关失联"},
        {
            "en": "Nothing behind this gateway is watched. Check its power and its network; if "
            "a hazard was reported there shortly before, send someone now.",
            "zh": "该网关下的设备均已无人值守。请检查电源和网络；若失联前刚有险情，请立即派人。",
        },
    ),
    SystemRule.BROKER_AWAY: _Form(
        Severity.CRITICAL,
        {"en": "The server has no broker", "zh": "服务器与消息代理断开"},
        {
            "en": "No gateway can be heard. Restart the broker or repair the way to it.",
            "zh": "所有网关均无法接收。请重启消息代理或修复网络。",
        },
    ),
    SystemRule.TWO_GATEWAYS_ONE_ID: _Form(
        Severity.HIGH,
        {"en": "Two gateways use one id", "zh": "两台网关使用同一编号"},
        {
            "en": "A card was cloned or an id given twice: readings of two places mix. Give one "
            "of them a new id.",
            "zh": "存储卡被复制或编号重复，两地数据相混。请为其中一台更换编号。",
        },
        latching=True,
    ),
    SystemRule.PROFILE_MISMATCH: _Form(
        Severity.WARNING,
        {"en": "Gateway and server differ on this device", "zh": "网关与服务器的设备模板不一致"},
        {
            "en": "The gateway reads the device by another profile, or judges it by other rules, "
            "than the server. Bring both to the same release.",
            "zh": "网关使用的设备模板或报警规则与服务器不同。请将两者升级到同一版本。",
        },
        AlarmClass.SENSOR_HEALTH,
    ),
}


def system_cause(rule: SystemRule, gateway: str = SERVER) -> Cause:
    """What such an alarm is of; without a gateway it is the server's own."""
    form = _FORMS[rule]
    return Cause(
        gateway=gateway,
        device=None,
        rule=rule.value,
        alarm_class=form.alarm_class,
        severity=form.severity,
        title=form.title,
        guidance=form.guidance,
        latching=form.latching,
    )


def mismatch_cause(
    gateway: str,
    device: str,
    profile: str,
    place: str | None,
) -> Cause:
    """The one system rule that is of a device."""
    cause = system_cause(SystemRule.PROFILE_MISMATCH, gateway)
    return replace(cause, device=device, profile=profile, place=place)
