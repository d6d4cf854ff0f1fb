"""What `check` says of a file: what would run, each warning and error where it stands."""

import json
from pathlib import Path

import pytest

from edge_agent.baseline.file import BaselineFile
from edge_agent.show.check import check
from runtime.language import Language
from tests.baseline_site import site, taken_cover, taken_gauge

GOOD = """
gateway.id = "gw-001"
buffer.path = "buffer.db"
mqtt = { host = "localhost", tls = false }
lines.shed = { kind = "modbus-rtu", port = "ttyShed" }
lines.room = { kind = "uart", port = "ttyRoom" }
devices.smoke-01 = { profile = "calectro_ug3", line = "shed", unit = 7 }
devices.radar-01 = { profile = "micradar_r60afd1", line = "room" }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for port in ("ttyShed", "ttyRoom"):
        (tmp_path / port).touch()
    file = tmp_path / "agent.toml"
    file.write_text(GOOD)
    return file


def row(text: str, name: str) -> list[str]:
    """The cells of the one row of a table that begins with `name`."""
    (found,) = [line.split("  ") for line in text.splitlines() if line.startswith(f"{name} ")]
    return [cell.strip() for cell in found if cell.strip()]


def test_what_would_run(file: Path) -> None:
    said = check(file, json=False, language=Language.EN)
    assert (said.code, said.complaints) == (0, ())
    head, where, *_ = said.text.splitlines()
    assert head.startswith("gw-001 would run: 2 lines, 2 devices, configuration ")
    assert where.startswith("broker localhost:1883, buffer ")
    shed = row(said.text, "shed")
    assert shed[:2] + shed[3:] == ["shed", "modbus-rtu", "9600 8N2", "1", "3.0%", "3.0%"]
    assert shed[2] == str(file.parent / "ttyShed")
    smoke = row(said.text, "smoke-01")
    assert smoke[:5] == ["smoke-01", "calectro_ug3", "shed", "7", "1s"]
    assert "smoke" in smoke[5].split(", ")


def test_a_stream_has_no_load_no_unit_and_no_period(file: Path) -> None:
    said = check(file, json=False, language=Language.EN)
    assert row(said.text, "room")[-1] == "-"
    radar = row(said.text, "radar-01")
    assert radar[3:5] == ["-", "-"]
    assert "fall" in radar[5].split(", ")


def test_tls_is_shown(file: Path) -> None:
    file.write_text(GOOD.replace(", tls = false", ""))
    said = check(file, json=False, language=Language.EN)
    assert "broker localhost:8883 TLS, buffer " in said.text


def test_in_chinese_the_columns_are_the_same(file: Path) -> None:
    english = check(file, json=False, language=Language.EN)
    chinese = check(file, json=False, language=Language.ZH)
    assert "gw-001 将运行：2 条线路，2 台设备" in chinese.text
    for name in ("shed", "room", "smoke-01", "radar-01"):
        assert row(chinese.text, name) == row(english.text, name)


def test_a_port_that_is_not_there_now(file: Path) -> None:
    (file.parent / "ttyRoom").unlink()
    said = check(file, json=False, language=Language.EN)
    assert said.code == 1
    (complaint,) = said.complaints
    assert complaint.startswith(f"warning: {file}: lines.room.port: ")
    assert "plug the adapter in, or name another port" in complaint
    assert said.text.startswith("gw-001 would run"), "a warning does not stop it"
    (complaint,) = check(file, json=False, language=Language.ZH).complaints
    assert complaint.startswith(f"警告：{file}: lines.room.port: ")
    assert complaint.endswith("ttyRoom 现在不存在：请插上转换器，或改写端口")


def test_what_nobody_took_a_baseline_of(tmp_path: Path) -> None:
    site(tmp_path)

    def warnings() -> list[str]:
        said = check(tmp_path / "agent.toml", json=False, language=Language.EN)
        return [one for one in said.complaints if "baseline" in one]

    bare, gauge = warnings()
    assert "devices.cover-1: tilt has no baseline, it is not watched: take one" in bare
    assert "devices.gauge-1" in gauge
    chinese = check(tmp_path / "agent.toml", json=False, language=Language.ZH).complaints
    assert any(
        one.endswith("tilt 没有基准，无人看护：请采集（edge-agent baseline take）")
        for one in chinese
    )
    BaselineFile(tmp_path).write((taken_cover(void="exchanged"), taken_gauge()))
    (void,) = warnings()
    assert "tilt has a baseline of another device" in void
    BaselineFile(tmp_path).write((taken_cover(), taken_gauge()))
    assert warnings() == []


def test_a_line_that_can_not_carry_its_polls(file: Path) -> None:
    file.write_text(GOOD.replace("unit = 7", 'unit = 7, poll_period = "20ms"'))
    said = check(file, json=True, language=Language.EN)
    assert said.code == 1
    assert any("line shed is 150% loaded: " in one for one in said.complaints)
    chinese = check(file, json=False, language=Language.ZH)
    assert any("线路 shed 负载 150%" in one for one in chinese.complaints)
    found = json.loads(said.text)
    assert found["load"]["shed"] > 1
    shed = found["lines"]["shed"]
    assert (shed["late"], shed["late_us"], shed["is_full"]) == (["smoke"], 20_000, True)
    assert shed["remedy"]["poll_us"] > 30_000


def test_each_error_is_said_with_its_line_table_and_key(file: Path) -> None:
    file.write_text(GOOD.replace("gw-001", "GW 1").replace('"calectro_ug3"', '"calectro_ug4"'))
    said = check(file, json=True, language=Language.ZH)
    assert said.code == 2
    found = json.loads(said.text)
    where = {(one["file"], one["table"], one["key"]) for one in found["errors"]}
    assert (str(file), "devices.smoke-01", "profile") in where
    assert len(said.complaints) == len(found["errors"])
    assert all(one["line"] for one in found["errors"])
    starts = [f"错误：{file}:{one['line']}: " for one in found["errors"]]
    assert all(one.startswith(start) for one, start in zip(said.complaints, starts, strict=True))
    assert "gateway" not in found, "nothing would run"


def test_errors_leave_stdout_to_results(file: Path) -> None:
    file.write_text("gateway = 7\n")
    said = check(file, json=False, language=Language.EN)
    assert (said.code, said.text) == (2, "")
    assert said.complaints


def test_json_names_what_would_run(file: Path) -> None:
    found = json.loads(check(file, json=True, language=Language.EN).text)
    assert (found["errors"], found["warnings"], found["gateway"]) == ([], [], "gw-001")
    assert len(found["config_hash"]) == 16
    assert set(found["load"]) == {"shed"}
