from pathlib import Path, PurePosixPath

from device_profiles.page_files import stale_pages, write_pages
from device_profiles.pages import all_pages
from tests.shipped import PROFILES

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {PurePosixPath("devices/a.md"): "# A\n", PurePosixPath("schema/keys.md"): "# Keys\n"}


def test_the_kept_pages_are_of_this_catalogue() -> None:
    assert stale_pages(DOCS, all_pages(PROFILES)) == {}


def test_what_differs_is_written_and_nothing_else(tmp_path: Path) -> None:
    assert write_pages(tmp_path, PAGES) == 2
    assert write_pages(tmp_path, PAGES) == 0
    (tmp_path / "devices" / "a.md").write_text("# Old\n")
    assert write_pages(tmp_path, PAGES) == 1
    assert (tmp_path / "devices" / "a.md").read_text() == "# A\n"


def test_what_is_stale_missing_or_left_over_is_named(tmp_path: Path) -> None:
    write_pages(tmp_path, PAGES)
    (tmp_path / "devices" / "a.md").write_text("# Old\n")
    (tmp_path / "schema" / "keys.md").unlink()
    (tmp_path / "devices" / "gone.md").write_text("# Gone\n")
    assert stale_pages(tmp_path, PAGES) == {
        str(tmp_path / "devices" / "a.md"): "is stale: run `device-profiles docs`",
        str(tmp_path / "schema" / "keys.md"): "is missing: run `device-profiles docs`",
        str(tmp_path / "devices" / "gone.md"): "is of no device of the catalogue: remove it",
    }
