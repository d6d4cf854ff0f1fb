import json
from pathlib import Path

import pytest

from alarm_rules.in_force import in_force
from device_profiles.__main__ import main
from device_profiles.load import SHIPPED, load_profile, profile_hash

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


def test_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere.toml"]) == 2
    assert "nowhere.toml" in capsys.readouterr().err


def test_list_for_people_and_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert "calectro_ug3" in capsys.readouterr().out
    assert main(["list", "--json"]) == 0
    told = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    profile = load_profile(UG3)
    assert told["calectro_ug3"]["hash"] == profile_hash(profile)
    assert told["calectro_ug3"]["rules_hash"] == in_force(profile.rules).hash


def test_show_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "calectro_ug3", "--lang", "zh"]) == 0
    assert "检测到烟雾" in capsys.readouterr().out
    assert main(["show", "calectro_ug3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "calectro_ug3"


def test_show_an_unknown_one_names_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "calectro"]) == 2
    assert "calectro_ug3" in capsys.readouterr().err


def test_no_command_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2
