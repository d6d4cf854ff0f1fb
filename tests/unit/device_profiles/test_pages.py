import re
from pathlib import PurePosixPath

from device_profiles.pages import all_pages
from tests.shipped import PROFILES

PAGES = all_pages(PROFILES)
LINK = re.compile(r"\]\(([^)#]+)\)")


def test_every_device_has_a_page_in_both_languages_and_stands_in_both_indexes() -> None:
    for name in PROFILES:
        for suffix in (".md", ".zh-CN.md"):
            assert PurePosixPath(f"devices/{name}{suffix}") in PAGES
            assert f"({name}{suffix})" in PAGES[PurePosixPath(f"devices/README{suffix}")]
    assert PurePosixPath("schema/keys.md") in PAGES


def test_the_same_catalogue_gives_the_same_pages() -> None:
    assert all_pages(dict(reversed(list(PROFILES.items())))) == PAGES


def test_links_among_the_pages_lead_somewhere() -> None:
    for path, text in PAGES.items():
        for link in LINK.findall(text):
            assert path.parent / link in PAGES or "profile-format" in link, (path, link)


def test_each_page_is_in_one_language_and_ends_with_one_line_feed() -> None:
    english = PAGES[PurePosixPath("devices/calectro_ug3.md")]
    chinese = PAGES[PurePosixPath("devices/calectro_ug3.zh-CN.md")]
    assert "## Alarms" in english
    assert "## 报警" in chinese
    for text in PAGES.values():
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
