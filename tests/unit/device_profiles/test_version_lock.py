import shutil
from pathlib import Path

from device_profiles.load import SHIPPED, catalog
from device_profiles.version_lock import VERSIONS, version_problems, write_versions
from tests.shipped import PROFILES

UG3 = Path("smoke", "calectro_ug3.toml")


def copied(folder: Path) -> Path:
    """A catalogue of two profiles, and its versions beside it."""
    for one in (UG3, Path("gas", "honeywell_xcl.toml")):
        (folder / "catalog" / one).parent.mkdir(parents=True)
        shutil.copy(SHIPPED / one, folder / "catalog" / one)
    assert write_versions(catalog(folder / "catalog"), folder / "versions.toml") == []
    return folder


def told(folder: Path) -> list[str]:
    profiles = catalog(folder / "catalog")
    return [
        str(one) for one in version_problems(profiles, folder / "versions.toml", folder / "catalog")
    ]


def written(folder: Path) -> list[str]:
    profiles = catalog(folder / "catalog")
    found = write_versions(profiles, folder / "versions.toml", folder / "catalog")
    return [str(one) for one in found]


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def test_every_shipped_version_means_what_was_written_down() -> None:
    assert [str(one) for one in version_problems(PROFILES)] == []


def test_a_change_of_meaning_under_the_same_version_is_told_at_its_line(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    file = folder / "catalog" / UG3
    before = (folder / "versions.toml").read_bytes()
    assert told(folder) == []
    change(file, 'poll_period = "1s"', 'poll_period = "2s"')
    change(file, "version = ", "version = 4")  # 42 or so: whatever it was, it is larger
    assert "is not written down" in told(folder)[0]
    assert written(folder) == []
    assert (folder / "versions.toml").read_bytes() != before
    change(file, 'poll_period = "2s"', 'poll_period = "3s"')
    (problem,) = told(folder)
    assert problem.startswith(f"{file}:3: version: ")
    assert problem.endswith("then run `device-profiles lock`")
    assert written(folder) == [problem], "it is not written down in place of a raised version"
    assert told(folder) == [problem]


def test_a_change_of_words_needs_nothing(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder / "catalog" / UG3, "Smoke detected", "Smoke is detected")
    assert told(folder) == []


def test_a_profile_that_is_gone_is_told_where_it_is_kept(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "catalog" / UG3).unlink()
    (problem,) = told(folder)
    assert problem.startswith(f"{folder / 'versions.toml'}:4: calectro_ug3: is of no profile")
    assert written(folder) == []
    assert told(folder) == []


def test_what_can_not_be_read_is_told_and_not_written_over(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    versions = folder / "versions.toml"
    change(versions, "meaning = ", "means = ")
    assert f"{versions}:6: calectro_ug3.means: is not a known key" in told(folder)[0]
    assert written(folder) == told(folder)
    versions.write_text("x = 1\n")
    assert told(folder) == [
        f"{versions}:1: x: is no table: take this file from the repository again"
    ]
    versions.unlink()
    assert told(folder)[0].endswith("run `device-profiles lock`")
    assert written(folder) == []
    assert told(folder) == []


def test_the_shipped_file_is_in_order() -> None:
    names = [line for line in VERSIONS.read_text("utf-8").splitlines() if line.startswith("[")]
    assert names == sorted(names)
