"""`edge-agent check`: every error and warning of agent.toml, and what would run with it."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from alarm_rules.duration import duration_text
from alarm_rules.rule import hazard_points
from device_profiles.toml_file import FileProblem
from device_profiles.typed_toml import Problem
from edge_agent.baseline.file import BaselineFile
from edge_agent.baseline.in_effect import NEEDED, baselines
from edge_agent.baseline.taken import Standing
from edge_agent.config.load import ConfigError, load_config
from edge_agent.config.model import Config, DeviceConfig, LineConfig
from edge_agent.config.size import size_text
from edge_agent.config.tables import LineKind
from edge_agent.health import LineLoad
from edge_agent.line_load import line_loads, overloads
from edge_agent.show.answer import Answer, as_json
from runtime.language import Language, table

_TEXTS = {
    Language.EN: {
        "runs": "{gateway} would run: {lines} lines, {devices} devices, configuration {hash}",
        "broker": "broker {host}:{port}{tls}, buffer {path} ({size}), health socket {socket}",
        "line": ("line", "kind", "port", "speed", "devices", "load", "hazard points"),
        "device": ("device", "profile", "line", "unit", "period", "urgent points", "rules"),
        "error": "error: {problem}",
        "warning": "warning: {problem}",
        "port": "{port} is not there now: plug the adapter in, or name another port",
        Standing.ABSENT: "{point} " + NEEDED[Standing.ABSENT],
        Standing.OTHER_DEVICE: "{point} " + NEEDED[Standing.OTHER_DEVICE],
    },
    Language.ZH: {
        "runs": "{gateway} 将运行：{lines} 条线路，{devices} 台设备，配置 {hash}",
        "broker": "消息代理 {host}:{port}{tls}，缓存 {path}（{size}），状态套接字 {socket}",
        "line": ("线路", "类型", "端口", "速率", "设备数", "负载", "险情测点"),
        "device": ("设备", "档案", "线路", "地址", "周期", "紧急测点", "规则"),
        "error": "错误：{problem}",
        "warning": "警告：{problem}",
        "port": "{port} 现在不存在：请插上转换器，或改写端口",
        Standing.ABSENT: "{point} 没有基准，无人看护：请采集（edge-agent baseline take）",
        Standing.OTHER_DEVICE: "{point} 的基准属于另一台设备，无人看护：请重新采集",
    },
}


def check(path: Path, *, json: bool, language: Language) -> Answer:
    """Code 0 when all is well, 1 with warnings, 2 with errors."""
    try:
        loaded = load_config(path, os.environ)
    except ConfigError as error:
        text = _as_json(error.problems, (), None) if json else ""
        return Answer(2, text, _complaints(error.problems, "error", language))
    warnings = [*loaded.warnings, *_warnings(path, loaded.config, language)]
    text = _as_json((), warnings, loaded.config)
    if not json:
        text = "\n".join(summary(loaded.config, language))
    return Answer(1 if warnings else 0, text, _complaints(warnings, "warning", language))


def _complaints(problems: Sequence[FileProblem], what: str, language: Language) -> tuple[str, ...]:
    return tuple(_said(what, language, problem=problem) for problem in problems)


def _said(what: str, language: Language, **values: object) -> str:
    return str(_TEXTS[language][what]).format(**values)


def _unwatched(config: Config, language: Language) -> list[Problem]:
    """What nobody has taken a baseline of, here or in the file."""
    taken, _ = BaselineFile(config.buffer.path.parent).read()
    return [
        Problem(f"devices.{one.device}", "", _said(one.standing, language, point=one.point))
        for one in baselines(config, taken)
        if one.standing in NEEDED
    ]


def _warnings(path: Path, config: Config, language: Language) -> list[FileProblem]:
    """What only the machine and the wire can tell."""
    found = [Problem("", "", sentence) for sentence in overloads(config, language)]
    found += _unwatched(config, language)
    for line in config.lines:
        if not line.kind.is_network and not Path(line.port).exists():
            message = _said("port", language, port=line.port)
            found.append(Problem(f"lines.{line.name}", "port", message))
    return [FileProblem(str(path), problem) for problem in found]


def _as_json(
    errors: Sequence[FileProblem], warnings: Sequence[FileProblem], config: Config | None
) -> str:
    said: dict[str, object] = {
        "errors": [one.plain() for one in errors],
        "warnings": [one.plain() for one in warnings],
    }
    if config is not None:
        said["gateway"] = config.gateway
        said["config_hash"] = config.hash
        loads = line_loads(config)
        said["load"] = {name: load.share for name, load in loads.items()}
        said["lines"] = {name: msgspec.to_builtins(load) for name, load in loads.items()}
    return as_json(said)


def summary(config: Config, language: Language) -> list[str]:
    """What would run: head, lines with their load, devices with their rules in force."""
    texts = _TEXTS[language]
    loads = line_loads(config)
    head = str(texts["runs"]).format(
        gateway=config.gateway,
        lines=len(config.lines),
        devices=len(config.devices),
        hash=config.hash,
    )
    where = str(texts["broker"]).format(
        host=config.mqtt.host,
        port=config.mqtt.port,
        tls=" TLS" if config.mqtt.tls else "",
        path=config.buffer.path,
        size=size_text(config.buffer.size),
        socket=config.socket,
    )
    lines = [_line(line, config, loads.get(line.name)) for line in config.lines]
    devices = [_device(device) for device in config.devices]
    return [
        head,
        where,
        "",
        *table([texts["line"], *lines]),
        "",
        *table([texts["device"], *devices]),
    ]


def _line(line: LineConfig, config: Config, load: LineLoad | None) -> list[str]:
    serial = line.serial
    return [
        line.name,
        line.kind.value,
        line.port,
        "-"
        if line.kind is LineKind.MODBUS_TCP
        else f"{serial.baud} {serial.data_bits}{serial.parity}{serial.stop_bits}",
        str(len(config.devices_of(line.name))),
        "-" if load is None else f"{load.share:.1%}",
        "-" if load is None or not load.hard else f"{load.hard:.1%}",
    ]


def _device(device: DeviceConfig) -> list[str]:
    hazards = hazard_points(device.rules.rules)
    return [
        device.id,
        device.profile.id,
        device.line,
        str(device.unit) if device.unit else "-",
        duration_text(device.period_us) if device.period_us else "-",
        ", ".join(sorted(hazards)) or "-",
        f"{len(device.rules.rules)} ({device.rules.hash})",
    ]
