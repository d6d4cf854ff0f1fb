from pathlib import Path

import pytest

from device_profiles.load import (
    SHIPPED,
    CatalogError,
    Shelf,
    catalog,
    load_profile,
    profile_hash,
)

UG3 = (SHIPPED / "smoke" / "calectro_ug3.toml").read_text()


def written(folder: Path, text: str, name: str = "device.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        load_profile(path)
    assert all(problem.file == str(path) for problem in caught.value.problems)
    return [str(problem.problem) for problem in caught.value.problems]


def test_the_shipped_catalogue_loads() -> None:
    assert set(catalog()) == {path.stem for path in SHIPPED.rglob("*.toml")}


def test_a_profile_stands_in_the_folder_of_its_kind() -> None:
    for path in SHIPPED.rglob("*.toml"):
        profile = load_profile(path)
        assert (path.parent.name, path.stem) == (profile.kind, profile.id)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('poll_period = "1s"', "poll_period = 1", "transport.poll_period: '1' is not a duration"),
        ('poll_period = "1s"', 'poll_perod = "1s"', "did you mean 'poll_period'?"),
        ('kind = "modbus"', 'kind = "modbs"', "transport.kind: is 'modbs', should be one of"),
        ('kind = "state"', 'kind = "stat"', "rules[0].kind: is 'stat'"),
        ('severity = "critical"', 'severity = "critcal"', "did you mean 'critical'?"),
        ('id = "smoke"', "", "points[2].id: is missing"),
        ("address = 2,", "address = 70000,", "points[2].register.address: is 70000"),
        ('parity = "N"', 'parity = "none"', "transport.serial.parity: is 'none', should be"),
        ("\nversion = ", '\nversion = "2" # ', "version: is '2'"),
        ('\npoint = "smoke"', '\npoint = "smok"', "rules[0].point: 'smok' is not a point"),
    ],
)
def test_an_error_names_table_key_and_remedy(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    assert right in UG3
    found = problems(written(tmp_path, UG3.replace(right, wrong, 1)))
    assert any(told in one for one in found), found


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    text = UG3.replace('poll_period = "1s"', "poll_period = 1").replace("\nversion", "\n# version")
    text = text.replace('equals = true\ntitle = { en = "Smoke', 'title = { en = "Smoke')
    found = problems(written(tmp_path, text))
    assert {one.split(":")[0] for one in found} == {
        "version",
        "transport.poll_period",
        "rules[0].equals",
    }


def test_every_error_has_its_line(tmp_path: Path) -> None:
    text = UG3.replace('severity = "critical"', 'severity = "critcal"', 1)
    path = written(tmp_path, text.replace('\npoint = "smoke"', '\npoint = "smok"', 1))
    with pytest.raises(CatalogError) as caught:
        load_profile(path)
    line = text.splitlines().index('severity = "critcal"') + 1
    assert str(caught.value).startswith(f"{path}:{line}: rules[0].severity: is 'critcal'")


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, 'id = "a"\n= 5\n')
    with pytest.raises(CatalogError, match=r"device\.toml:2: is not TOML"):
        load_profile(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "can not be read" in problems(tmp_path / "nowhere.toml")[0]


def test_two_files_may_not_share_an_id(tmp_path: Path) -> None:
    written(tmp_path, UG3, "a.toml")
    written(tmp_path, UG3, "b.toml")
    with pytest.raises(CatalogError, match=r"b\.toml:2: id: 'calectro_ug3'"):
        catalog(tmp_path)


def test_the_hash_is_of_the_meaning_not_of_the_layout(tmp_path: Path) -> None:
    plain = profile_hash(load_profile(written(tmp_path, UG3)))
    same = "# a word\n" + UG3.replace('poll_period = "1s"', 'poll_period = "1000ms"')
    assert profile_hash(load_profile(written(tmp_path, same))) == plain
    other = UG3.replace('poll_period = "1s"', 'poll_period = "2s"')
    assert profile_hash(load_profile(written(tmp_path, other))) != plain
    assert len(plain) == 16


def test_a_shelf_is_the_catalogue_read_one_by_one() -> None:
    shelf, whole = Shelf(), catalog()
    assert set(shelf) == set(whole)
    assert len(shelf) == len(whole)
    assert "calectro_ug3" in shelf
    assert "calectro_ug4" not in shelf
    assert shelf["calectro_ug3"] == whole["calectro_ug3"]
    assert shelf["calectro_ug3"] is shelf["calectro_ug3"]
    assert shelf.get("calectro_ug4") is None


def test_profiles_of_a_site_stand_beside_the_shipped_ones() -> None:
    whole = catalog()
    own = {"mine": whole["bcd_ruler"], "calectro_ug3": whole["bcd_ruler"]}
    shelf = Shelf(own)
    assert shelf["mine"] is whole["bcd_ruler"]
    assert shelf["calectro_ug3"] == whole["calectro_ug3"]
    assert set(shelf) == {*whole, "mine"}


def test_a_file_is_named_by_its_profile() -> None:
    assert {path.stem for path in SHIPPED.rglob("*.toml")} == set(catalog())
