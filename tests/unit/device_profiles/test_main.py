import json
from pathlib import Path

import pytest

from alarm_rules.in_force import in_force
from device_profiles.__main__ import main
from device_profiles.load import SHIPPED, load_profile, profile_hash
from device_profiles.profile_schema import schema_text
from device_profiles.version_lock import VERSIONS

UG3 = SHIPPED / "smoke" / "calectro_ug3.toml"


def test_the_shipped_catalogue_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_a_bad_file_is_told_with_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(UG3.read_text().replace('kind = "smoke"', 'knd = "smoke"'))
    assert main(["check", str(bad), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["problems"][0]["file"] == str(bad)
    assert told["problems"][0]["line"] == 4
    assert "did you mean 'kind'" in told["problems"][0]["message"]
    assert main(["check", str(bad)]) == 1
    assert capsys.readouterr().out.startswith(f"{bad}:4: knd: is not a known key")
    assert main(["show", str(bad)]) == 1
    assert f"{bad}:4: knd" in capsys.readouterr().err


def test_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere.toml"]) == 2
    assert "nowhere.toml" in capsys.readouterr().err


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> set[str]:
    assert main(["list", "--json", *options]) == 0
    return {one["id"] for one in json.loads(capsys.readouterr().out)}


def test_list_for_people_and_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert "calectro_ug3" in capsys.readouterr().out
    assert listed(capsys) >= {"calectro_ug3", "micradar_r60afd1"}


def test_a_script_gets_the_hashes_that_a_birth_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    told = {one["id"]: one for one in json.loads(capsys.readouterr().out)}["calectro_ug3"]
    profile = load_profile(UG3)
    assert (told["hash"], told["rules_hash"]) == (
        profile_hash(profile),
        in_force(profile.rules).hash,
    )


def test_list_takes_only_what_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "bcd_ruler" in listed(capsys, "--kind", "water", "--grade", "B")
    assert listed(capsys, "--kind", "radar", "--transport", "modbus") == set()
    assert "calectro_ug3" not in listed(capsys, "--transport", "stream")


def test_show_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["show", "calectro_ug3", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert "检测到烟雾" in shown
    assert "\x1b" not in shown, "no colours where there is no terminal"
    assert main(["show", "calectro_ug3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "calectro_ug3"
    assert main(["show", str(UG3), "--lang", "en"]) == 0
    assert "Smoke detected" in capsys.readouterr().out


def test_show_an_unknown_one_names_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "calectro"]) == 2
    assert "calectro_ug3" in capsys.readouterr().err


def test_new_begins_a_file_and_writes_none_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.toml"
    command = ["new", "mine", "--kind", "gas", "--transport", "modbus", "--out", str(file)]
    assert main(command) == 0
    assert f"device-profiles check {file}" in capsys.readouterr().out
    written = file.read_text(encoding="utf-8")
    assert main(command) == 2
    assert "is there already" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == written
    assert main([*command[:-1], str(tmp_path / "none" / "mine.toml")]) == 2
    assert "can not be written" in capsys.readouterr().err
    assert main(["new", "bcd_ruler", "--kind", "gas", "--transport", "modbus"]) == 2
    assert "is shipped already" in capsys.readouterr().err


def test_docs_are_written_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--out", str(tmp_path)]) == 0
    assert main(["docs", "--out", str(tmp_path), "--check"]) == 0
    stale = tmp_path / "devices" / "calectro_ug3.md"
    stale.write_text("# Old\n")
    capsys.readouterr()
    assert main(["docs", "--out", str(tmp_path), "--check"]) == 1
    assert f"{stale}: is stale" in capsys.readouterr().out


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == schema_text()


def test_no_command_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2


def test_versions_are_written_down_once_they_tell_the_meaning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "versions.toml"
    assert main(["lock", "--file", str(file)]) == 0
    assert capsys.readouterr().out.endswith(f"profiles are written down in {file}\n")
    assert file.read_bytes() == VERSIONS.read_bytes()
    text = file.read_text("utf-8")
    file.write_text(text.replace('meaning = "', 'meaning = "0'), "utf-8")
    assert main(["lock", "--file", str(file)]) == 1
    assert f"{UG3}:3: version: " in capsys.readouterr().out
    assert main(["lock", "--file", str(tmp_path / "nowhere" / "x.toml")]) == 2
    assert "can not be written" in capsys.readouterr().err
